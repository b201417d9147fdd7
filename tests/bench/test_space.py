"""Dimensions and spaces: what lies in them, how many points they have, and drawing from them."""

import random

import pytest

from bench.space import Dimension, Value, active_values, draw, points, same, size, written

RATE = Dimension("optimizer.lr", "float", low=1e-3, high=0.3, log=True)
DROPOUT = Dimension("model.conv_dropout", "float", low=0.0, high=0.5, step=0.05)
WIDTH = Dimension("model.width", "int", low=16, high=96, step=16)
PATIENCE = Dimension("schedule.patience", "int", low=1, high=9)
FILTERS = Dimension("model.filters", "int", low=8, high=512, log=True)
NORM = Dimension("model.batch_norm", "choice", choices=(True, False))
SCHEDULE = Dimension("schedule.name", "choice", choices=("constant", "exponential", "cosine"))
GAMMA = Dimension(
    "schedule.gamma", "float", low=0.8, high=0.95, step=0.05,
    when={"schedule.name": ("exponential",)},
)  # fmt: skip
ALL = (RATE, DROPOUT, WIDTH, PATIENCE, FILTERS, NORM, SCHEDULE, GAMMA)


def _random_dimension(numbers: random.Random, number: int) -> Dimension:
    path = f"setting{number}"
    match numbers.randrange(4):
        case 0:
            count = numbers.randint(1, 5)
            return Dimension(path, "choice", choices=tuple(f"c{n}" for n in range(count)))
        case 1:
            low, step = numbers.randint(-50, 50), numbers.randint(1, 7)
            high = low + step * numbers.randint(1, 40)
            return Dimension(path, "int", low=low, high=high, step=step)
        case 2:
            low = 10 ** numbers.uniform(-6, 1)
            high = low * 10 ** numbers.uniform(0.1, 4)
            return Dimension(path, "float", low=low, high=high, log=True)
    low, step = round(numbers.uniform(-2, 2), 3), round(numbers.uniform(0.001, 0.5), 3)
    high = float(f"{low + step * numbers.randint(1, 30):.12g}")
    return Dimension(path, "float", low=low, high=high, step=step)


def _random_space(numbers: random.Random) -> list[Dimension]:
    """Return dimensions of which some depend on an earlier choice."""
    space: list[Dimension] = []
    for number in range(numbers.randint(1, 6)):
        dimension = _random_dimension(numbers, number)
        parents = [d for d in space if d.kind == "choice"]
        if parents and numbers.random() < 0.5:
            parent = numbers.choice(parents)
            when = {parent.path: (numbers.choice(parent.choices),)}
            dimension = Dimension(**{**dimension.__dict__, "when": when})
        space.append(dimension)
    return space


@pytest.mark.parametrize("seed", range(20))
def test_a_thousand_random_points_lie_in_their_dimensions(seed: int) -> None:
    numbers = random.Random(seed)
    space = _random_space(numbers)
    by_path = {dimension.path: dimension for dimension in space}

    for _ in range(1000):
        point = draw(space, numbers)
        assert all(by_path[path].contains(value) for path, value in point.items())
        assert all(same(by_path[path].canonical(v), v) for path, v in point.items())
        assert all(0 <= by_path[path].position(value) <= 1 for path, value in point.items())
        assert set(point) == {d.path for d in space if d.is_active(point)}
        assert active_values(space, point) == point


@pytest.mark.parametrize("seed", range(20))
def test_the_size_is_the_number_of_different_points(seed: int) -> None:
    numbers = random.Random(seed)
    dimensions = [_random_dimension(numbers, number) for number in range(3)]
    finite = [d for d in dimensions if (d.num_values() or 1000) < 40]
    finite.append(SCHEDULE)
    finite.append(GAMMA)

    listed = [tuple(sorted(point.items())) for point in points(finite)]

    assert len(listed) == len(set(listed)) == size(finite)


@pytest.mark.parametrize("dimension", [DROPOUT, WIDTH, PATIENCE, NORM, SCHEDULE, GAMMA])
def test_all_values_are_contained_and_are_as_many_as_told(dimension: Dimension) -> None:
    values = dimension.values()

    assert len(values) == len(set(values)) == dimension.num_values()
    assert all(dimension.contains(value) for value in values)
    assert {values[0], values[-1]} <= set(dimension.extremes())
    assert [dimension.position(v) for v in values] == sorted(dimension.position(v) for v in values)


def test_a_continuum_has_no_number_of_values_or_points() -> None:
    assert RATE.num_values() is None
    assert size([NORM, RATE]) is None


def test_conditions_are_counted_exactly() -> None:
    assert GAMMA.num_values() == 4
    assert size([SCHEDULE, GAMMA]) == 2 + 4
    assert size([SCHEDULE, GAMMA, NORM]) == (2 + 4) * 2


def test_a_very_large_space_is_counted_but_not_listed_to_its_end() -> None:
    space = [Dimension(f"s{n}", "int", low=0, high=99) for n in range(4)]

    assert size(space) == 100**4
    assert sum(1 for _ in points(space)) == 100_000


@pytest.mark.parametrize(
    ("dimension", "value"),
    [
        (DROPOUT, 0.15000000000000002),
        (DROPOUT, 0),
        (WIDTH, 32.0),
        (RATE, 0.3),
        (NORM, False),
        (Dimension("augment.rotate", "choice", choices=(0.0, 15.0)), 15),
    ],
)
def test_numbers_are_contained_whatever_their_type(dimension: Dimension, value: Value) -> None:
    assert dimension.contains(value)


@pytest.mark.parametrize(
    ("dimension", "value"),
    [
        (DROPOUT, 0.07),
        (DROPOUT, False),
        (DROPOUT, float("nan")),
        (WIDTH, 33),
        (WIDTH, 112),
        (PATIENCE, True),
        (PATIENCE, 2.5),
        (RATE, 0.31),
        (RATE, "0.1"),
        (RATE, None),
        (RATE, float("inf")),
        (NORM, 1),
        (NORM, "true"),
        (SCHEDULE, "Constant"),
    ],
)
def test_what_cannot_be_drawn_is_not_contained(dimension: Dimension, value: object) -> None:
    assert not dimension.contains(value)


def test_the_dimension_s_own_spelling_of_a_value_is_the_canonical_one() -> None:
    assert DROPOUT.canonical(0.15000000000000002) == 0.15
    assert repr(WIDTH.canonical(32.0)) == "32"
    assert repr(Dimension("x", "choice", choices=(0.0, 1.0)).canonical(1)) == "1.0"
    assert RATE.canonical(0.30000000000000004) == 0.3


def test_true_is_not_one_and_one_is_one_point_zero() -> None:
    assert same(1, 1.0)
    assert not same(True, 1)
    assert not same(False, 0.0)
    assert not same("1", 1)


def test_a_dimension_exists_only_where_all_its_conditions_are_met() -> None:
    both = Dimension("x", "int", low=1, high=2, when={"a": (0.1, 0.3), "b": (True,)})

    assert both.is_active({"a": 0.1 + 0.2, "b": True})
    assert not both.is_active({"a": 0.1, "b": 1})
    assert not both.is_active({"a": 0.1})
    assert not both.is_active({})


def test_log_draws_are_even_over_the_logarithm() -> None:
    numbers = random.Random(0)
    drawn = [float(RATE.draw(numbers)) for _ in range(2000)]
    middle = (1e-3 * 0.3) ** 0.5

    assert sum(value < middle for value in drawn) / 2000 == pytest.approx(0.5, abs=0.05)
    assert RATE.position(middle) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("dimension", "words"),
    [
        (RATE, "0.001 to 0.3, log"),
        (DROPOUT, "0 to 0.5, step 0.05"),
        (WIDTH, "16 to 96, step 16"),
        (PATIENCE, "1 to 9"),
        (NORM, "true, false"),
        (Dimension("x", "choice", choices=(0.0, 15.0)), "0, 15"),
        (Dimension("x", "int", low=0, high=1_000_000), "0 to 1000000"),
    ],
)
def test_a_dimension_describes_itself(dimension: Dimension, words: str) -> None:
    assert dimension.describe() == words


def test_values_are_written_as_a_study_file_has_them() -> None:
    assert [written(value) for value in (True, 0.1, "a", 3)] == ["true", "0.1", "'a'", "3"]
    assert len(written("x" * 100)) == 60
