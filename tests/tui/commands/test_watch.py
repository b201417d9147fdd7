import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from engine.config import RunConfig
from engine.record import recorded
from engine.runs import RunFolder, create_run, runs_dir
from tests.tui.commands.conftest import Outcome
from tests.tui.conftest import MakeEvents, RecordRun
from tests.tui.terminal import ENTER_SCREEN, Terminal

Dli = Callable[..., Outcome]


@pytest.fixture
def begin_run(make_events: MakeEvents) -> Callable[[], tuple[RunFolder, threading.Thread]]:
    """Return a function that trains a made-up run in a thread, in about a second."""

    def begin() -> tuple[RunFolder, threading.Thread]:
        config = RunConfig()
        folder = create_run(runs_dir(), config)
        ready = threading.Event()

        def work() -> None:
            events = recorded(make_events(folder.id, config), folder)
            with folder.lock(), closing(events):
                for number, _ in enumerate(events):
                    ready.set()
                    time.sleep(0.05 if number % 20 == 0 else 0)
                time.sleep(0.3)

        thread = threading.Thread(target=work)
        thread.start()
        assert ready.wait(5)
        return folder, thread

    return begin


@contextmanager
def interrupted(folder: RunFolder) -> Iterator[None]:
    state = folder["state.json"].read_text()
    folder["state.json"].write_text(state.replace('"status": "stopped"', '"status": ""'))
    folder["checkpoint.pt"].write_bytes(b"")
    yield


def test_once_prints_one_line_of_the_newest_run(dli: Dli, record_run: RecordRun) -> None:
    record_run()

    outcome = dli("watch", "--once", "--width", "60", "--ascii")

    assert outcome.code == 0
    assert outcome.out == "completed  epoch 15/15  val 98.81 %  test 97.78 %\n"


def test_once_as_json_tells_everything(dli: Dli, record_run: RecordRun) -> None:
    folder = record_run(epochs=3)

    found = json.loads(dli("watch", folder.id, "--once", "--json").out)

    assert (found["run"], found["state"], found["epoch"]) == (folder.id, "stopped", 3)


def test_json_without_once_is_refused_with_what_to_do(dli: Dli, record_run: RecordRun) -> None:
    record_run()

    outcome = dli("watch", "--json")

    assert outcome.code == 2
    assert "--json needs --once" in outcome.err


def test_a_run_that_died_ends_with_a_code_of_its_own(dli: Dli, record_run: RecordRun) -> None:
    folder = record_run(epochs=3)
    with interrupted(folder):
        outcome = dli("watch")

    assert outcome.code == 5
    assert outcome.out.rstrip().endswith(f"go on: dli train --resume {folder.id}")
    assert dli("watch", "--once").code == 0, "a status line is no failure"


def test_no_runs_is_said_in_a_sentence(dli: Dli) -> None:
    outcome = dli("watch")

    assert outcome.code == 5
    assert "there are no runs" in outcome.err


def test_a_pipe_gets_a_line_for_each_epoch_until_the_end(
    dli: Dli, begin_run: Callable[[], tuple[RunFolder, threading.Thread]]
) -> None:
    _, thread = begin_run()

    outcome = dli("watch")

    thread.join()
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert 3 <= len(lines) <= 25
    assert len(set(lines)) == len(lines)
    assert "completed  epoch 15/15" in lines[-1]
    assert "\r" not in outcome.out
    assert "\x1b" not in outcome.out


def test_a_terminal_gets_one_line_that_is_drawn_over(
    dli: Dli,
    terminal: Terminal,
    begin_run: Callable[[], tuple[RunFolder, threading.Thread]],
) -> None:
    _, thread = begin_run()
    terminal.use()

    outcome = dli("watch")

    thread.join()
    text = terminal.text()
    frames = text.split("\r")[1:]
    assert outcome.code == 0
    assert ENTER_SCREEN not in text
    assert text.count("\n") == 1
    assert text.startswith("\x1b[?25l")
    assert text.rstrip().endswith("\x1b[?25h")
    assert len(frames) > 3
    assert any("training" in frame for frame in frames)
    assert "completed" in text.split("\x1b[K")[-2]


def test_a_terminal_without_colours_gets_none(
    dli: Dli, terminal: Terminal, record_run: RecordRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_run()
    monkeypatch.setenv("NO_COLOR", "1")
    terminal.use()

    dli("watch", "--width", "40")

    assert "\rcompleted  epoch 15/15  test 97.78 %\x1b[K" in terminal.text()


def test_interrupting_only_stops_watching_and_gives_the_cursor_back(
    record_run: RecordRun,
) -> None:
    folder = record_run(epochs=3)
    master, slave = pty.openpty()
    with folder.lock():
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "tui", "watch", str(folder.path)],
            stdout=slave, stderr=slave, stdin=slave, env=os.environ | {"TERM": "xterm"},
        )  # fmt: skip
        os.close(slave)
        seen = b""
        while b"epoch 3/15" not in seen:
            seen += os.read(master, 4096)
        child.send_signal(signal.SIGINT)
        code = child.wait(10)
    seen += os.read(master, 4096)
    os.close(master)

    assert code == 130
    assert seen.endswith(b"\r\n\x1b[?25h")
    assert b"Traceback" not in seen


def test_watching_imports_no_torch_and_is_quick(record_run: RecordRun) -> None:
    record_run()
    program = (
        "import sys, time; began = time.process_time()\n"
        "from tui.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "heavy = {'torch', 'numpy', 'textual', 'rich.console'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "print(time.process_time() - began)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, "watch", "--once"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert float(done.stdout.splitlines()[-1]) < 0.6, "0.2 s on a quiet machine"
