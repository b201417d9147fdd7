"""A search's process is known by its log, whoever started it."""

import fcntl
import time
from pathlib import Path

from tui.study_panels.orders import TuneOrder
from tui.study_panels.tuner import Tuner, living, start

BEGUN = """$ dli tune --study digits_cnn
note: a note
digits_cnn@0123abcd: 6 configurations of a continuum in 5 settings, 3 epochs each; 1 worker.
Storage: sqlite:////somewhere
timing steps ...
"""


def _log(root: Path, text: str) -> Path:
    log = root / ".tune" / "20260101-120000-digits_cnn.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text(text)
    return log


def test_a_search_is_found_again_while_it_lives(tmp_path: Path) -> None:
    log = _log(tmp_path, BEGUN)
    assert list(living(tmp_path)) == []

    with log.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        (status,) = living(tmp_path)
        assert status.study_id == "digits_cnn@0123abcd"
        assert (status.phase, status.problem) == ("timing steps ...", "")
        assert status.command == "dli tune --study digits_cnn"


def test_why_it_ended_is_its_own_sentence(tmp_path: Path) -> None:
    died = _log(tmp_path, BEGUN + "dli: error: every trial fails: no memory.\n")
    assert Tuner(died).status().problem == "every trial fails: no memory."
    assert Tuner(_log(tmp_path, BEGUN)).status().problem == ""
    refused = Tuner(_log(tmp_path, "$ dli tune\nNo such option: --x\n")).status()
    assert refused.problem == "The search ended before it began. No such option: --x"
    assert not Tuner(tmp_path / "gone.log").status().is_alive


def test_it_is_started_in_a_process_of_its_own(tmp_path: Path) -> None:
    tuner = start(TuneOrder("no_such_study"), tmp_path, None)
    assert tuner.status().is_alive
    until = time.monotonic() + 30
    while tuner.status().is_alive and time.monotonic() < until:
        time.sleep(0.05)

    status = tuner.status()
    assert status.problem.startswith("unknown study 'no_such_study'")
    assert status.command == f"dli tune --study no_such_study --runs-dir {tmp_path}"
