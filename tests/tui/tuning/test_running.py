import math
from pathlib import Path

import pytest

from bench.study import Study
from bench.tuning_events import StageBegan, TrialBegan
from tests.tui.tuning.made_up import START, began, confirmed, opened, params, searched, write_state
from tui.tuning.running import read_states, running_table
from tui.tuning.session import Session


@pytest.fixture
def session(study: Study) -> Session:
    """Trials 0 to 3 run."""
    session = Session(study)
    for event in (opened(), StageBegan(START, "search", 12, 0)):
        session.fold(event)
    for number in range(4):
        session.fold(began(number, START))
    return session


def table(session: Session, root: Path, room: int = 10, width: int = 80) -> list[str]:
    return [line.plain for line in running_table(session, read_states(session, root), width, room)]


def test_each_training_has_its_epoch_curve_value_and_settings(
    session: Session, tmp_path: Path
) -> None:
    write_state(tmp_path, "run-0", 8)
    write_state(tmp_path, "run-1", 0)

    lines = table(session, tmp_path)

    assert lines[:4] == [
        "trial  worker    epoch  val               last  settings",
        '    0    4711      8/8  ▁▄▆▇████       89.08 %  baseline "as published"',
        "    1    4712      0/8  training             –  lr=0.152 batch_norm=true",
        "    2    4711           starting             –  lr=0.208",
    ]


def test_a_cut_state_or_a_loss_of_all_reason_does_no_harm(session: Session, tmp_path: Path) -> None:
    write_state(tmp_path, "run-0")
    (tmp_path / "run-0" / "state.json").write_text('{"run": "r')
    write_state(tmp_path, "run-1", sparkline=[0.1, math.nan])

    lines = table(session, tmp_path)

    assert "starting" in lines[1]
    assert lines[2].split("  ")[-2].strip() == "–"


def test_of_more_trainings_than_there_is_room_the_number_is_told(
    session: Session, tmp_path: Path
) -> None:
    assert len(table(session, tmp_path, room=5)) == 5
    assert table(session, tmp_path, room=4)[-1] == "and 2 more"
    assert table(session, tmp_path, room=2)[-1] == "and 4 more"
    assert len(table(session, tmp_path, room=1)) == 1


def test_a_wide_screen_has_longer_curves(session: Session, tmp_path: Path) -> None:
    write_state(tmp_path, "run-0", 20)

    narrow, wide = (table(session, tmp_path, width=width)[1] for width in (80, 120))

    assert sum(char in "▁▂▃▄▅▆▇█" for char in narrow) == 12
    assert sum(char in "▁▂▃▄▅▆▇█" for char in wide) == 20


def test_workers_of_several_machines_are_told_with_their_machine(
    session: Session, tmp_path: Path
) -> None:
    far = TrialBegan(START, "search", 4, params(4), "run-4", "another-machine:77", False)
    session.fold(far)

    lines = table(session, tmp_path)

    assert lines[1].startswith("    0  machine-a:4711  ")
    assert lines[5].startswith("    4  her-machine:77  ")


def test_a_confirming_training_is_named_by_its_trial_and_its_seed(
    study: Study, tmp_path: Path
) -> None:
    session = Session(study)
    for event in (*searched(), *confirmed()):
        session.fold(event)

    lines = table(session, tmp_path)

    assert lines[0].startswith("trial seed  worker")
    assert lines[1].startswith("    0    2    4711")
    assert lines[1].endswith('baseline "as published"')


def test_where_nothing_runs_workers_start_or_end(study: Study, tmp_path: Path) -> None:
    session = Session(study)
    session.fold(opened())
    assert table(session, tmp_path) == ["workers are starting"]

    for event in searched():
        session.fold(event)
    assert table(session, tmp_path) == ["workers are ending"]
