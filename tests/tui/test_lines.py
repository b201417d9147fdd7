import dataclasses
from collections.abc import Callable, Generator

import pytest

from engine.config import RunConfig
from engine.events import Event, Intervened, Notice, PhaseChanged, RunFinished, RunPrepared
from engine.history import History
from tui.lines import described, finished, line, remarks, told

MakeEvents = Callable[..., Generator[Event, None, None]]


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Notice(1.0, 3, "info", "Hello."), "Hello."),
        (Notice(1.0, 3, "warning", "Hello."), "warning: Hello."),
        (
            Intervened(1.0, "a", "pause", 0, "loading data"),
            "pause while loading data, by hand",
        ),
        (
            Intervened(1.0, "a", "set", 7, "training", "optimizer.lr", 0.05),
            "set optimizer.lr 0.05 at step 7, by hand",
        ),
    ],
)
def test_notices_and_interventions_are_sentences(event: Notice | Intervened, text: str) -> None:
    assert told(event) == line(event, History()) == text


def test_remarks_come_in_the_order_of_time() -> None:
    second, first = Notice(2.0, 3, "info", "b"), Intervened(1.0, "a", "pause", 1, "training")

    assert remarks(History.of([second, first])) == [first, second]


def test_the_end_has_its_reason_but_an_error_speaks_for_itself() -> None:
    ended = RunFinished(1.0, "stopped", "interrupted by ^C", 3, 47)

    assert finished(ended) == "stopped after epoch 3, step 47: interrupted by ^C"
    assert finished(dataclasses.replace(ended, status="failed")) == "failed after epoch 3, step 47"


def test_only_slow_phases_get_a_line() -> None:
    def said(*phase: object) -> str | None:
        return line(PhaseChanged(1.0, *phase), History())  # type: ignore[arg-type]

    assert said("loading data", 0, 0, "mnist") == "loading data: mnist"
    assert said("loading data", 10, 20, "mnist") is None
    assert said("testing") == "testing"
    assert said("training") is None


def test_a_folder_is_named_by_its_end_and_one_thread_is_one(make_events: MakeEvents) -> None:
    config = RunConfig(dataset="folder:/a/very/long/way/to/pictures")
    events = [
        dataclasses.replace(event, threads=1) if isinstance(event, RunPrepared) else event
        for event in make_events(config=config, epochs=0)
    ]

    data, _, training = described(History.of(events))

    assert data == ("data", "folder:pictures  1,293 train, 144 val, 360 test")
    assert training[1].endswith("cpu 1 thread fp32")
