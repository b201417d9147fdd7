"""The Replay screen: keys and mouse move through a recorded run, and the screen follows."""

import pytest

from engine.history import History
from engine.record import replay
from engine.runs import RunFolder
from tests.tui.screens.conftest import BEST, KILLED, NOW, WIDE, OpenLab, front
from tests.tui.screens.golden import screen_text
from tui import clock
from tui.panels.status import StatusPanel
from tui.panels.transport import Transport
from tui.replaying import ReplaySource
from tui.screens.replay import ReplayScreen
from tui.screens.run import RunScreen


def source_of(screen: ReplayScreen) -> ReplaySource:
    assert screen.replayed is not None
    return screen.replayed


async def test_keys_move_through_time_and_the_screen_follows(lab: OpenLab) -> None:
    app = lab(BEST)
    async with app.run_test(size=(120, 40)) as pilot:
        await front(pilot, RunScreen)
        await pilot.press("P")
        screen = await front(pilot, ReplayScreen)
        source = source_of(screen)
        whole = History.of(replay(source.folder))
        assert source.is_playing
        assert "Replay" in screen_text(app)

        await pilot.press("space", "end")
        assert source.history == whole
        assert not source.is_playing
        await pilot.press("home")
        assert source.position == 0
        await pilot.press("full_stop", "shift+right")
        assert len(source.history.epochs) == 2
        assert "epoch 2 of" in screen_text(app)
        await pilot.press("comma", "shift+left")
        assert len(source.history.epochs) == 0
        await pilot.press("full_stop")
        before = source.position
        await pilot.press("right", "right", "left")
        assert source.position == pytest.approx(before + 0.02 * source.duration)
        steps = len(source.history.steps)
        await pilot.press("down", "j", "k", "up")
        assert len(source.history.steps) == steps
        speed = source.speed
        await pilot.press("greater_than_sign")
        assert source.speed > speed
        await pilot.press("less_than_sign")
        assert source.speed == speed
        panel = screen.query_one(StatusPanel)
        assert panel.view is not None
        assert len(panel.view.history.steps) == len(source.history.steps) < len(whole.steps)


async def test_the_clock_plays_but_not_while_another_screen_is_in_front(
    lab: OpenLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [NOW]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    app = lab(WIDE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("7")
        screen = await front(pilot, ReplayScreen)
        source = source_of(screen)
        now[0] += 1.0
        screen.beat_soon()
        assert source.position == pytest.approx(source.speed)
        await pilot.press("3")
        await front(pilot, RunScreen)
        now[0] += 1.0
        await pilot.press("7")
        await front(pilot, ReplayScreen)
        assert source.position == pytest.approx(source.speed)
        await pilot.press("space")
        now[0] += 1.0
        screen.beat_soon()
        assert source.position == pytest.approx(source.speed)


async def test_the_bar_takes_clicks_and_drags(lab: OpenLab) -> None:
    app = lab(BEST)
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.press("7")
        screen = await front(pilot, ReplayScreen)
        source, bar = source_of(screen), screen.query_one(Transport)
        assert screen.focused is bar
        await pilot.click(Transport, offset=(3, 0))
        await pilot.pause()
        assert not source.is_playing
        first, room = bar._track
        await pilot.click(Transport, offset=(1 + first + room // 2, 0))
        await pilot.pause()
        assert source.position == pytest.approx(source.duration / 2, rel=0.05)
        await pilot.mouse_down(Transport, offset=(1 + first, 1))
        await pilot.hover(Transport, offset=(1 + first + room - 1, 0))
        await pilot.mouse_up(Transport, offset=(1 + first + room - 1, 0))
        await pilot.pause()
        assert source.position == pytest.approx(source.duration, rel=0.02)
        assert "the end" in screen_text(app)
        assert bar.size.height == 2


async def test_what_is_for_live_runs_is_not_offered_and_ascii_is_kept(lab: OpenLab) -> None:
    app = lab(KILLED, ascii_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("7")
        screen = await front(pilot, ReplayScreen)
        for action in ("pause", "stop", "kill", "set_lr", "resume", "replay"):
            assert screen.check_action(action, ()) is False
        await pilot.press("end")
        await pilot.pause(0.1)
        bar = screen.query_one(Transport).render()
        assert bar.plain.isascii()
        assert "interrupted" in screen_text(app)
        assert bar.cell_len <= 78


async def test_without_runs_it_says_so(lab: OpenLab, runs: object) -> None:
    app = lab()
    app.root = app.root / "none"
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("7")
        await front(pilot, ReplayScreen)
        await pilot.press("space", "right", "full_stop", "end", "down", "less_than_sign")
        assert "No run yet" in screen_text(app)


def test_the_recorded_runs_have_a_time_line(runs: object, lab: OpenLab) -> None:
    source = ReplaySource(RunFolder(lab().root / BEST))
    while source.read():
        pass
    assert 0 < source.duration < 600
    assert sorted(source.end_of_epoch) == list(range(1, len(source.whole.epochs) + 1))
