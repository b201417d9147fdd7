"""Which question the helper process answers next."""

import json
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from engine import preview
from engine.data.spec import Progress
from engine.preview import Desk, Inbox

Ends = tuple[Inbox, int]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """An inbox, and the end of its pipe that is written to."""
    reading, writing = os.pipe()
    yield Inbox(reading), writing
    os.close(reading)


def _ask(writing: int, number: int, what: str, asker: str = "") -> None:
    question = {"id": number, "what": what, "config": {}, "asker": asker}
    os.write(writing, json.dumps(question).encode() + b"\n")


def _taken(inbox: Inbox) -> list[int]:
    found = []
    while question := inbox.take():
        found.append(question["id"])
    return found


def test_only_the_newest_question_of_a_kind_waits_and_quick_ones_go_first(ends: Ends) -> None:
    inbox, writing = ends
    for number, what in enumerate(("speed", "augment", "speed", "summary", "augment")):
        _ask(writing, number, what)
    _ask(writing, 9, "speed", asker="another")
    inbox.look()

    assert inbox.has_newer({"what": "speed"})
    assert inbox.take(before=0) is None, "nothing is more urgent than a summary"
    assert _taken(inbox) == [3, 4, 2, 9]
    assert not inbox.has_newer({"what": "speed"})
    os.close(writing)


def test_a_cut_line_is_waited_for_and_a_closed_pipe_is_the_end(ends: Ends) -> None:
    inbox, writing = ends
    os.write(writing, b'{"id": 1, "what": ')
    inbox.look()
    assert _taken(inbox) == []

    os.write(writing, b'"speed"}\n')
    inbox.look()
    assert _taken(inbox) == [1]
    os.close(writing)
    with pytest.raises(EOFError):
        inbox.look()


def test_progress_is_told_ten_times_a_second_and_not_for_every_picture(
    ends: Ends, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    inbox, _ = ends
    now = iter(range(1_000_000))
    monkeypatch.setattr(preview.time, "monotonic", lambda: next(now) * 0.001)  # 1 ms a picture

    def work(_: preview.Question) -> Generator[Progress, None, dict[str, int]]:
        for done in range(1000):
            yield Progress("preparing", done, 1000)
        return {"found": 7}

    monkeypatch.setattr(preview, "_work", work)
    with (tmp_path / "out").open("wb") as out:
        Desk(inbox, out.fileno())._answer({"id": 1, "what": "speed", "config": {}})
    told = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]

    assert told[0]["progress"]["done"] == 0
    assert told[-1] == {"id": 1, "answer": {"found": 7}}
    assert 9 <= len(told) - 1 <= 12
