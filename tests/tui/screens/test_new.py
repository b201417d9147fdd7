"""The New run screen: typed into, wrong and right, at three sizes, with the real helper once."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from engine.config import parse
from engine.runs import RunFolder
from tests.tui.screens.real_terminal import RealTerminal
from tui.app import DliApp
from tui.form.rows import FormRows
from tui.helper import Helper
from tui.screens.dialogs import Ask, Choose, Enter
from tui.screens.new import NewRunScreen

_SILENT = (sys.executable, "-c", "import sys; sys.stdin.read()")  # a helper that never answers


def _app(tmp_path: Path, **options: bool) -> DliApp:
    app = DliApp(tmp_path / "runs", **options)
    app._helper = Helper(_SILENT)
    return app


async def _form(pilot: Pilot[None]) -> NewRunScreen:
    await pilot.press("2")
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, NewRunScreen)
    return screen


def _text(screen: NewRunScreen, selector: str) -> str:
    return str(screen.query_one(selector, Static).render())


async def _typed(pilot: Pilot[None], text: str) -> None:
    for character in text:
        await pilot.press({".": "full_stop", "-": "minus", ",": "comma"}.get(character, character))


@pytest.mark.slow
async def test_a_run_is_made_first_with_a_mistake_and_started_in_80_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: list[RunFolder] = []
    monkeypatch.setattr("tui.actions.launch", launched.append)
    app = DliApp(tmp_path / "runs")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await _form(pilot)
        await _make_a_mistake(app, pilot, screen)
        assert not launched
        await _go_through_fields(pilot, screen)
        await _go_through_views(pilot, screen)

        await pilot.press("ctrl+y")
        assert app.clipboard == "dli train --epochs 1"
        await pilot.press("ctrl+r")
        assert app.current_mode == "run"
        assert [folder.config() for folder in launched] == [parse({"epochs": 1})]
        assert app.run_folder == launched[0]
        await pilot.press("2")
        await pilot.pause()
        assert screen.draft.text("epochs") == "1", "what was typed stays"


async def _make_a_mistake(app: DliApp, pilot: Pilot[None], screen: NewRunScreen) -> None:
    assert _text(screen, "#command") == "$ dli train"
    await pilot.press("down", "down", "3")  # no value of a model begins with 3
    assert app.current_mode == "new"
    await pilot.press("escape", "3")
    assert app.current_mode == "new", "a digit meant for a setting does not leave the form"
    assert [note.message for note in app._notifications] == [
        "Digits are for settings here. esc (twice from a setting) leaves the form; then 3 works."
    ] * 2
    app.clear_notifications()
    await pilot.press("escape", "3")
    assert app.current_mode == "run"
    await pilot.press("2", "down")
    await _typed(pilot, "1x")
    assert app.current_mode == "new", "digits typed in an input stay there"
    await pilot.pause(0.3)
    assert "epochs cannot be '1x': it must be a whole number." in _text(screen, ".sheet")
    await pilot.press("ctrl+r")
    assert [note.message for note in app._notifications] == [
        "epochs cannot be '1x': it must be a whole number."
    ]
    assert "stands here again" in _text(screen, "#facts")


async def _go_through_fields(pilot: Pilot[None], screen: NewRunScreen) -> None:
    rows = screen.query_one(FormRows)
    await pilot.press("ctrl+z", "end")
    assert screen.query_one(Input).value == "15"
    await pilot.press("backspace", "enter")  # 1 epoch; on to the batch size
    assert rows.row is not None
    assert rows.row.field.path == "batch_size"
    await pilot.press("shift+tab", "tab", "up")

    await pilot.press("escape")
    sections = screen.query_one("#sections", OptionList)
    assert sections.has_focus
    await pilot.press("down", "right", "right")  # the model's name, and the next one
    assert screen.draft.text("model.name") == "linear"
    await pilot.press("left", "pagedown", "space")
    assert "dropped the settings of 'sgd'" in _text(screen, ".sheet")
    await pilot.press("ctrl+z", "pageup")
    assert screen.draft.changes() == {"epochs": 1}
    await pilot.press("escape", "v")


async def _go_through_views(pilot: Pilot[None], screen: NewRunScreen) -> None:
    for _ in range(200):  # torch is imported on a machine that others use too
        if "an epoch" in _text(screen, "#facts") and "..." not in _text(screen, "#facts"):
            break
        await pilot.pause(0.1)
    assert _text(screen, "#facts").startswith("104,650 parameters · ~")
    assert screen.query_one("#schedule").display
    await pilot.press("v", "a")
    await pilot.pause()
    assert "train pictures as augmented" in _text(screen, "#samples")
    assert "▀▀▀" in _text(screen, "#samples")
    await pilot.press("v")
    await pilot.pause()
    assert "block1.conv1" in _text(screen, "#layers > Static")
    await pilot.press("v")
    assert not screen.query_one("#layers").display


@pytest.mark.slow
async def test_choices_open_as_windows_and_a_study_s_base_can_be_the_start(tmp_path: Path) -> None:
    app = _app(tmp_path)
    (tmp_path / "mine").mkdir()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await _form(pilot)
        assert "Machine ─" in _text(screen, ".sheet"), "all sections where there is room"

        await pilot.click(FormRows, offset=(22, 2))  # the data set's value
        assert isinstance(app.screen, Choose)
        await pilot.press("end", "enter")
        assert isinstance(app.screen, Enter)
        await _typed(pilot, "nowhere")
        assert "does not exist" in str(app.screen.query_one(".problem", Static).render())
        app.screen.query_one(Input).value = str(tmp_path / "mine")
        await pilot.press("enter")
        assert screen.draft.text("dataset") == f"folder:{tmp_path / 'mine'}"

        screen.go_to("model.kernel_size")
        await pilot.pause()
        await pilot.press("5")
        assert app.current_mode == "new"
        await pilot.pause()
        assert screen.draft.text("model.kernel_size") == "5"
        await pilot.press("enter", "3", "enter")
        assert screen.draft.text("model.kernel_size") == "3"
        await pilot.press("enter", "down", "enter")
        assert screen.draft.text("model.kernel_size") == "5", "it begins at the present value"
        screen.go_to("schedule.name")
        await pilot.press("enter")
        await pilot.pause()
        assert "Up and down once" in str(app.screen.query_one(OptionList).options[3].prompt)
        await pilot.press("escape")

        screen.go_to("start")
        await pilot.press("right")
        await pilot.pause()
        app.screen.query_one(OptionList).highlighted = 1
        prompts = [str(option.prompt) for option in app.screen.query_one(OptionList).options]
        assert all(len(line) <= 53 for prompt in prompts for line in prompt.split("\n"))
        assert any("\n      " in prompt for prompt in prompts), "indented under the description"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Ask), "what was typed is not thrown away unasked"
        await pilot.press("y")
        await pilot.pause()
        assert screen.draft.text("start") == "study cifar_bn"
        assert "data set 'cifar10' is not on this machine" in _text(screen, ".sheet")
        assert _text(screen, "#command").startswith("$ dli train cifar_bn")
        screen.go_to("epochs")
        await _typed(pilot, "many")
        await pilot.pause(0.3)
        assert set(screen.problems) == {"dataset", "epochs"}, "one mistake hides no other"
        await pilot.press("ctrl+z")
        assert screen.config is not None
        assert screen.config.model.name == "cnn"


async def test_a_fork_fills_the_form_and_is_started_with_its_parent_s_weights(
    tmp_path: Path, record_run: Callable[..., RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: list[RunFolder] = []
    monkeypatch.setattr("engine.spawn.launch", launched.append)
    parent = record_run(parse({"model": {"name": "mlp", "width": 32}}))
    app = _app(tmp_path, ascii_only=True)
    async with app.run_test(size=(200, 60), notifications=True) as pilot:
        app.open_form(parent.config(), parent)
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, NewRunScreen)
        await pilot.pause()
        assert f"fork of {parent.id}" in _text(screen, "#banner")
        assert all(view.display for view in screen.query("#schedule, #samples, #layers"))
        screen.go_to("model.width")
        await _typed(pilot, "48")
        await pilot.press("ctrl+r")
        assert "no weights" in next(note.message for note in app._notifications)

        header = json.dumps({"__metadata__": {"epoch": "2"}}).encode()
        parent["best.safetensors"].write_bytes(len(header).to_bytes(8, "little") + header)
        assert f"--fork {parent.id} --set model.width=48" in screen.command
        await pilot.press("ctrl+r")
        assert app.current_mode == "run"
        assert launched[0]["fork.json"].exists()
        assert launched[0].config().model.model_dump()["width"] == 48
        assert _text(screen, ".sheet").isascii()


async def test_keys_typed_faster_than_drawn_go_to_the_row_that_was_active(tmp_path: Path) -> None:
    app = _app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await _form(pilot)
        screen.go_to("epochs")
        await pilot.pause()
        typed = "23", "12", "0.1", "7"  # epochs, batch size, learning rate, seed
        for key in "\t".join(typed) + "\t500\r":
            name = {".": "full_stop", "\t": "tab", "\r": "enter"}.get(key, key)
            app.post_message(events.Key(name, None if key in "\t\r" else key))
        for key in ("up", "up", "up", "up", "up", "up", "right", "down", "5", "backspace", "6"):
            app.post_message(events.Key(key, key if key.isdigit() else None))
        await pilot.pause(0.4)
        changes = screen.draft.changes()
        assert changes.pop("model.name") != "cnn"
        assert changes == {
            "epochs": 6, "batch_size": 12, "optimizer.lr": 0.1, "seed": 7, "data.subset": 500,
        }  # fmt: skip


def test_a_burst_of_keys_in_a_real_terminal_goes_to_the_right_rows(tmp_path: Path) -> None:
    terminal = RealTerminal(["-m", "tui", "tui", "--runs-dir", str(tmp_path)], tmp_path, (120, 40))
    try:
        terminal.wait_for("7 Replay")
        terminal.press("2")
        terminal.wait_for("New run from")
        terminal.press("\t\t\t23\t12\t0.1\t7\t500\r")
        terminal.wait_for("--epochs 23 --seed 7 --batch-size 12 --lr 0.1", 5.0)
    finally:
        terminal.kill()
