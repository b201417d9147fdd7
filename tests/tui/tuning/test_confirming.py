from pathlib import Path

from bench.records import ConfirmRecord
from bench.study import Study
from bench.tuning_events import StageBegan, TrialEnded
from tests.tui.tuning.made_up import START, confirmed, record, searched, write_state
from tui.tuning.confirming import candidate_table
from tui.tuning.running import read_states
from tui.tuning.session import Session


def table(session: Session, root: Path, width: int = 80, room: int = 10) -> list[str]:
    states = read_states(session, root)
    return [line.plain for line in candidate_table(session, states, width, room)]


def many(study: Study, candidates: int, seeds: int) -> Session:
    session = Session(study, [record(number) for number in range(candidates)])
    session.fold(StageBegan(START, "confirm", candidates * seeds, 0))
    for seed in range(seeds):
        for number in range(candidates):
            done = ConfirmRecord(number, seed, "complete", 0.9 + number / 100 - seed / 1000)
            session.fold(TrialEnded(START, "confirm", 0, done, False, 1, candidates * seeds))
    return session


def test_each_candidate_has_its_values_by_seed_and_their_mean_so_far(
    study: Study, tmp_path: Path
) -> None:
    write_state(tmp_path, "run-confirm-3", 5)
    session = Session(study)
    for event in (*searched(), *confirmed()):
        session.fold(event)

    assert table(session, tmp_path, 90) == [
        "    trial   search   seed 1   seed 2     mean  settings",
        '        0  85.00 %  92.00 %      5/8  92.00 %  baseline "as published"',
        "        1  92.71 %  91.00 %   failed  91.00 %  lr=0.152 batch_norm=true",
    ]


def test_the_best_mean_stands_first_and_a_cut_is_told(study: Study, tmp_path: Path) -> None:
    lines = table(many(study, 9, 2), tmp_path, room=6)

    assert [line.split()[0] for line in lines[1:5]] == ["8", "7", "6", "5"]
    assert lines[5:] == ["and 5 more"]


def test_of_many_seeds_the_last_are_shown(study: Study, tmp_path: Path) -> None:
    lines = table(many(study, 2, 12), tmp_path)

    assert "seed 8   seed 9  seed 10  seed 11     mean" in lines[0]
    assert "seed 7" not in lines[0]
    assert lines[1].split()[3] == "90.20", "the first seed that is shown is 8"
    assert "90.45 %" in lines[1], "the mean is over all seeds"


def test_candidates_of_an_unknown_search_have_no_value_of_it(study: Study, tmp_path: Path) -> None:
    session = many(study, 1, 1)
    session.trials.clear()

    assert table(session, tmp_path)[1].split() == ["0", "–", "90.00", "%", "90.00", "%"]


def test_there_is_no_table_without_candidates_or_room(study: Study, tmp_path: Path) -> None:
    assert table(Session(study), tmp_path) == []
    assert table(many(study, 2, 2), tmp_path, room=1) == []
