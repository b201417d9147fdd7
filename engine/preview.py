"""`python -m engine.preview`: answers what a form asks and only torch can tell, as JSON lines.

A question is a line `{"id": 3, "what": "summary", "config": {…}, …}` on stdin; what there is to ask
stands in `engine.questions`. Answers on stdout: `{"id": 3, "answer": {…}}`, or
`{"id": 3, "error": "…", "kind": "ConfigError"}`, and before it any number of
`{"id": 3, "progress": {"what": …, "done": …, "total": …}}`. A question is dropped, without an
answer, when a newer one of its kind (`what`, and `asker` if it is given) has come. The first line
is `{"up": true}`. The process ends when stdin closes. Imports torch only to answer.
"""

import json
import os
import select
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import asdict
from typing import Any

from engine.config import RunConfig
from engine.data.spec import Progress
from engine.errors import DliError, MachineError, unknown

Question = dict[str, Any]
URGENCY = ("summary", "augment", "speed")  # the first are quick, and wait for no other
_WORD_SECONDS = 0.1  # from one word about progress to the next: who asked draws a screen for each


class Inbox:
    """The questions that wait on a pipe; of each kind, only the newest."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._rest = b""
        self._waiting: dict[tuple[str, str], Question] = {}

    def look(self, patience: float | None = 0.0) -> None:
        """Take in what has come, waiting up to `patience` seconds; None is for ever.

        Raises:
            EOFError: the other end is closed.
        """
        while select.select([self._handle], [], [], patience)[0]:
            read = os.read(self._handle, 1 << 16)
            if not read:
                raise EOFError
            *lines, self._rest = (self._rest + read).split(b"\n")
            for question in map(json.loads, lines):
                self._waiting.pop(kind_of(question), None)
                self._waiting[kind_of(question)] = question
            patience = 0.0

    def has_newer(self, question: Question) -> bool:
        """Tell whether another question of the same kind waits."""
        return kind_of(question) in self._waiting

    def take(self, before: int = len(URGENCY) + 1) -> Question | None:
        """Return the most urgent question that waits, if it is more so than `before`."""
        kinds = sorted(self._waiting, key=lambda kind: urgency(kind[0]))
        if kinds and urgency(kinds[0][0]) < before:
            return self._waiting.pop(kinds[0])
        return None


def kind_of(question: Question) -> tuple[str, str]:
    """Return what two questions have in common of which only the newer counts."""
    return question["what"], question.get("asker", "")


def urgency(what: str) -> int:
    """Return the place of a question in the queue."""
    return URGENCY.index(what) if what in URGENCY else len(URGENCY)


class Desk:
    """Answers one question at a time; between two pieces of work a more urgent one goes first."""

    def __init__(self, inbox: Inbox, out: int) -> None:
        self._inbox, self._out = inbox, out

    def serve(self) -> None:
        """Answer until the other end is closed."""
        self.say({"up": True})
        while True:
            self._inbox.look(patience=None)
            while question := self._inbox.take():
                self._answer(question)

    def say(self, message: dict[str, Any]) -> None:
        """Write one line."""
        line = json.dumps(message).encode() + b"\n"
        while line:
            line = line[os.write(self._out, line) :]

    def _answer(self, question: Question) -> None:
        try:
            answer = self._worked_out(question)
        except DliError as error:
            self._refuse(question, error)
        except (RuntimeError, MemoryError) as error:  # torch's, mostly: out of memory
            told = str(error).strip().split("\n")[0] or "out of memory"
            self._refuse(question, MachineError(f"this machine cannot compute that: {told}"))
        else:
            if answer is not None:
                self.say({"id": question["id"], "answer": answer})

    def _refuse(self, question: Question, error: DliError) -> None:
        self.say({"id": question["id"], "error": str(error), "kind": type(error).__name__})

    def _worked_out(self, question: Question) -> dict[str, Any] | None:
        """Return the answer, or None where a newer question made this one idle."""
        next_word = 0.0
        with closing(_work(question)) as work:
            while True:
                try:
                    progress = next(work)
                except StopIteration as done:
                    answer: dict[str, Any] = done.value
                    return answer
                self._inbox.look()
                if self._inbox.has_newer(question):
                    return None
                if progress is not None and time.monotonic() >= next_word:
                    self.say({"id": question["id"], "progress": asdict(progress)})
                    next_word = time.monotonic() + _WORD_SECONDS
                while urgent := self._inbox.take(urgency(question["what"])):
                    self._answer(urgent)


def _work(question: Question) -> Generator[Progress | None, None, dict[str, Any]]:
    """Return the work that a question makes, not begun yet."""
    from engine.questions import ANSWERS  # brings torch

    answer = ANSWERS.get(question["what"])
    if answer is None:
        raise DliError(unknown("question", question["what"], ANSWERS, ""))
    return answer(RunConfig.model_validate(question["config"]), question)


def main() -> None:
    """Serve stdin and stdout; what libraries print goes to stderr."""
    out = os.dup(1)
    os.dup2(2, 1)
    try:
        Desk(Inbox(0), out).serve()
    except (EOFError, BrokenPipeError):
        os._exit(0)  # nothing is to be saved, and torch takes a second to clear up


if __name__ == "__main__":
    main()
