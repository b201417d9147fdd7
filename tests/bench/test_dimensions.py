"""Reading `[space]`: every form that is taken, and a sentence for every one that is not."""

import tomllib

import pytest

from bench.dimensions import flat, read_space
from bench.space import Dimension
from engine.errors import ConfigError


def _read(text: str) -> tuple[Dimension, ...]:
    return read_space(tomllib.loads(text), "mine.toml [space]")


def test_ranges_choices_and_conditions_are_read() -> None:
    lr, width, name, gamma = _read(
        """
        "optimizer.lr" = { float = [1e-3, 0.3], log = true }
        "model.width" = { int = [16, 96], step = 16 }
        "schedule.name" = { choice = ["constant", "exponential"] }
        "schedule.gamma" = { float = [0.8, 0.99], when = { "schedule.name" = "exponential" } }
        """
    )

    assert lr == Dimension("optimizer.lr", "float", low=1e-3, high=0.3, log=True)
    assert width == Dimension("model.width", "int", low=16, high=96, step=16)
    assert name.choices == ("constant", "exponential")
    assert gamma.when == {"schedule.name": ("exponential",)}


def test_unquoted_and_nested_paths_are_the_same_as_quoted_ones() -> None:
    quoted = _read('"a.b" = { int = [1, 2], when = { "c.d" = [1] } }')

    assert _read("a.b = { int = [1, 2], when = { c.d = [1] } }") == quoted
    assert _read("[a]\nb = { int = [1, 2], when = { c.d = 1 } }") == quoted


def test_a_setting_may_be_called_like_a_key_of_a_range() -> None:
    assert [d.path for d in _read("[schedule]\nstep = { int = [1, 2] }")] == ["schedule.step"]


def test_flat_yields_paths_of_nested_tables() -> None:
    assert dict(flat({"a": {"b": 1, "c": {"d": [2]}}, "e": {}})) == {
        "a.b": 1,
        "a.c.d": [2],
        "e": {},
    }


def test_what_a_condition_names_comes_before_what_depends_on_it() -> None:
    space = _read(
        """
        c = { int = [1, 2], when = { b = [2] } }
        b = { int = [1, 2], when = { a = [true] } }
        z = { int = [1, 2] }
        a = { choice = [true, false] }
        """
    )

    assert [d.path for d in space] == ["z", "a", "b", "c"]


def test_steps_that_miss_the_end_stop_before_it() -> None:
    (width,) = _read("w = { int = [16, 100], step = 32 }")

    assert width.values() == (16, 48, 80)
    assert width.extremes() == (16, 80)


def test_steps_of_fractions_reach_the_end_in_spite_of_rounding() -> None:
    (rate,) = _read("r = { float = [0.1, 0.7], step = 0.1 }")

    assert rate.values() == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
    assert rate.high == 0.7


def test_whole_numbers_among_fractions_are_fractions() -> None:
    (rotate,) = _read("r = { choice = [0, 7.5, 15] }")

    assert [type(value) for value in rotate.choices] == [float, float, float]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = 3", "[space] x: a range or a choice is missing; write for example"),
        ("x = {}", "[space] x: needs one of choice, int and float"),
        ("x = { int = [1, 2], choice = [1] }", "needs one of choice, int and float"),
        ("x = { when = { y = 1 } }", "needs one of choice, int and float"),
        ("x = { itn = [1, 2] }", "unknown key 'itn'. Did you mean 'int'?"),
        ("x = { int = [1, 2], stpe = 1 }", "unknown key 'stpe'. Did you mean 'step'?"),
        ('"" = { int = [1, 2] }', "[space]: '' is no setting's name"),
        ('"a..b" = { int = [1, 2] }', "[space]: 'a..b' is no setting's name"),
        ('"a.b" = { int = [1, 2] }\na.b = { int = [1, 2] }', "'a.b' stands there twice; keep one"),
        ("x = { float = 3 }", "float must be two numbers [low, high], not 3"),
        ("x = { float = [1] }", "float must be two numbers [low, high], not [1]"),
        ("x = { float = [1, 2, 3] }", "float must be two numbers [low, high], not [1, 2, 3]"),
        ("x = { float = [true, 2] }", "float must be two numbers"),
        ('x = { float = ["1", "2"] }', "float must be two numbers"),
        ("x = { float = [1979-05-27, 2] }", "float must be two numbers"),
        ("x = { int = [1.0, 2] }", "int must be two whole numbers [low, high], not [1.0, 2]"),
        ("x = { int = [2, 1] }", "the range 2 to 1 is empty; low comes first"),
        ("x = { int = [2, 2] }", "the range holds only 2; write that into [base]"),
        ("x = { float = [nan, 1] }", "x: nan is no number to search"),
        ("x = { float = [0, inf] }", "x: inf is no number to search"),
        ("x = { float = [0, 1e300] }", "1e+300 is no number to search; take one between"),
        (f"x = {{ int = [0, 1{'0' * 400}] }}", "... is no number to search"),
        ("x = { float = [0, 1], log = true }", "log needs a range above 0, not one from 0"),
        ("x = { int = [-1, 1], log = true }", "log needs a range above 0, not one from -1"),
        ("x = { float = [1, 2], log = 1 }", "log is 1; it must be true or false"),
        ("x = { float = [1, 2], log = true, step = 0.1 }", "log and step exclude each other"),
        ("x = { float = [0, 1], step = 0 }", "step is 0; it must be a number above 0"),
        ("x = { float = [0, 1], step = -0.1 }", "step is -0.1; it must be a number above 0"),
        ("x = { float = [0, 1], step = nan }", "step is nan; it must be a number above 0"),
        ("x = { float = [0, 1], step = true }", "step is true; it must be a number above 0"),
        ('x = { int = [0, 1], step = "1" }', "step is '1'; it must be a whole number above 0"),
        ("x = { int = [0, 9], step = 1.5 }", "step is 1.5; it must be a whole number above 0"),
        ("x = { int = [0, 9], step = inf }", "step is inf; it must be a whole number above 0"),
        ("x = { int = [1, 9], step = 16 }", "step 16 is wider than the range 1 to 9"),
        ("x = { float = [0, 1], step = 1e-9 }", "step 1e-09 makes 1,000,000,000 values"),
        ("x = { choice = 5 }", "choice must be a list of values, not 5"),
        ("x = { choice = {} }", "choice must be a list of values, not {}"),
        ("x = { choice = [] }", "choice must be a list of values, not []"),
        ("x = { choice = [1, 2], step = 1 }", "step has no effect on a choice; leave it out"),
        ("x = { choice = [1, 2], log = true }", "log has no effect on a choice; leave it out"),
        ("x = { choice = [[16, 32], [32, 64]] }", "[16, 32] cannot be a choice, only texts"),
        ("x = { choice = [1979-05-27] }", "cannot be a choice, only texts, numbers, true and"),
        ("x = { choice = [true, 1] }", "choice mixes kinds, [True, 1]"),
        ('x = { choice = ["a", 1] }', "choice mixes kinds, ['a', 1]"),
        ("x = { choice = [1, 1.0] }", "1.0 stands there twice; keep one"),
        ('x = { choice = ["ä", "ä"] }', "'ä' stands there twice; keep one"),
        ("x = { choice = [0.1, nan] }", "nan is no number to search"),
        ("x = { int = [1, 2], when = 3 }", "when must name settings with their values, not 3"),
        ("x = { int = [1, 2], when = { x = 1 } }", "x: when names the setting itself"),
        (
            "a = { int = [1, 2], when = { b = 1 } }\nb = { int = [1, 2], when = { a = 1 } }",
            "[space]: the conditions of a, b go in a circle",
        ),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_file_and_the_setting(
    text: str, sentence: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        _read(text)

    assert str(caught.value).startswith("mine.toml [space]")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
