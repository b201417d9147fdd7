"""A search by one worker, in the test's own process: quicker than one that starts processes."""

from bench import ledger, slots, worker
from bench.reading import read_record
from bench.records import StudyRecord
from bench.storage import using_storage
from bench.tune import Plan
from bench.worker_order import Order


def record_of(plan: Plan) -> StudyRecord:
    """Return what the storage holds."""
    with using_storage(plan.url) as storage:
        return read_record(storage, plan.id)


def work(plan: Plan) -> StudyRecord:
    """Do all of a search as one worker, in this process; return what there is then."""
    source = ledger.source_of(plan.study, (), plan.data.num_val, plan.data.digest)
    with using_storage(plan.url, create=True) as storage:
        stored = ledger.make_study(storage, plan.study, plan.id, source)
        slots.fill(stored, plan.study, slots.target_of(plan.study, plan.trials))
        answered = ledger.last_stop(stored)
    order = Order(plan.url, plan.id, plan.id, str(plan.root), 1, None, answered)
    assert worker.main(order.to_json(), 1) == 0
    return record_of(plan)
