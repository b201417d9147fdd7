import io
from collections.abc import Sequence

import pytest
from rich.console import Console

from engine.events import Event, Intervened, Notice, PhaseChanged
from engine.history import History
from tui.live import Dashboard

START = 1_700_000_000.0
SIZES = [(80, 24), (120, 40), (200, 60), (60, 16), (40, 10), (20, 4)]


@pytest.fixture
def events(make_events) -> list[Event]:  # type: ignore[no-untyped-def]
    """The first eight epochs."""
    return list(make_events(epochs=8, nan_step=130))


def view(
    events: Sequence[Event], size: tuple[int, int] = (80, 24), color: bool = False
) -> list[str]:
    dashboard = Dashboard("20260101-120000-digits-cnn", color, "checkpoint and stop")
    file = io.StringIO()
    console = Console(file=file, width=size[0], height=size[1])
    console.print(dashboard(History.of(events), START + 12, size))
    return file.getvalue().rstrip("\n").split("\n")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 12, 30, None])
def test_the_view_fits_at_any_size_and_time(
    events: list[Event], size: tuple[int, int], count: int | None
) -> None:
    lines = view(events[:count], size)

    assert len(lines) <= size[1]
    assert max(map(len, lines)) <= size[0]


def test_at_80_by_24_nothing_is_cut_off(events: list[Event]) -> None:
    text = "\n".join(view(events))

    assert "…" not in text
    for part in (
        "20260101-120000-digits-cnn",
        "digits  1,293 train, 144 val, 360 test",
        "cnn  1x28x28 to 10 classes, 93,322 parameters",
        "8/15 epochs  8.4 s left",
        "val accuracy 97.04 %",
        "at epoch 8   checkpoint at step 160",
        "loss  · train  x val",
        "accuracy  · train  x val",
        "dli control 20260101-120000-digits-cnn pause",
        "^C checkpoint and stop",
    ):
        assert part in text


def test_the_footer_is_the_last_line_of_the_screen(events: list[Event]) -> None:
    for size in SIZES[:3]:
        lines = view(events, size)
        assert len(lines) == size[1]
        assert lines[-1].endswith("^C checkpoint and stop")


def test_a_large_screen_shows_the_last_epochs_and_the_learning_rate(events: list[Event]) -> None:
    text = "\n".join(view(events, (200, 60)))

    assert "learning rate" in text
    assert "    8    0.2087     0.2592     98.80 %        97.04 %     0.100     1.2 s  best" in text


def test_loading_shows_how_far_it_is(events: list[Event]) -> None:
    lines = view(events[:3])

    bar = next(line for line in lines if line.startswith("loading data"))
    assert bar.endswith("900/1,797 preparing digits")
    assert 0.4 < bar.count("━") / (bar.count("━") + bar.count("─")) < 0.6
    assert "left" not in "\n".join(lines)


def test_a_pause_and_what_was_done_from_outside_are_told(events: list[Event]) -> None:
    more = [
        Intervened(START, "a", "set", 120, "training", "optimizer.lr", 0.01),
        Notice(START + 1, 130, "warning", "The disk is nearly full."),
        PhaseChanged(START + 2, "paused"),
    ]

    text = "\n".join(view([*events, *more]))

    assert "\npaused" in text
    assert "set optimizer.lr 0.01 at step 120, by hand" in text
    assert "warning: The disk is nearly full." in text
    assert "digits-cnn continue" in text


def test_charts_are_drawn_again_only_when_there_is_more_to_draw(events: list[Event]) -> None:
    dashboard = Dashboard("run", False, "stops")
    history = History.of(events[:30])

    def charts() -> object:
        return dashboard(history, START, (80, 24)).renderables[-2]  # type: ignore[union-attr]

    first = charts()
    history.fold(PhaseChanged(START, "validating", 10, 144))
    assert charts() is first
    history.fold(events[30])
    assert charts() is not first
