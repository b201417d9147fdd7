"""The Study screen: the list, a study in its four views, a search that runs, and every key."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from bench.following import Follower
from bench.storage import FILE, default_url
from engine.runs import RunFolder
from tests.bench.made_study import ID, make_study
from tests.tui.screens.conftest import BEST, OpenLab, front
from tests.tui.screens.golden import check_golden, screen_text
from tui.screens import study_steering
from tui.screens.dialogs import Ask, Enter
from tui.screens.study import StudyScreen
from tui.study_panels.multiples import Multiples
from tui.study_panels.orders import TuneOrder
from tui.study_panels.start_form import StartForm
from tui.study_panels.trials import TrialTable
from tui.study_panels.tuner import Tuner


async def until(pilot: Pilot[Any], so: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until something is so."""
    for _ in range(int(seconds / 0.05)):
        if so():
            await pilot.pause(0.05)
            return
        await pilot.pause(0.05)
    raise AssertionError(f"it never became so; seen:\n{screen_text(pilot.app)}")  # type: ignore[arg-type]


def _seen(pilot: Pilot[Any]) -> str:
    return screen_text(pilot.app)  # type: ignore[arg-type]


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> list[TuneOrder]:
    """Note the searches that would be started."""
    orders: list[TuneOrder] = []

    def note(order: TuneOrder, root: Path, _: str | None) -> Tuner:
        orders.append(order)
        return Tuner(root / "no.log")

    monkeypatch.setattr(study_steering, "start", note)
    return orders


@pytest.mark.parametrize("size", [(80, 24), pytest.param((140, 45), marks=pytest.mark.slow)])
async def test_a_finished_study_is_shown_in_four_views(
    lab: OpenLab, runs: Path, size: tuple[int, int]
) -> None:
    make_study(runs)
    app, shape = lab(), f"{size[0]}x{size[1]}.txt"
    async with app.run_test(size=size) as pilot:
        await pilot.press("4")
        screen = await front(pilot, StudyScreen)
        await until(pilot, lambda: screen.shown and len(screen.shown.studies) > 5)
        check_golden(f"study-list-{shape}", _seen(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: screen.view is not None and screen.view.record)
        check_golden(f"study-table-{shape}", _seen(pilot))
        await pilot.press("v")
        await pilot.pause(0.1)
        check_golden(f"study-multiples-{shape}", _seen(pilot))
        if size[0] == 80:
            return
        await pilot.press("v")
        await pilot.pause(0.1)
        assert "Working out what matters" in _seen(pilot)
        await until(pilot, lambda: "Importance" in _seen(pilot))
        assert "best so far" in _seen(pilot)
        await pilot.press("v")
        await until(pilot, lambda: "Verdict" in _seen(pilot))
        assert "fresh seeds" in _seen(pilot)


@pytest.mark.slow
async def test_the_keys_of_a_study_that_is_over(
    lab: OpenLab, runs: Path, ordered: list[TuneOrder]
) -> None:
    make_study(runs, confirmed=False)
    app = lab()
    async with app.run_test(size=(80, 24)) as pilot:
        app.open_study(ID)
        screen = await front(pilot, StudyScreen)
        await until(pilot, lambda: screen.view is not None and screen.view.record)
        table = screen.query_one(TrialTable)
        best = screen.chosen
        await pilot.press("o", "home")
        assert screen.chosen == 13
        await pilot.press("down", "down", "down")
        assert (screen.chosen, table.rows.chosen) == (10, 3)
        await pilot.pause(0.1)
        assert "DataError: cannot read the pictures" in _seen(pilot)
        await pilot.press("o")
        assert screen.chosen == 10

        await pilot.press("v", "home", "right", "down", "left", "up", "pagedown", "pageup", "end")
        assert screen.chosen == 10
        await pilot.press("home")
        assert screen.chosen == best
        await pilot.click(Multiples, offset=(30, 2))
        assert screen.chosen != best

        await pilot.press("n")
        await until(pilot, lambda: screen.view and screen.view.trial(14))
        assert screen.view is not None
        assert screen.view.activity == "stopped"
        await until(pilot, lambda: "trial 14 waits; g trains it" in _seen(pilot))
        told = len(app._notifications)
        screen.chosen = 14
        await pilot.press("x")
        assert len(app._notifications) > told
        said = [notification.message for notification in app._notifications]
        assert any("it waits; g trains it" in text for text in said)
        assert any("trial 14 waits for a worker; g trains it" in text for text in said)

        await pilot.press("c")
        assert ordered[-1] == TuneOrder("digits_cnn", workers=3, confirm_only=True)
        await pilot.press("g")
        await front(pilot, Enter)
        await pilot.press("backspace", "backspace", "9", "enter")  # fewer than were tried
        assert isinstance(app.screen, Enter)
        await pilot.press("backspace", "3", "0", "enter")
        await until(pilot, lambda: len(ordered) == 2)
        assert ordered[-1] == TuneOrder("digits_cnn", workers=3, trials=30)

        await pilot.press("enter")  # the run of a made-up trial is nowhere
        assert app.current_mode == "study"
        await pilot.press("escape")
        await until(pilot, lambda: "not searched" in _seen(pilot))
        assert screen.picked is not None
        assert screen.picked.summary is not None


async def test_the_cursor_of_the_list_follows_the_study_one_comes_from(
    lab: OpenLab, runs: Path
) -> None:
    app = lab()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        screen = await front(pilot, StudyScreen)
        await until(pilot, lambda: screen.shown and len(screen.shown.studies) > 5)
        await pilot.press("down", "down")
        make_study(runs)  # it comes to the top of the list
        app.open_study(ID)
        await until(pilot, lambda: screen.view is not None and screen.view.record)
        await pilot.press("escape")
        await until(pilot, lambda: screen.picked is not None and screen.picked.summary)
        assert "▸" + ID in _seen(pilot)


async def test_a_search_that_runs_is_steered(lab: OpenLab, runs: Path) -> None:
    make_study(runs, running=BEST, confirmed=False)
    app, folder = lab(), RunFolder(runs / BEST)
    follower = Follower(default_url(runs))
    async with app.run_test(size=(100, 32)) as pilot:
        with folder.lock():
            app.open_study(ID)
            screen = await front(pilot, StudyScreen)
            await until(pilot, lambda: screen.view is not None and screen.view.record)
            assert "searching" in _seen(pilot)
            assert "1 running" in _seen(pilot)
            await pilot.press("x")  # the best trial is over
            await pilot.pause()
            assert app.screen is screen
            await pilot.press("home", "x")
            await front(pilot, Ask)
            await pilot.press("y")
            await until(pilot, folder["control.jsonl"].is_file)
            assert '"verb": "prune"' in folder["control.jsonl"].read_text()
            await pilot.press("s")
            await until(pilot, lambda: screen.view and screen.view.activity == "stopping")
            assert follower.look(ID).is_stopping
            await pilot.press("enter")
            await pilot.pause()
            assert app.current_mode == "run"
            assert app.run_folder == folder
            await pilot.press("4")
            await pilot.press("x")
            await front(pilot, Ask)
            state = folder.state()
            assert state is not None
            folder["state.json"].write_bytes(replace(state, status="finished").to_json())
        await pilot.press("y")  # it ended while the question stood
        await until(
            pilot, lambda: any("has just finished" in n.message for n in app._notifications)
        )
        await until(pilot, lambda: screen.view and screen.view.activity == "interrupted")
        await pilot.press("x")
        await pilot.pause()
        assert any("is trained by nobody" in n.message for n in app._notifications)
    follower.close()


async def test_a_search_is_started_with_a_form(
    lab: OpenLab, runs: Path, ordered: list[TuneOrder]
) -> None:
    app = lab()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        screen = await front(pilot, StudyScreen)
        await until(pilot, lambda: screen.shown and len(screen.shown.studies) > 5)
        assert screen.shown is not None
        names = [listed.study.name for listed in screen.shown.studies]
        await pilot.press(*["down"] * names.index("digits_cnn"), "t")
        form = await front(pilot, StartForm)
        problem = form.query_one(".problem", Static)
        await pilot.press("x")
        await until(pilot, lambda: "trials cannot be 'x'" in str(problem.render()))
        await pilot.press("enter")
        assert app.screen is form
        form.query_one("#trials", Input).value = "6"
        await pilot.press("enter")  # while it is being checked
        await until(pilot, lambda: ordered)
        assert ordered == [TuneOrder("digits_cnn", trials=6)]
        await until(pilot, lambda: "The search ended before it began" in _seen(pilot))
        await pilot.press("escape", "enter")
        await front(pilot, StartForm)
        await pilot.press("escape")
        assert len(ordered) == 1


async def test_a_damaged_storage_is_a_sentence_beside_the_known_studies(
    lab: OpenLab, runs: Path
) -> None:
    (runs / FILE).write_bytes(b"no database at all" * 100)
    app = lab()
    async with app.run_test(size=(100, 32)) as pilot:
        await pilot.press("4")
        screen = await front(pilot, StudyScreen)
        await until(pilot, lambda: screen.shown and screen.shown.studies)
        assert "is damaged or no database" in " ".join(_seen(pilot).split())
        assert "mnist_cnn" in _seen(pilot)
        app.open_study(ID)
        await until(pilot, lambda: screen.view and screen.view.problem)
        assert "is damaged or no database" in " ".join(_seen(pilot).split())
        assert "esc goes back" in _seen(pilot)
