"""How long a study takes here: the formulas, and the child that times steps."""

import json
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest

from bench import estimate as module
from bench.estimate import Estimate, Span, estimate
from bench.resolve import resolve
from bench.spec import read
from bench.study import Study
from engine.data.spec import Progress
from engine.errors import ConfigError, DataError, DliError, ModelError
from engine.work import finish

T = TypeVar("T")
STUDY = """
name = "tiny"
about = "a test"
[base]
dataset = "digits"
epochs = {epochs}
batch_size = 64
model = {{ name = "mlp", width = 16, depth = 1 }}
schedule = {{ name = "constant" }}
[search]
{search}
[space]
"optimizer.lr" = {{ float = [0.01, 0.1], log = true }}
"model.width" = {{ choice = [16, 2048] }}
"""


def _study(epochs: int = 4, search: str = "") -> Study:
    return resolve(read(STUDY.format(epochs=epochs, search=search), "tiny.toml"))


def _finished(work: Generator[Progress, None, T]) -> tuple[list[Progress], T]:
    told: list[Progress] = []
    return told, finish(work, tell=told.append)


def test_a_study_s_trials_are_timed_in_a_child() -> None:
    told, found = _finished(estimate(_study(), workers=2, threads=1))

    assert 0 < found.fastest_seconds <= found.typical_seconds <= found.slowest_seconds < 60
    assert found.fastest_seconds < found.slowest_seconds, "2048 features cost more than 16"
    assert told[-1].what == "timing steps"
    assert found.workers == 2


@pytest.mark.slow  # times real steps in a child of its own
def test_points_over_a_limit_are_not_timed() -> None:
    text = _study().file.text.replace("[space]", "[limits]\nparameters = 100_000\n[space]")
    some = resolve(read(text, "tiny.toml"))
    none = resolve(read(text.replace("100_000", "10"), "tiny.toml"))

    _, found = _finished(estimate(some, workers=1, threads=1))

    assert found.fastest_seconds == found.slowest_seconds, "of the two widths only one is left"
    with pytest.raises(ConfigError, match=r"tiny.toml \[limits\]: the base and 12 random points"):
        _finished(estimate(none, workers=1, threads=1))


def test_what_a_run_would_meet_is_told_as_a_run_would_tell_it() -> None:
    study = resolve(_study().file, [("dataset", "mnist")])

    with pytest.raises(DataError, match="data set 'mnist' is not in"):
        _finished(estimate(study, workers=1, threads=1))


def test_workers_share_the_trials() -> None:
    found = Estimate(10, 20, 40, workers=2, saved=0.0)
    alone = Estimate(10, 20, 40, workers=1, saved=0.0)
    start = module._START_SECONDS

    assert found.search_seconds(10) == Span(start + 5 * 15, start + 5 * 20, start + 5 * 30)
    assert found.search_seconds(9) == found.search_seconds(10), "the last round is not full"
    assert alone.search_seconds(10).likely == start + 10 * 20


def test_what_the_pruner_spares_is_taken_off_the_search_but_not_off_its_high_end() -> None:
    found = Estimate(10, 20, 40, workers=1, saved=0.4)
    start = module._START_SECONDS

    assert found.search_seconds(10).likely == pytest.approx(start + 10 * 20 * 0.6)
    assert found.search_seconds(10).high == start + 10 * 30
    assert found.confirm_seconds(top=3, seeds=2, num_baselines=2).likely == start + 10 * 20


@pytest.mark.parametrize(
    ("study", "saved"),
    [
        (_study(epochs=20), 0.5 * 17 / 20),
        (_study(epochs=20, search='pruner = "median"'), 0.3 * 17 / 20),
        (_study(epochs=20, search='pruner = "none"'), 0.0),
        (_study(epochs=2), 0.0),  # it may not prune before the last epoch
    ],
)
def test_a_pruner_spares_a_part_of_the_epochs_after_its_warm_up(study: Study, saved: float) -> None:
    assert module._saved(study) == pytest.approx(saved)


def _child(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(module, "COMMAND", (sys.executable, "-c", code))


@pytest.mark.parametrize("code", ["import sys; sys.exit(3)", "print('no JSON')"])
def test_a_child_that_dies_is_one_sentence(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    _child(monkeypatch, code)

    with pytest.raises(DliError, match="the process that times a few steps died"):
        _finished(estimate(_study(), workers=1, threads=1))


def test_the_child_s_mistakes_keep_their_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = json.dumps({"error": "too small", "kind": "ModelError"})
    _child(monkeypatch, f"import sys; sys.stdin.read(); print({answer!r})")

    with pytest.raises(ModelError, match="too small"):
        _finished(estimate(_study(), workers=1, threads=1))


def test_closing_ends_the_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    _child(
        monkeypatch,
        "import os, sys, time, pathlib; sys.stdin.read(); "
        f"pathlib.Path({str(note)!r}).write_text(str(os.getpid())); "
        'print(\'{"what": "waiting", "done": 0, "total": 1}\', flush=True); time.sleep(60)',
    )
    work = estimate(_study(), workers=1, threads=1)

    assert next(work) == Progress("waiting", 0, 1)
    work.close()

    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)
