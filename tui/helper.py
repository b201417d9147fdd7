"""The UI's end of the helper process, which answers what needs torch, as JSON lines."""

import asyncio
import base64
import contextlib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import errors
from engine.config import RunConfig
from engine.data.spec import Progress
from engine.errors import DliError

COMMAND = (sys.executable, "-P", "-m", "engine.preview")
_MOST_DEATHS = 3  # in a row
_LONGEST_LINE = 1 << 26  # bytes; pictures come in one
_END_SECONDS = 0.2  # that the process gets to end by itself

OnProgress = Callable[[Progress], None]


@dataclass
class _Asked:
    """A question that waits for its answer."""

    line: bytes
    kind: tuple[str, str]
    answer: "asyncio.Future[dict[str, Any]]"
    on_progress: OnProgress | None


class Helper:
    """Asks the helper process; it is started when first asked, and again when it dies."""

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._asked: dict[int, _Asked] = {}
        self._number = 0
        self._deaths = 0
        self._starting = asyncio.Lock()

    async def ask(
        self,
        what: str,
        config: RunConfig,
        on_progress: OnProgress | None = None,
        **others: Any,
    ) -> dict[str, Any]:
        """Return the answer to a question about a config; `engine.questions` tells what there is.

        An ask is cancelled as soon as a newer one of its kind is made: of the same `what`, and of
        the same `asker`, where that is among the others. `on_progress` hears how far a data set
        is that must be prepared first.

        Raises:
            DliError: the config cannot be built, or the helper cannot run.
            CancelledError: a newer question took this one's place.
        """
        self._number += 1
        number = self._number
        question = {"id": number, "what": what, "config": config.model_dump(mode="json"), **others}
        kind = (what, str(others.get("asker", "")))
        for asked in self._asked.values():
            if asked.kind == kind:
                asked.answer.cancel()
        line = json.dumps(question).encode() + b"\n"
        asked = _Asked(line, kind, asyncio.get_running_loop().create_future(), on_progress)
        self._asked[number] = asked
        try:
            await self._send(line)
            return await asked.answer
        finally:
            self._asked.pop(number, None)

    async def close(self) -> None:
        """End the helper process."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _END_SECONDS)
            if process.returncode is None:
                process.kill()
                await process.wait()
        if self._reading is not None:
            await self._reading
        for asked in list(self._asked.values()):
            asked.answer.cancel()

    async def _send(self, line: bytes) -> None:
        async with self._starting:
            if self._process is None:
                await self._start()
        process = self._process
        if process is None or process.stdin is None:
            return  # it died at once, and who reads has seen it
        with contextlib.suppress(ConnectionError):  # it died: the question is sent to the next
            process.stdin.write(line)
            await process.stdin.drain()

    async def _start(self) -> None:
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # the screen is drawn on stderr
                start_new_session=True,
                limit=_LONGEST_LINE,
            )
        except OSError as error:
            raise DliError(f"cannot start the helper process: {error.strerror}.") from None
        self._reading = asyncio.create_task(self._read(self._process))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Take in answers until the process ends; one that died is followed by another."""
        assert process.stdout is not None
        while line := await process.stdout.readline():
            message = json.loads(line)
            if "id" in message:
                self._deaths = 0
                self._take(message)
        await process.wait()
        if self._process is process:  # nobody closed it
            self._process = None
            self._deaths += 1
            await self._go_on(process.returncode)

    def _take(self, message: Mapping[str, Any]) -> None:
        asked = self._asked.get(message["id"])
        if asked is None or asked.answer.done():
            return
        if "progress" in message:
            if asked.on_progress is not None:
                asked.on_progress(Progress(**message["progress"]))
        elif "error" in message:
            kind = getattr(errors, message["kind"], DliError)
            asked.answer.set_exception(kind(message["error"]))
        else:
            asked.answer.set_result(message["answer"])

    async def _go_on(self, code: int | None) -> None:
        """Ask another process what the dead one left open, unless one after the other dies."""
        waiting = [asked for asked in self._asked.values() if not asked.answer.done()]
        if self._deaths >= _MOST_DEATHS:
            self._deaths = 0
            for asked in waiting:
                asked.answer.set_exception(
                    DliError(
                        "the helper process that looks at models and pictures died "
                        f"{_MOST_DEATHS} times in a row (exit code {code}); the form works "
                        "without it, and the next change tries again."
                    )
                )
            return
        for asked in waiting:
            await self._send(asked.line)


def pictures_in(answer: Mapping[str, Any], key: str) -> NDArray[np.uint8]:
    """Return the pictures (N, H, W, C) of an answer to `augment`: its `images` or `originals`."""
    return np.frombuffer(base64.b64decode(answer[key]), np.uint8).reshape(answer["shape"])
