import math

import pytest

from bench.records import ConfirmRecord
from bench.study import Study
from bench.tuning_events import StageBegan, Ticked, TrialEnded, TuningEvent
from tests.tui.tuning.made_up import (
    START,
    began,
    confirmed,
    ended,
    incidents,
    odd,
    opened,
    record,
    searched,
)
from tui.tuning.session import STATES, Session, outcome


def fold(study: Study, *events: TuningEvent) -> Session:
    session = Session(study)
    for event in events:
        session.fold(event)
    return session


def test_each_configuration_is_in_one_state(study: Study) -> None:
    session = Session(study)
    for event in searched():
        session.fold(event)
        if session.stage is not None:
            assert sum(session.counts().values()) == 12

    assert session.counts() == dict(zip(STATES, (9, 1, 1, 1, 0, 0, 0), strict=True))


def test_a_training_that_broke_a_limit_is_infeasible_in_both_stages() -> None:
    assert [outcome(odd(number)) for number in (5, 6, 9)] == ["pruned", "infeasible", "failed"]
    assert outcome(ConfirmRecord(1, 1, "pruned", cause="non-finite loss")) == "infeasible"


def test_what_ended_before_is_counted_and_if_known_also_shown(study: Study) -> None:
    events = (opened(finished=3), StageBegan(START, "search", 9, 3))
    unknown = fold(study, *events)
    known = Session(study, [record(0), record(1), odd(5)])
    for event in events:
        known.fold(event)

    assert unknown.counts()["earlier"] == 3
    assert unknown.best is None
    assert known.counts() == dict(zip(STATES, (2, 1, 0, 0, 0, 0, 9), strict=True))
    assert known.best == record(1)
    assert (unknown.num_unknown(), known.num_unknown()) == (3, 0)


def test_the_best_is_a_complete_trial_with_a_number(study: Study) -> None:
    session = Session(study, [record(0, value=math.nan), odd(6), odd(5), record(3, value=0.4)])
    assert session.best is not None
    assert session.best.number == 3

    session.fold(TrialEnded(START, "search", 4, record(4, value=0.4), False, 5, 12))
    assert session.best.number == 3, "a tie goes to the earlier"


def test_a_best_beside_unknown_trials_is_certain_only_if_the_search_says_so(study: Study) -> None:
    session = fold(study, opened(finished=3), StageBegan(START, "search", 9, 3))
    session.fold(TrialEnded(START, "search", 4, record(4), False, 4, 12))
    assert not session.is_best_certain

    session.fold(TrialEnded(START, "search", 1, record(1), True, 5, 12))
    assert session.is_best_certain
    assert fold(study, *searched()).is_best_certain


def test_no_speed_is_told_before_two_trials_have_ended(study: Study) -> None:
    session = Session(study)
    told = []
    for event in searched():
        session.fold(event)
        told.append((len(session.trials) >= 2, session.per_hour(), session.remaining_seconds()))

    for is_known, per_hour, left in told:
        assert (per_hour is not None) == is_known
        assert (left is not None) == is_known


def test_the_time_left_is_the_mean_duration_shared_by_the_workers(study: Study) -> None:
    ends = [
        TrialEnded(START + 12, "search", number, record(number), False, number + 1, 12)
        for number in (0, 1)
    ]
    beginning = (opened(), StageBegan(START, "search", 12, 0), *ends)

    idle = fold(study, *beginning, Ticked(START + 20, "search", {}, 10))
    assert idle.remaining_seconds() == pytest.approx(10 * 12 / 2)
    assert idle.per_hour() == pytest.approx(3600 * 2 / 20)

    running = (began(2, START + 14), began(3, START + 20))
    tick = Ticked(START + 20, "search", {2: "run-2", 3: "run-3"}, 8)
    busy = fold(study, *beginning, *running, tick)
    assert busy.remaining_seconds() == pytest.approx((8 * 12 + 6 + 12) / 2)


def test_the_last_trainings_take_as_long_as_they_take_however_many_workers_there_are(
    study: Study,
) -> None:
    trials = [record(number) for number in (0, 1)]
    session = fold(study, opened(3, workers=8), StageBegan(START, "search", 3, 0))
    for trial in trials:
        session.fold(TrialEnded(START, "search", trial.number, trial, False, trial.number + 1, 3))
    session.fold(began(2, START))

    assert session.remaining_seconds() == pytest.approx(12)


def test_an_overdue_training_does_not_make_the_time_left_negative(study: Study) -> None:
    session = fold(study, *searched(2), began(2, START + 30))
    session.target = 3
    session.fold(Ticked(START + 500, "search", {2: "run-2"}, 0))

    assert session.remaining_seconds() == 0


def test_a_tick_forgets_trials_that_no_longer_run(study: Study) -> None:
    session = fold(study, opened(), StageBegan(START, "search", 12, 0), began(0, START))
    session.fold(Ticked(START + 1, "search", {1: ""}, 10))

    assert session.running == {}
    assert session.num_running == 1


def test_put_back_trials_and_lost_workers_are_counted(study: Study) -> None:
    session = fold(study, *searched(), *incidents())

    assert (session.put_back, session.lost_workers) == (1, 1)
    assert list(session.running) == [13]
    assert session.running[13].again


def test_the_confirm_stage_counts_its_own_trainings(study: Study) -> None:
    session = fold(study, *searched(), *confirmed())

    assert session.is_confirming
    assert session.counts() == dict(zip(STATES, (2, 0, 0, 1, 0, 1, 0), strict=True))
    assert session.confirmed(1) == {1: 0.91}
    assert [one.candidate for one in session.failures()] == [1]  # type: ignore[union-attr]
    assert session.causes() == {"DataError": 1}


def test_the_end_says_the_causes_of_all_calls(study: Study) -> None:
    session = fold(study, *searched(), ended(causes={"killed": 7}))

    assert session.causes() == {"killed": 7}
    assert session.num_running == 0
