"""Reading the text of a study file."""

import pytest

from bench.spec import Baseline, Confirm, Goal, Limits, Search, read
from engine.config import parse
from engine.errors import ConfigError

HEAD = 'name = "x"\nabout = "x"\n'
WHOLE = """
name = "mine"
about = "everything that a study can say"
source = "nowhere"
[base]
epochs = 3
model = { name = "linear" }
[base.optimizer]
name = "sgd"
lr = 0.05
[goal]
metric = "val_accuracy"
[search]
seed = 1
[space]
"optimizer.lr" = { float = [1e-3, 0.3], log = true }
[limits]
parameters = 5_000_000
[[baseline]]
name = "as it is"
set = {}
[confirm]
seeds = 3
"""


def test_the_base_is_kept_as_written_and_checked() -> None:
    study = read(WHOLE, "mine.toml")

    assert study.base["optimizer"] == {"name": "sgd", "lr": 0.05}
    assert study.config == parse(study.base)
    assert study.config.epochs == 3


def test_the_space_is_kept_as_written_and_the_other_tables_are_typed() -> None:
    study = read(WHOLE, "mine.toml")

    assert study.space == {"optimizer.lr": {"float": [1e-3, 0.3], "log": True}}
    assert study.goal == Goal(metric="val_accuracy")
    assert study.search == Search(seed=1)
    assert study.limits == Limits(parameters=5_000_000)
    assert study.baseline == (Baseline(name="as it is", set={}),)
    assert study.confirm == Confirm(seeds=3)


def test_a_study_without_a_base_runs_the_defaults() -> None:
    assert read('name = "mine"\nabout = "nothing"', "mine.toml").config == parse({})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name = ", "mine.toml is not valid TOML: .*line 1"),
        ('name = "x"\nabout = """\n', "mine.toml is not valid TOML: .*line 3"),
        ("[spcae]\n", "mine.toml: unknown key 'spcae'. Did you mean 'space'?"),
        ('about = "x"', "mine.toml: name is missing"),
        ('name = "x"\nabout = 3', "mine.toml: about cannot be 3: it must be a text"),
        ('name = "x"\nabout = "x"\nspace = 3', "mine.toml: space cannot be 3: .* a table"),
        ('name = "x"\nabout = "x"\nbaseline = {}', "mine.toml: baseline cannot be {}: .* a list"),
        ('name = "a b"\nabout = ""', "name cannot be 'a b': it must be 1 to 60 letters, digits"),
        ('name = ""\nabout = ""', "name cannot be '': it must be 1 to 60 letters"),
        ('name = "x"\nabout = "a\\nb"', r"about cannot be 'a\\nb': it must be one line of text"),
        (f"seed = 1{'0' * 5000}", "mine.toml is not valid TOML: no reader takes such values"),
        (f"a = {'[' * 5000}", "mine.toml is not valid TOML: no reader takes such values"),
        (HEAD + "[goal]\nmetric = 'test_accuracy'", "goal.metric cannot be 'test_accuracy'"),
        (
            HEAD + "[search]\ntrails = 9",
            "unknown key 'search.trails'. Did you mean 'search.trials'",
        ),
        (HEAD + "[search]\ntrials = 0", "search.trials cannot be 0: it must be at least 1"),
        (HEAD + "[search]\ntrials = 1e3", "search.trials cannot be 1000.0: it must be a whole"),
        (HEAD + "[search]\nseed = true", "search.seed cannot be True: it must be a whole number"),
        (HEAD + "[search]\nwarmup = '2'", "search.warmup cannot be '2': it must be a whole number"),
        (
            HEAD + "[search]\npruner = 'hyperband'",
            "search.pruner cannot be 'hyperband': allowed is",
        ),
        (HEAD + "[search]\nsampler = 'tep'", "Did you mean 'tpe'?"),
        (HEAD + "[limits]\nparameters = true", "limits.parameters cannot be True: it must be a wh"),
        (HEAD + "[limits]\nminutes = nan", "limits.minutes cannot be nan: it must be"),
        (HEAD + "[limits]\nmemory_gb = 0", "limits.memory_gb cannot be 0: it must be above 0"),
        (
            HEAD + "[limits]\nmemory = 1",
            "unknown key 'limits.memory'. Did you mean 'limits.memory_",
        ),
        (HEAD + "[confirm]\nseeds = 101", "confirm.seeds cannot be 101: it must be at most 100"),
        (HEAD + "[confirm]\ntop = 2.0", "confirm.top cannot be 2.0: it must be a whole number"),
        (HEAD + "[[baseline]]\nset = {}", "mine.toml: baseline 1: name is missing; set it"),
        (HEAD + "[[baseline]]\nnmae = 'a'", "baseline 1: unknown key 'nmae'. Did you mean 'name'"),
        (HEAD + "[[baseline]]\nname = ' '", "cannot be ' ': it must have 1 to 60 characters"),
        (HEAD + "[[baseline]]\nname = 'a'\nset = 3", "cannot be 3: it must be a table"),
        ("base = 3", r"mine.toml \[base\]: .* cannot be 3"),
        ("[base]\nepochs = 0", r"mine.toml \[base\]: epochs cannot be 0: it must be at least 1"),
        ("[base.data]\nsubst = 9", "unknown key 'data.subst'. Did you mean 'data.subset'?"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_file_and_the_place(
    text: str, sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence) as caught:
        read(text, "mine.toml")

    assert "\n" not in str(caught.value)
