"""The Runs screen, by its keys and the mouse, on real folders."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from engine import spawn
from engine.runs import RunFolder
from tests.tui.made_up_runs import STATE, make_run, write_state
from tests.tui.screens.conftest import BEST, KILLED, MLP, OpenLab
from tests.tui.screens.golden import check_golden, screen_text
from tui.app import DliApp
from tui.panels.rows import Rows
from tui.screens.dialogs import Ask
from tui.screens.runs import RunsScreen


def _screen(app: DliApp) -> RunsScreen:
    assert isinstance(app.screen, RunsScreen)
    return app.screen


def _listed(app: DliApp) -> list[str]:
    return [shown.run for shown in _screen(app)._listed]


def _chosen(app: DliApp) -> str:
    shown = _screen(app).chosen
    assert shown is not None
    return shown.run


def _best(folder: Path) -> float:
    state = RunFolder(folder).state()
    assert state is not None
    return state.best_value or 0.0


def _end_trainer(folder: Path) -> None:
    child = spawn._children[folder.resolve()]
    child.kill()
    child.wait()


async def _settled(pilot: Pilot[None]) -> DliApp:
    """Wait until all runs are read, and the chosen one's files too."""
    app = pilot.app
    assert isinstance(app, DliApp)
    await pilot.pause()
    await _again(pilot)
    return app


async def _again(pilot: Pilot[None]) -> None:
    """Have the screen look at all runs now."""
    screen = _screen(pilot.app)  # type: ignore[arg-type]
    screen.source.forget()
    while screen.source.refresh():
        pass
    screen.tick()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def _told(app: DliApp) -> str:
    return list(app._notifications)[-1].message


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_every_run_stands_in_the_list_with_what_matters(
    lab: OpenLab, runs: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(runs.parent)  # what is shown must not depend on the test's folder
    async with DliApp(Path("runs")).run_test(size=size) as pilot:
        app = await _settled(pilot)

        check_golden(f"runs-{size[0]}x{size[1]}.txt", screen_text(app))


async def test_a_run_is_opened_replayed_forked_and_compared(
    lab: OpenLab, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[str] = []
    monkeypatch.setattr(DliApp, "action_go", lambda _, mode: went.append(mode))  # stay here
    async with lab().run_test(size=(120, 40)) as pilot:
        app = await _settled(pilot)
        seen = []
        for key in ("enter", "p", "n", "f"):
            app.run_folder = None
            await pilot.press(key)
            seen.append((went[-1], app.run_folder and app.run_folder.id, app.fork_of is not None))
        draft, parent = app.draft, app.fork_of
        await pilot.press("c")
        refused = _told(app)
        await pilot.press("G", "space", "k", "k", "space")
        marked = list(app.marked)
        await pilot.press("space", "escape")
        unmarked = list(app.marked)
        await pilot.press("g", "j", "space", "space", "c")

    assert seen == [
        ("run", KILLED, False), ("replay", KILLED, False), ("new", None, False),
        ("new", None, True),
    ]  # fmt: skip
    assert parent == RunFolder(runs / KILLED)
    assert draft == parent.config()
    assert "Mark two to eight runs with space, then press c; none is marked" in refused
    assert marked == [BEST, MLP]
    assert unmarked == []
    assert went[-1] == "compare"
    assert len(app.marked) == 2


async def test_the_list_follows_the_filter_letter_by_letter(lab: OpenLab, runs: Path) -> None:
    async with lab().run_test(size=(80, 24)) as pilot:
        app = await _settled(pilot)
        whole = _listed(app)
        await pilot.press("slash", *"mlp")
        found = _listed(app)
        await pilot.press("enter", "j")
        kept, in_rows = _listed(app), app.focused is app.screen.query_one(Rows)
        await pilot.press("slash", "space", "x", "down")
        nothing, text = _listed(app), screen_text(app)
        await pilot.press("enter")
        why_not = _told(app)
        line_is_open = app.screen.query_one("#filter-line").display
        await pilot.press("escape")
        back = _listed(app)
        await pilot.press("slash", "escape")

        assert app.focused is app.screen.query_one(Rows)
        assert not app.screen.query_one("#filter-line").display
    assert found == kept == [MLP]
    assert in_rows
    assert line_is_open
    assert nothing == []
    assert "nothing matches 'x'; esc clears" in text
    assert "matches the filter; esc clears" in why_not
    assert back == whole


async def test_the_columns_sort_by_key_and_click(lab: OpenLab, runs: Path) -> None:
    async with lab().run_test(size=(80, 24)) as pilot:
        app = await _settled(pilot)
        newest = _listed(app)
        await pilot.press("O")
        oldest = _listed(app)
        await pilot.press("o", "o")
        by_name = _listed(app)
        await pilot.click("#columns", offset=(44, 0))
        by_best = _listed(app)
        await pilot.click("#columns", offset=(44, 0))
        by_worst = _listed(app)
        await pilot.click("#rows", offset=(20, 2), times=2)

        assert app.current_mode == "run"
    assert oldest == newest[::-1]
    assert by_name == sorted(newest)
    best, worst = ([_best(runs / name) for name in order] for order in (by_best, by_worst))
    assert best == [*sorted(best[:-1], reverse=True), 0.0]
    assert worst == [*best[:-1][::-1], 0.0], "a run without a value is last either way"
    assert app.run_folder is not None
    assert app.run_folder.id == by_worst[2]


async def test_deleted_runs_go_to_the_trash_and_come_back(lab: OpenLab, runs: Path) -> None:
    async with lab().run_test(size=(80, 24)) as pilot:
        app = await _settled(pilot)
        whole = _listed(app)
        await pilot.press("u")
        nothing = _told(app)
        await pilot.press("d")
        assert isinstance(app.screen, Ask)
        await pilot.press("n")
        kept = _listed(app)
        await pilot.press("space", "space", "d", "y")
        await _again(pilot)
        left, marked = _listed(app), list(app.marked)
        with RunFolder(runs / left[0]).lock():
            await pilot.press("g", "d", "y")
            refused = _told(app)
        await _again(pilot)
        await pilot.press("G", "u")
        await _again(pilot)

        assert _listed(app) == whole
        assert _chosen(app) == whole[0]
    assert "Nothing was deleted" in nothing
    assert kept == whole
    assert left == whole[2:]
    assert marked == []
    assert "stop it before you delete it" in refused


async def test_a_run_that_dies_is_told_and_resumed_by_one_key(lab: OpenLab, runs: Path) -> None:
    async with lab().run_test(size=(120, 40)) as pilot:
        app = await _settled(pilot)
        screen = _screen(app)
        await pilot.press("R")
        nobody = _told(app)
        with RunFolder(runs / MLP).lock():
            write_state(RunFolder(runs / MLP), status="", phase="training")
            await _again(pilot)
            live = screen.source.rows[MLP].state
        screen.tick()
        await pilot.pause()
        died = _told(app)
        await pilot.press("R")
        resumed = screen.source.rows[MLP].state
        app.told_deaths.add(MLP)  # as the Run screen does
        _end_trainer(runs / MLP)
        screen.tick()
        await pilot.pause()
        again = len([told for told in app._notifications if "died in epoch" in told.message])
        await pilot.press("g", "r")
        chosen = _chosen(app)
        await pilot.press("r")
        twice = _told(app)
        _end_trainer(runs / KILLED)
        screen.tick()
        ended = screen.source.rows[KILLED].state

    assert "No run died" in nobody
    assert live == "running"
    assert died.startswith(f"{MLP} died in epoch 8 of 12")
    assert died.endswith("R resumes it."), "the cursor is on another"
    assert again == 1
    assert resumed == "starting"
    assert chosen == KILLED
    assert f"run '{KILLED}' is" in twice
    assert "so it cannot be resumed" in twice
    assert ended == "interrupted"


async def test_the_trials_of_a_study_are_one_line_or_all(tmp_path: Path) -> None:
    root = tmp_path / "many"
    for number in range(30):
        make_run(root, f"20260101-1200{number:02}-s-t{number}", study="s@0123abcd/confirm",
                 trial=number, started=STATE.started + number)  # fmt: skip
    make_run(root, "20260101-110000-alone", started=STATE.started - 60)
    async with DliApp(root).run_test(size=(80, 24)) as pilot:
        app = await _settled(pilot)
        folded = _listed(app)
        await pilot.press("space")
        refused = _told(app)
        await pilot.press("t", "G", "k", "k")
        whole, chosen, top = _listed(app), _chosen(app), app.screen.query_one(Rows).scroll_offset.y
        make_run(root, "20260101-130000-new", started=STATE.started + 99)
        write_state(RunFolder(root / "20260101-120005-s-t5"), status="failed", best_value=None,
                    study="s@0123abcd/confirm", trial=5, started=STATE.started + 5)  # fmt: skip
        await _again(pilot)
        rows = app.screen.query_one(Rows)
        moved = (_chosen(app), rows.scroll_offset.y)
        await pilot.press("t", "g", "j", "d")
        question = app.screen
        await pilot.press("n", "enter")

        assert app.current_mode == "study"
        assert app.study_id == "s@0123abcd"
    assert folded == ["s@0123abcd/confirm (30 runs)", "20260101-110000-alone"]
    assert "This line stands for 30 runs; t shows each" in refused
    assert len(whole) == 31
    assert moved == (chosen, top + 1), "the same run at the same place"
    assert isinstance(question, Ask)


async def test_an_empty_folder_says_what_to_press(tmp_path: Path) -> None:
    async with DliApp(tmp_path / "none", ascii_only=True).run_test(size=(80, 24)) as pilot:
        app = await _settled(pilot)
        text = screen_text(app)
        await pilot.press("enter", "space", "c", "f", "r", "d", "p", "o", "t")
        still_here, why_not = app.current_mode, _told(app)
        make_run(tmp_path / "none", "20260101-120000-first")
        await _again(pilot)

        assert _listed(app) == ["20260101-120000-first"]
        assert "no runs here" not in screen_text(app)
    assert "There are no runs here yet" in text
    assert "n  make a run" in text
    assert still_here == "runs"
    assert why_not == "There is no run here yet; n makes one."


async def test_what_is_no_folder_of_runs_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with DliApp(tmp_path / "file").run_test(size=(80, 24)) as pilot:
        app = await _settled(pilot)

        assert "Cannot read the runs folder" in screen_text(app)
