"""Reading the text of a study file."""

import pytest

from bench.spec import read
from engine.config import parse
from engine.errors import ConfigError

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


def test_the_other_tables_are_kept_as_written() -> None:
    study = read(WHOLE, "mine.toml")

    assert study.space == {"optimizer.lr": {"float": [1e-3, 0.3], "log": True}}
    assert study.goal == {"metric": "val_accuracy"}
    assert study.search == {"seed": 1}
    assert study.limits == {"parameters": 5_000_000}
    assert study.baseline == ({"name": "as it is", "set": {}},)
    assert study.confirm == {"seeds": 3}


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
