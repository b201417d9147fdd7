from tests.tui.screens.conftest import WIDE, OpenLab, front
from tui.screens.run import RunScreen


async def test_another_key_works_in_the_place_of_the_usual_one(lab: OpenLab) -> None:
    app = lab(WIDE, keys={"run.mark": "f4"})
    async with app.run_test(size=(80, 24)) as pilot:
        await front(pilot, RunScreen)
        await pilot.press("m")
        assert app.marked == []
        await pilot.press("f4")
        assert app.marked == [WIDE]
