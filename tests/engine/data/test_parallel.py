import time

import pytest

from engine.data.parallel import in_parallel


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_order_and_cover_every_row(workers: int) -> None:
    found = list(in_parallel(list, 10, 4, workers))
    assert found == [(4, [0, 1, 2, 3]), (8, [4, 5, 6, 7]), (10, [8, 9])]


def test_a_slow_task_gives_signs_of_life() -> None:
    found = list(in_parallel(lambda rows: time.sleep(0.5) or rows, 1, 1, workers=1))
    assert found[:2] == [(0, None), (0, None)]
    assert found[-1] == (1, range(1))


def test_what_a_task_raises_reaches_the_caller_even_a_timeout() -> None:
    def task(rows: range) -> None:
        raise TimeoutError(str(rows))

    with pytest.raises(TimeoutError, match=r"range\(0, 2\)"):
        list(in_parallel(task, 5, 2, workers=2))


def test_few_results_wait_so_that_memory_is_bounded() -> None:
    started: list[int] = []
    results = in_parallel(lambda rows: started.append(rows.start), 1000, 1, workers=2)
    next(results)
    time.sleep(0.05)
    assert len(started) <= 4
    results.close()  # type: ignore[attr-defined]
    assert len(started) <= 4
