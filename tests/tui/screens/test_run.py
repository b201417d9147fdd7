"""The Run screen on recorded runs: what it says in each state, its tabs and its harmless keys."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from rich.color import Color
from textual.widgets import Input, TabbedContent, TabPane

from engine.runs import RunFolder
from tests.tui.screens.conftest import BEST, DIVERGED, KILLED, MLP, WIDE, OpenLab, front
from tests.tui.screens.golden import screen_text
from tui import diagnosis
from tui.diagnosis import Finding
from tui.panels.status import StatusPanel
from tui.screens.dialogs import Ask, Enter, Help
from tui.screens.run import RunScreen
from tui.screens.run_tabs import TABS


async def test_a_finished_run_says_what_it_reached_and_beside_which_ghost(lab: OpenLab) -> None:
    app = lab(WIDE)
    async with app.run_test(size=(120, 40)) as pilot:
        await front(pilot, RunScreen)
        for _ in range(100):  # the ghost is looked for in a thread
            await pilot.pause(0.05)
            if "the ghost" in (text := screen_text(app)):
                break

    assert "completed" in text
    assert "(95 %:" in text
    assert "the ghost after epoch 10" in text


@pytest.mark.slow
async def test_every_tab_can_be_reached_and_shows_the_run(lab: OpenLab) -> None:
    app = lab(KILLED)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await front(pilot, RunScreen)
        tabs = screen.query_one("#tabs", TabbedContent)
        seen = [tabs.active]
        for _ in range(len(TABS) - 1):
            await pilot.press("v")
            await pilot.pause(0.05)
            assert screen.query_one(f"#{tabs.active}-place > .panel").display
            seen.append(tabs.active)
        await pilot.press("V")
        await pilot.pause()

        assert seen == [name for name, _ in TABS]
        assert tabs.active == seen[-2]


async def test_a_tab_left_quickly_does_not_come_back_with_the_focus_it_got(lab: OpenLab) -> None:
    app = lab(MLP)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await front(pilot, RunScreen)
        tabs = screen.query_one("#tabs", TabbedContent)
        tabs.active = "confusion"
        await pilot.pause(0.3)
        left = tabs.get_pane("confusion")
        tabs.active = "config"
        await pilot.pause(0.3)
        focused = screen.focused

        left.post_message(TabPane.Focused(left))  # both of them come late on a busy machine
        screen._focus_on(left.query_one(".panel"))
        await pilot.pause(0.1)
        assert tabs.active == "config"
        assert screen.focused is focused


async def test_an_interrupted_run_says_so_and_can_only_be_resumed(lab: OpenLab) -> None:
    app = lab(KILLED)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await front(pilot, RunScreen)
        text = screen_text(app)

        assert "interrupted" in text
        assert "its process is gone; R resumes it" in text
        assert screen.check_action("resume", ()) is True
        for action in ("pause", "stop", "kill", "set_lr", "pause_after_epoch"):
            assert screen.check_action(action, ()) is None


async def test_keys_lead_to_neighbours_marks_help_replay_and_a_fork(lab: OpenLab) -> None:
    app = lab(WIDE)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await front(pilot, RunScreen)
        await pilot.press("m")
        assert app.marked == [WIDE]
        await pilot.press("m")
        assert app.marked == []
        await pilot.press("B")
        await pilot.pause(0.1)
        assert screen.view is not None
        assert screen.view.folder.id == BEST
        await pilot.press("N", "N")
        await pilot.pause(0.1)
        assert screen.view.folder.id == MLP
        await pilot.press("question_mark")
        await front(pilot, Help)
        await pilot.press("escape", "F")
        await pilot.pause(0.3)
        assert app.current_mode == "new"
        await pilot.press("escape", "escape", "3")
        await front(pilot, RunScreen)
        await pilot.press("P")
        await pilot.pause(0.2)
        assert app.current_mode == "replay"


async def test_the_remedy_for_a_diverged_run_opens_the_form_with_it(lab: OpenLab) -> None:
    app = lab(DIVERGED)
    async with app.run_test(size=(120, 40)) as pilot:
        await front(pilot, RunScreen)
        assert "non-finite loss" in screen_text(app)
        await pilot.press("a")
        await pilot.pause(0.3)

        assert app.current_mode == "new"


async def test_what_is_asked_can_be_answered_with_no(lab: OpenLab, runs: Path) -> None:
    """Held by this test's own lock, the run looks live; nothing of it is really killed."""
    folder = RunFolder(runs / KILLED)
    app = lab(KILLED)
    with folder.lock():
        async with app.run_test(size=(80, 24)) as pilot:
            screen = await front(pilot, RunScreen)
            assert screen.check_action("kill", ()) is True
            await pilot.press("K")
            await front(pilot, Ask)
            await pilot.press("n", "L")
            dialog = await front(pilot, Enter)
            dialog.query_one(Input).value = "fast"
            await pilot.pause()
            assert "is a number" in str(dialog.query_one(".problem").render())
            await pilot.press("enter")
            assert app.screen is dialog, "a wrong value is not taken"
            dialog.query_one(Input).value = "0.02"
            await pilot.press("enter", "space", "e", "S")
            await pilot.pause(0.1)
        told = (folder["control.jsonl"]).read_text().splitlines()[-4:]

    assert [line.split('"')[7] for line in told] == ["set", "pause", "pause_after_epoch", "stop"]
    assert '"value": 0.02' in told[0]


async def test_folders_that_tell_nothing_are_survived(lab: OpenLab, runs: Path) -> None:
    whole = (runs / BEST / "events.jsonl").read_bytes()
    contents = {
        "cut": whole[: len(whole) // 2],
        "foreign": os.urandom(200_000),
        "newer": whole.replace(b'"schema":1', b'"schema":99').replace(b"RunStarted", b"RunBegan"),
        "empty": b"",
    }
    app = lab(BEST)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await front(pilot, RunScreen)
        tabs = screen.query_one("#tabs", TabbedContent)
        for tab in ("curves", "confusion", "classes", "mistakes", "config", "log"):
            tabs.active = tab
            for what, content in contents.items():
                folder = runs / what
                if not folder.exists():
                    shutil.copytree(runs / BEST, folder)
                    (folder / "events.jsonl").write_bytes(content)
                app.open_run(RunFolder(folder))
                screen.beat_soon()
                await pilot.pause()
                assert screen.view is not None
                assert screen.view.folder.id == what
                assert screen_text(app).strip(), f"{tab} of {what}"


async def test_the_lines_above_the_tabs_can_be_selected_and_copied(lab: OpenLab) -> None:
    app = lab(MLP)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await front(pilot, RunScreen)
        screen.query_one(StatusPanel).text_select_all()
        await pilot.pause(0.1)

        assert "best " in (screen.get_selected_text() or "")
        assert "best " in screen_text(app)


async def test_a_notice_that_comes_and_goes_does_not_move_the_charts(
    lab: OpenLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = lab(MLP)
    found = [Finding("data-bound", "making batches takes long", "use a larger batch_size", ())]
    monkeypatch.setattr(diagnosis, "findings", lambda _: found)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await front(pilot, RunScreen)
        panel, ended = screen.query_one(StatusPanel), screen.view
        assert ended is not None
        live = replace(ended, row=replace(ended.row, state="running"))
        panel.redraw(live)
        told = [line.plain for line in panel._texts]
        assert "making batches takes long" in told[-1]

        found.clear()
        panel.redraw(live)
        assert [line.plain for line in panel._texts] == [*told[:-1], ""]
        panel.redraw(ended)
        assert panel._texts[-1].plain


async def test_the_lines_above_the_tabs_fit_a_narrower_terminal(lab: OpenLab) -> None:
    app = lab(WIDE)
    async with app.run_test(size=(160, 40)) as pilot:
        screen = await front(pilot, RunScreen)
        panel = screen.query_one(StatusPanel)
        assert screen.view is not None
        trained = replace(screen.view, row=replace(screen.view.row, state="running"))
        screen.tick = lambda: screen.query_one(StatusPanel).show(trained)  # type: ignore[method-assign]
        panel._texts = ()  # as where the run was live from the beginning
        panel.redraw(trained)
        await pilot.resize_terminal(80, 24)
        for _ in range(50):
            await pilot.pause(0.02)
        assert panel.size.height == len(panel._texts)
        lines = [panel.render_line(y).text.rstrip() for y in range(panel.size.height + 1)]
        assert lines == [*(text.plain.rstrip() for text in panel._texts), ""]


async def test_the_lines_above_the_tabs_have_their_colours_and_no_line_ends(lab: OpenLab) -> None:
    app = lab(MLP)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await front(pilot, RunScreen)
        panel = screen.query_one(StatusPanel)
        assert screen.view is not None
        problem = "events.jsonl is cut:\n\tline 7"
        panel.redraw(replace(screen.view, problem=problem))
        drawn = panel.render_line(0)
        colours = {part.style.color for part in drawn if part.style and part.text.strip()}

        assert drawn.text.split() == problem.split()
        assert not set("\n\t") & set(drawn.text)
        assert colours == {Color.parse(panel.palette.bad)}
