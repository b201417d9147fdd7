"""The Compare screen: curves, figures, settings, and every key."""

from textual.widgets import DataTable

from tests.tui.screens.conftest import BEST, MLP, WIDE, OpenLab, front
from tui.screens.compare import CompareScreen


async def test_compared_runs_are_drawn_judged_and_taken_away(lab: OpenLab) -> None:
    app = lab()
    app.marked = [BEST, WIDE, "no-such-run", MLP]
    async with app.run_test(size=(140, 45)) as pilot:
        await pilot.press("5")
        screen = await front(pilot, CompareScreen)
        assert app.marked == [BEST, WIDE, MLP]
        figures, settings = screen.query_one("#figures", DataTable), screen.query_one("#settings")
        assert figures.row_count == 3
        assert "model.width" in [str(row[0]) for row in _rows(settings)]
        assert "same val pictures" in str(screen.query_one("#verdict").render())

        for metric in ("val loss", "train accuracy", "train loss", "learning rate", "val accuracy"):
            await pilot.press("y")
            await pilot.pause()
            assert metric in str(screen.query_one("Heading > .right").render())
        for axis in ("step", "time", "epoch"):
            await pilot.press("t")
            await pilot.pause()
            assert f"by {axis}" in str(screen.query_one("Heading > .right").render())

        figures.focus()
        await pilot.press("down", "b")
        await pilot.pause()
        assert str(_rows(figures)[1][3]) == "base"
        await pilot.press("w")
        assert screen.query_one("#curves").has_focus
        await pilot.press("w", "v", "v", "u")
        await pilot.pause()
        assert app.marked == [BEST, MLP]
        await pilot.press("enter")
        await pilot.pause(0.1)
        assert app.current_mode == "run"
        assert app.run_folder is not None
        assert app.run_folder.id in (BEST, MLP)


async def test_without_two_marked_runs_it_says_how_to_mark(lab: OpenLab) -> None:
    app = lab()
    app.marked = [BEST]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("5")
        screen = await front(pilot, CompareScreen)

        assert f"{BEST} is marked" in str(screen.query_one(".empty").render())
        assert not screen.query_one("#curves").display


def _rows(table: object) -> list[list[object]]:
    assert isinstance(table, DataTable)
    return [table.get_row_at(place) for place in range(table.row_count)]
