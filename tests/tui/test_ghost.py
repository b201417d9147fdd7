"""The ghost is the best earlier run on the same pictures."""

import json
from pathlib import Path

import pytest

from engine.history import History
from engine.record import replay
from engine.runs import RunFolder
from tests.tui.screens.conftest import BEST, KILLED, MLP, RECORDED, WIDE
from tui.ghost import find_ghost, gap_text


def _history(name: str) -> History:
    return History.of(replay(RunFolder(RECORDED / name)))


def test_the_best_of_the_earlier_runs_is_found() -> None:
    values = {name: RunFolder(RECORDED / name).state().best_value for name in (BEST, WIDE, MLP)}  # type: ignore[union-attr]
    killed = RunFolder(RECORDED / KILLED)

    found = find_ghost(RECORDED, killed, killed.config())

    assert found is not None
    assert values[found.id] == max(values.values())
    first = RunFolder(RECORDED / BEST)
    assert find_ghost(RECORDED, first, first.config()) is None, "nothing was before the first"


def test_runs_on_another_split_are_no_rivals(tmp_path: Path) -> None:
    for name in (BEST, KILLED):
        (tmp_path / name).mkdir()
        for file in ("config.json", "state.json"):
            (tmp_path / name / file).write_bytes((RECORDED / name / file).read_bytes())
    killed = RunFolder(tmp_path / KILLED)
    assert find_ghost(tmp_path, killed, killed.config()) is not None
    path = tmp_path / BEST / "config.json"
    values = json.loads(path.read_text())
    values["data"]["split_seed"] = 7
    path.write_text(json.dumps(values))

    assert find_ghost(tmp_path, killed, killed.config()) is None


def test_the_gap_is_told_in_points_after_the_same_epoch() -> None:
    run, ghost = _history(MLP), _history(BEST)
    epoch = len(run.epochs)
    own, other = (h.epochs["val_accuracy"][:epoch].max() for h in (run, ghost))

    text = gap_text(run, ghost)

    assert f"{abs(100 * (own - other)):.2f} points" in text
    assert ("ahead" in text) == (own > other)
    assert gap_text(run, run) == f"level with the ghost after epoch {epoch}"
    assert gap_text(History(), ghost) == ""


@pytest.mark.parametrize("name", [BEST, WIDE])
def test_a_run_never_races_itself(name: str) -> None:
    folder = RunFolder(RECORDED / name)
    found = find_ghost(RECORDED, folder, folder.config())

    assert found is None or found.id != name
