import pytest

from engine.runs import RunFolder
from tests.tui.panels.in_tab import in_tab
from tests.tui.screens.conftest import KILLED, WIDE, OpenLab
from tests.tui.screens.golden import screen_text
from tui.panels.config import ConfigPanel
from tui.screens.dialogs import Choose


async def test_changed_settings_are_stressed_and_the_others_can_be_left_out(lab: OpenLab) -> None:
    app = lab(WIDE)
    async with app.run_test(size=(200, 60)) as pilot:
        await in_tab(pilot, "config", ConfigPanel)
        text = screen_text(app)
        for word in ("Commands", "repeat it", "Settings: schedule", "Versions", "digest",
                     "environment.json"):  # fmt: skip
            assert word in text
        assert "*epochs            10  (default 15)" in text
        assert " drop_last " in text
        await pilot.press("c")
        assert " drop_last " not in screen_text(app)
        assert "*epochs" in screen_text(app)


async def test_a_command_is_chosen_and_copied(lab: OpenLab) -> None:
    app = lab(KILLED)
    async with app.run_test(size=(80, 24)) as pilot:
        await in_tab(pilot, "config", ConfigPanel)
        await pilot.press("y")
        await pilot.pause(0.1)
        assert isinstance(app.screen, Choose)
        assert "dli train --resume" in screen_text(app)
        await pilot.press("down", "enter")
        await pilot.pause(0.1)
        assert app.clipboard.startswith("dli train --resume ")
        assert app.clipboard.endswith(KILLED)
        await pilot.press("y", "escape")
        await pilot.pause(0.1)
        assert not isinstance(app.screen, Choose)


@pytest.mark.parametrize("name", ["environment.json", "config.json"])
async def test_a_folder_with_a_damaged_file_is_shown_all_the_same(lab: OpenLab, name: str) -> None:
    app = lab(WIDE)
    RunFolder(app.root / WIDE)[name].write_text("{")
    async with app.run_test(size=(120, 40)) as pilot:
        await in_tab(pilot, "config", ConfigPanel)
        assert "Commands" in screen_text(app)
