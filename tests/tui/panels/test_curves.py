"""The charts of a made-up run, in the real app, by key and by mouse."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.pilot import Pilot

from engine.runs import RunFolder
from tui.app import DliApp
from tui.panels.curves import CurvesPanel
from tui.plot import Plot
from tui.screens.base import LabScreen
from tui.sources import RunSource, RunView

RecordRun = Callable[..., RunFolder]


class CurvesScreen(LabScreen):
    """Only the panel, on a screen that has a use for arrows itself."""

    BINDINGS: ClassVar = [Binding("left", "back", id="screen.back")]
    went_back = 0

    def action_back(self) -> None:
        self.went_back += 1

    def body(self) -> ComposeResult:
        yield CurvesPanel()


class CurvesApp(DliApp):
    """The app, with the panel alone on its first screen."""

    CSS_PATH = str(Path(__import__("tui.app").__file__).parent / "styles" / "app.tcss")
    MODES: ClassVar = {"runs": CurvesScreen}


def view_of(folder: RunFolder, ghost: RunFolder | None = None) -> RunView:
    sources = [RunSource(each) for each in (folder, ghost) if each]
    for source in sources:
        while source.read():
            pass
    return sources[0].view(sources[1].history if ghost else None)


async def shown(pilot: Pilot[None], view: RunView) -> CurvesPanel:
    await pilot.pause()
    panel = pilot.app.screen.query_one(CurvesPanel)
    panel.show(view)
    await pilot.pause()
    return panel


def first_line(plot: Plot) -> str:
    return plot.render_line(0).text.strip()


def charts(panel: CurvesPanel) -> list[str]:
    return [str(plot.id) for plot in panel.query(Plot) if plot.display]


async def test_every_key_of_the_charts(record_run: RecordRun, tmp_path: Path) -> None:
    app, view = CurvesApp(tmp_path), view_of(record_run())
    async with app.run_test(size=(80, 24)) as pilot:
        panel = await shown(pilot, view)
        loss, accuracy = panel.query_one("#loss", Plot), panel.query_one("#accuracy", Plot)
        assert loss.has_focus
        assert charts(panel) == ["loss", "accuracy"]
        assert first_line(loss) == "loss  log ema 0.9  ── train  ── val"

        await pilot.press("left")
        assert app.screen.went_back == 1

        await pilot.press("s")
        assert first_line(loss).startswith("loss  log  ──")
        await pilot.press("s", "l")
        assert first_line(loss).startswith("loss  ema 0.6")

        await pilot.press("c")
        assert first_line(loss).startswith("7.5  train 0.")
        assert first_line(accuracy).startswith("7.5  train 9")
        await pilot.press("shift+right", "right", "left", "left")
        assert accuracy.lens.cursor is not None
        assert accuracy.lens.cursor > 10
        assert app.screen.went_back == 1
        await pilot.press("shift+left", "c")
        assert accuracy.lens.cursor is None

        await pilot.press("plus", "equals_sign")
        low, high = loss.lens.window((0, 15))
        assert (round(low, 1), high) == (9.6, 15)
        await pilot.press("left")
        assert loss.lens.end is not None
        await pilot.press("right", "minus")
        assert loss.lens.end is None
        await pilot.press("0")
        assert loss.lens.window((0, 15)) == (0, 15)

        for key in ("z", "enter"):
            await pilot.press(key)
            assert app.screen.maximized is loss
            assert loss.size.height == 23
            await pilot.press("z")
            assert app.screen.maximized is None

        await pilot.press("tab", "s")
        assert first_line(accuracy).startswith("accuracy  too short to smooth")
        await pilot.press("shift+tab", "w")
        assert charts(panel) == ["accuracy", "rate"]
        assert accuracy.has_focus
        for by in ("step", "time", "epoch"):
            await pilot.press("x")
            assert accuracy.chart.x_label == panel.by == by


async def test_the_mouse_points_zooms_and_drags(record_run: RecordRun, tmp_path: Path) -> None:
    app, view = CurvesApp(tmp_path), view_of(record_run())
    async with app.run_test(size=(80, 24)) as pilot:
        panel = await shown(pilot, view)
        loss, accuracy = panel.query_one("#loss", Plot), panel.query_one("#accuracy", Plot)

        await pilot.hover("#accuracy", offset=(20, 8))
        assert loss.lens.cursor == accuracy.lens.cursor is not None
        await pilot._post_mouse_events([_scroll_up()], "#accuracy", offset=(20, 8))
        await pilot.pause()
        zoomed = accuracy.lens.window((0, 15))
        assert zoomed[1] - zoomed[0] == 15 * 0.6
        await pilot.mouse_down("#accuracy", offset=(20, 8))
        await pilot.hover("#accuracy", offset=(25, 8))
        await pilot.mouse_up("#accuracy", offset=(25, 8))
        assert accuracy.lens.window((0, 15))[0] < zoomed[0]
        await pilot.hover("NavBar")
        assert accuracy.lens.cursor is None


def _scroll_up() -> type:
    from textual.events import MouseScrollUp

    return MouseScrollUp


async def test_the_charts_follow_a_run_and_forget_the_window_of_another(
    record_run: RecordRun, tmp_path: Path
) -> None:
    app, young, old = CurvesApp(tmp_path), view_of(record_run(epochs=4)), view_of(record_run())
    async with app.run_test(size=(200, 60)) as pilot:
        panel = await shown(pilot, young)
        assert charts(panel) == ["loss", "accuracy", "rate"]
        await pilot.press("plus")
        loss = panel.query_one("#loss", Plot)
        assert loss.lens.width is not None

        panel.show(old)
        await pilot.pause()
        assert loss.lens.width is None
        assert "best" in "".join(loss.render_line(y).text for y in range(3))


async def test_sizes_themes_and_ascii_leave_nothing_undrawn(
    record_run: RecordRun, tmp_path: Path
) -> None:
    ghost = record_run()
    view = view_of(record_run(epochs=3), ghost)
    app = CurvesApp(tmp_path, ascii_only=True)
    async with app.run_test(size=(120, 40)) as pilot:
        panel = await shown(pilot, view)
        backgrounds = set()
        for theme in ("dli-light", "dli-dark"):
            app.theme = theme
            await pilot.pause()
            panel.show(view)
            await pilot.pause()
            for plot in panel.query(Plot):
                text = [plot.render_line(y).text for y in range(plot.size.height)]
                assert {len(line) for line in text} == {plot.size.width}
                assert "".join(text).isascii()
                backgrounds |= {part.style.bgcolor for part in plot.render_line(3) if part.style}
        assert len(backgrounds) == 2
        await pilot.resize_terminal(160, 24)
        await pilot.pause()
        assert {plot.region.y for plot in panel.query(Plot)} == {1}
