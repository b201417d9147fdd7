"""What an earlier version of a study may teach a new one, and that it is never mixed in."""

from collections.abc import Callable

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState, create_trial

from bench import earlier, ledger, slots
from bench.confirm import candidates
from bench.reading import read_record
from bench.storage import using_storage
from bench.study import Study
from bench.tune import Plan


def _trial(lr: float, momentum: float, study: Study) -> FrozenTrial:
    params = {"optimizer.lr": lr, "optimizer.momentum": momentum}
    spaces = slots.distributions(study.space)
    return create_trial(
        value=0.5, params=params, distributions=spaces, intermediate_values={0: 0.4}
    )


def _store(plan: Plan, storage: optuna.storages.RDBStorage) -> optuna.Study:
    source = ledger.source_of(plan.study, (), plan.data.num_val, plan.data.digest)
    return ledger.make_study(storage, plan.study, plan.id, source)


@pytest.mark.parametrize(
    ("changes", "num_fitting"),
    [
        ({'"optimizer.lr"': "{ float = [1e-2, 1.0], log = true }"}, 2),  # one lies outside now
        ({'"optimizer.lr"': "{ float = [1e-4, 1.0], log = true }"}, 3),
        ({'"optimizer.momentum"': "{ choice = [0.9] }"}, 2),
        ({"epochs": 2}, 0),
        ({"model": '{ name = "mlp", hidden = [17] }'}, 0),
    ],
)
def test_a_trial_fits_where_the_new_study_could_have_made_it(
    make_plan: Callable[..., Plan],
    make_study: Callable[..., Study],
    changes: dict[str, object],
    num_fitting: int,
) -> None:
    old, new = make_plan(), make_plan(make_study(**changes))
    assert old.id != new.id
    with using_storage(old.url, create=True) as storage:
        points = [(0.002, 0.9), (0.2, 0.3), (0.2, 0.9)]
        _store(old, storage).add_trials([_trial(*point, old.study) for point in points])

        found = earlier.fitting(storage, new.study, new.data.digest)
        other_data = earlier.fitting(storage, new.study, "other")

    counts = {study_id: len(trials) for study_id, trials in found.items()}
    assert counts == ({old.id: num_fitting} if num_fitting else {})
    assert other_data == {}


def test_what_is_learnt_from_holds_no_slot_and_is_in_no_report(
    make_plan: Callable[..., Plan], make_study: Callable[..., Study]
) -> None:
    old, new = make_plan(), make_plan(make_study(**{'"optimizer.lr"': "{ float = [1e-3, 2.0] }"}))
    with using_storage(old.url, create=True) as storage:
        _store(old, storage).add_trials([_trial(0.2, 0.3, old.study), _trial(0.1, 0.9, old.study)])
        search = _store(new, storage)
        for _ in range(2):
            found = earlier.fitting(storage, new.study, new.data.digest)
            assert earlier.learn_from(search, new.study, found) == 2
        slots.fill(search, new.study, 4)
        trials = search.get_trials()
        record = read_record(storage, new.id)
        assert slots.num_to_do(search) == 4

    assert [trial.state for trial in trials] == [
        TrialState.COMPLETE, TrialState.COMPLETE, TrialState.WAITING,
    ]  # fmt: skip
    assert [trial.state for trial in record.trials] == ["waiting"]
    assert candidates(trials, new.study, 5) == []
