"""The points at the ends of a space, and what lets a dimension exist."""

import random
from itertools import product

from bench.corners import conditions, extremes, pairs
from bench.space import Dimension, Value

NAME = Dimension("name", "choice", choices=("sgd", "muon", "adam"))
MOMENTUM = Dimension("momentum", "float", low=0.5, high=0.9, when={"name": ("sgd", "muon")})
NESTEROV = Dimension(
    "nesterov", "choice", choices=(True, False), when={"name": ("muon", "adam"), "step": (2,)}
)
STEP = Dimension("step", "int", low=1, high=3, when={"name": ("sgd", "muon")})
SPACE = (NAME, MOMENTUM, STEP, NESTEROV)


def test_conditions_hold_those_of_the_parents() -> None:
    assert conditions(NAME, SPACE) == {}
    assert conditions(NESTEROV, SPACE) == {"name": ("muon",), "step": (2,)}


def test_conditions_that_exclude_each_other_leave_nothing() -> None:
    never = Dimension("never", "int", low=1, high=2, when={"step": (1,), "name": ("adam",)})

    assert conditions(never, (*SPACE, never))["name"] == ()


def test_each_end_of_each_dimension_has_a_point_where_it_exists() -> None:
    found = extremes(SPACE)

    wanted = [(d.path, value) for d in SPACE for value in d.extremes()]
    assert [point[path] for point, (path, _) in zip(found, wanted, strict=True)] == [
        value for _, value in wanted
    ]
    assert all(set(point) == {d.path for d in SPACE if d.is_active(point)} for point in found)


def test_each_two_ends_that_can_meet_do() -> None:
    met: set[tuple[Value, ...]] = set()
    for point in pairs(SPACE, random.Random(0)):
        assert set(point) == {d.path for d in SPACE if d.is_active(point)}
        met.add((point["name"], point.get("momentum", -1)))

    assert set(product(("sgd", "muon"), (0.5, 0.9))) <= met


def test_a_space_of_one_dimension_has_no_pairs() -> None:
    assert list(pairs((NAME,), random.Random(0))) == []
    assert extremes(()) == []
