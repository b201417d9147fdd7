from engine.runs import RunFolder
from tests.tui.panels.in_tab import in_tab
from tests.tui.screens.conftest import WIDE, OpenLab
from tests.tui.screens.golden import screen_text
from tui.panels.log import LogPanel
from tui.panels.rows import Rows


async def test_events_and_what_was_printed_can_be_read_and_searched(lab: OpenLab) -> None:
    app = lab(WIDE)
    folder = RunFolder(app.root / WIDE)
    folder["console.log"].write_text("\x1b[31mA warning\x1b[0m\n 10 %\r100 %\n")
    async with app.run_test(size=(80, 24)) as pilot:
        panel = await in_tab(pilot, "log", LogPanel)
        assert "completed after epoch 10" in screen_text(app), "it begins at the end"
        assert panel.query_one(Rows).follows
        await pilot.press("home")
        assert f"run {WIDE}" in screen_text(app)
        assert not panel.query_one(Rows).follows
        await pilot.press("end", "up", "down")
        assert panel.query_one(Rows).follows

        await pilot.press("slash", *"Y  31", "enter")
        assert "1 of 18 events hold 'Y  31'" in screen_text(app)
        assert "epoch  1/10" in screen_text(app)
        assert app.focused is panel.query_one(Rows)
        await pilot.press("escape")
        assert "18 events" in screen_text(app)

        await pilot.press("t")
        assert "A warning" in screen_text(app)
        assert " 10 %" not in screen_text(app)
        await pilot.press("slash", *"100")
        assert "1 of console.log: 2 lines hold '100'" in screen_text(app)
        await pilot.press("escape", "t")
        assert "18 events" in screen_text(app)


async def test_a_run_without_console_log_says_where_its_words_went(lab: OpenLab) -> None:
    app = lab(WIDE)
    async with app.run_test(size=(120, 40)) as pilot:
        await in_tab(pilot, "log", LogPanel)
        await pilot.press("t")
        assert "There is no console.log" in screen_text(app)


async def test_new_events_are_followed_until_one_scrolls_up(lab: OpenLab) -> None:
    app = lab(WIDE)
    log = RunFolder(app.root / WIDE)["events.jsonl"]
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(line for line in lines[:-20]))
    async with app.run_test(size=(80, 24)) as pilot:
        panel = await in_tab(pilot, "log", LogPanel)
        assert "completed after" not in screen_text(app)
        with log.open("ab") as file:
            file.writelines(lines[-20:])
        for _ in range(100):
            await pilot.pause(0.02)
            if "completed after" in screen_text(app):
                break
        assert "completed after epoch 10" in screen_text(app)
        assert panel.query_one(Rows).follows
