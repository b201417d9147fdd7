import json
import math
from dataclasses import replace

from bench.tuning_events import StudyOpened, Ticked, TrialEnded, TuningEvent
from tests.tui.tuning.made_up import (
    START,
    confirmed,
    ended,
    incidents,
    odd,
    opened,
    record,
    searched,
)
from tui.tuning.as_json import line


def parsed(event: TuningEvent) -> dict[str, object]:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    text = line(event)
    assert text is not None
    assert "\n" not in text
    values: dict[str, object] = json.loads(text, parse_constant=refuse)
    return values


def test_every_event_but_a_tick_is_an_object_with_its_name_and_fields() -> None:
    events = [*searched(), *incidents(), *confirmed(), ended()]
    told = [event for event in events if not isinstance(event, Ticked)]

    for event in told:
        values = parsed(event)
        assert values["event"] == type(event).__name__
        assert set(values) == {"event", *vars(event)}
        assert values["time"] == event.time
    assert [line(event) for event in events if isinstance(event, Ticked)] == [None] * 7


def test_a_record_is_an_object_of_its_own() -> None:
    values = parsed(TrialEnded(START, "search", 3, record(3), True, 4, 12))

    told = values["record"]
    assert isinstance(told, dict)
    assert told["params"] == record(3).params
    assert told["curve"] == list(record(3).curve)


def test_what_is_not_finite_is_null() -> None:
    diverged = replace(odd(6), value=math.inf)

    told = parsed(TrialEnded(START, "search", 6, diverged, False, 7, 12))["record"]

    assert isinstance(told, dict)
    assert (told["curve"], told["value"]) == ([None], None)


def test_a_password_of_the_storage_is_not_told() -> None:
    url = "postgresql://me:pa%40ss@host/name"
    event: StudyOpened = replace(opened(), url=url)

    assert parsed(event)["url"] == "postgresql://me:***@host/name"
    assert parsed(opened())["url"] == "sqlite:///x.sqlite3"
