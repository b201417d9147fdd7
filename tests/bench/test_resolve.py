"""All that can be wrong with a study is found before anything runs, each with its sentence."""

import random

import pytest

from bench.resolve import resolve
from bench.spec import read
from bench.study import Study
from engine.errors import ConfigError, DliError

BASE = """
name = "mine"
about = "a test"
[base]
dataset = "mnist"
epochs = 10
model = { name = "cnn", width = 16, depth = 2 }
optimizer = { name = "sgd", lr = 0.05, momentum = 0.9 }
schedule = { name = "constant" }
"""
LR = '"optimizer.lr" = { float = [0.01, 0.1], log = true }\n'
SCHEDULES = """
"schedule.name" = { choice = ["constant", "exponential"] }
"schedule.gamma" = { float = [0.8, 0.99], when = { "schedule.name" = ["exponential"] } }
"""


def _resolve(space: str, rest: str = "", *overrides: tuple[str, object]) -> Study:
    return resolve(read(f"{BASE}[space]\n{space}\n{rest}", "mine.toml"), overrides)


def _sentence(space: str, rest: str = "") -> str:
    with pytest.raises(DliError) as caught:
        _resolve(space, rest)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("space", "sentence"),
    [
        # paths
        ('"optimizer.lrr" = { int = [1, 2] }', "unknown key 'optimizer.lrr'. Did you mean 'opti"),
        ('"model.bätch_norm" = { choice = [true] }', "Did you mean 'model.batch_norm'?"),
        ('"model.sizes" = { int = [1, 2] }', "unknown key 'model.sizes'"),
        ('"batch_size.x" = { int = [1, 2] }', "batch_size.x: batch_size cannot be {'x': 1}"),
        ('"model.width.x" = { int = [1, 2] }', "'width' holds a value, not settings"),
        ('"model.filters" = { int = [1, 2] }', "model.filters cannot be 1: it must be a list"),
        ('"augment" = { choice = ["flip"] }', "augment cannot be 'flip': it must be a table"),
        ('"model" = { choice = ["cnn", "mlp"] }', "is a section of settings; search 'model.name'"),
        ('"optimizer" = { choice = ["sgd"] }', "search 'optimizer.name'"),
        ('"schedule" = { choice = ["cosine"] }', "search 'schedule.name'"),
        # bounds and types
        ('"model.width" = { int = [16, 9999] }', "model.width cannot be 9999: it must be at most"),
        ('"model.width" = { int = [0, 32] }', "model.width cannot be 0: it must be at least 1"),
        ('"optimizer.momentum" = { float = [0.5, 1] }', "momentum cannot be 1.0: it must be below"),
        ('"model.activation" = { choice = ["rleu"] }', "Did you mean 'relu'?"),
        ('"model.width" = { float = [16, 32] }', "counts in whole numbers; write { int = [low"),
        ('"model.width" = { choice = [16.5, 32] }', "model.width cannot be 16.5: it must be a wh"),
        ('"model.width" = { choice = ["16"] }', "'16' is not taken as it stands there; write 16"),
        ('"model.width" = { choice = [true] }', "true is not taken as it stands there; write 1"),
        ('"model.batch_norm" = { int = [0, 1] }', "write { choice = [true, false] }"),
        ('"model.batch_norm" = { choice = ["on", "off"] }', "write { choice = [true, false] }"),
        ('"model.name" = { choice = ["cnn", "mpl"] }', "unknown model 'mpl'. Did you mean 'mlp'?"),
        # what does not go together
        ('"schedule.gamma" = { float = [0.8, 0.9] }', "schedule.gamma: unknown key 'schedule.gamm"),
        (
            '"augment.crop_mode" = { choice = ["zero"] }',
            "has no effect with augment.crop_padding 0",
        ),
        (
            '"augment.mixup" = { float = [0, 1] }\n"augment.cutmix" = { float = [0, 1] }',
            "some combinations cannot be run (augment.mixup = 1.0, augment.cutmix = 1.0): ",
        ),
        (
            '"optimizer.name" = { choice = ["sgd", "adam"] }\n'
            '"optimizer.momentum" = { float = [0, 0.9] }',
            "optimizer.momentum: unknown key 'optimizer.momentum'",
        ),
        # pictures
        ('"model.depth" = { int = [1, 6] }', "block 5 leaves nothing of its 1x1 maps"),
        (
            '"model.kernel_size" = { choice = [3, 7] }\n"model.depth" = { int = [1, 3] }\n'
            '"model.first_padding" = { choice = ["same", "valid"] }',
            "some combinations cannot be run (model.kernel_size = 7, model.depth = 3, "
            "model.first_padding = 'valid'): model 'cnn' cannot take pictures of 1x28x28",
        ),
    ],
)
def test_a_space_that_cannot_be_run_is_one_sentence(space: str, sentence: str) -> None:
    told = _sentence(space)

    assert told.startswith("mine.toml [space]")
    assert sentence in told


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("seed", "would reward luck"),
        ("test", "test is read only for what [confirm] trains"),
        ("dataset", "other pictures"),
        ("data.subset", "other pictures"),
        ("data.split_seed", "other pictures"),
        ("data.val_size", "other pictures"),
        ("data.image_size", "other pictures"),
        ("epochs", "other lengths"),
        ("stop.patience", "other lengths"),
        ("best_metric", "what trials are judged by"),
        ("device", "how this machine computes"),
        ("precision", "how this machine computes"),
        ("threads", "how this machine computes"),
        ("eval_batch_size", "how this machine computes"),
    ],
)
def test_what_would_compare_different_things_is_not_searched(path: str, reason: str) -> None:
    told = _sentence(f'"{path}" = {{ int = [10, 20] }}')

    assert told.startswith(f"mine.toml [space] {path}: cannot be searched: ")
    assert reason in told


def test_the_scale_of_the_same_pictures_can_be_searched() -> None:
    study = _resolve('"data.normalize" = { choice = ["none", "train"] }')

    assert study.baselines[0].params == {"data.normalize": "none"}


@pytest.mark.parametrize(
    ("space", "sentence"),
    [
        (
            '"schedule.gamma" = { float = [0.8, 0.9], when = { "schedule.name" = "exponential" } }',
            "schedule.gamma: when schedule.name is 'exponential': cannot be reached, as the base "
            "has 'constant' and nothing searches it",
        ),
        (
            SCHEDULES.replace('["exponential"]', '["exponentail"]'),
            "when schedule.name is 'exponentail': it can only be constant, exponential",
        ),
        (
            '"model.batch_norm" = { choice = [true, false] }\n'
            '"model.width" = { int = [8, 16], when = { "model.batch_norm" = 1 } }',
            "when model.batch_norm is 1: it can only be true, false",
        ),
        (
            '"model.width" = { int = [8, 16], when = { "model.batch_norm" = [] } }',
            "when model.batch_norm is nothing: cannot be reached",
        ),
        (
            '"model.width" = { int = [8, 16], when = { "optimizer.nmae" = "sgd" } }',
            "when optimizer.nmae is 'sgd': no such setting",
        ),
        (
            '"model.width" = { int = [8, 16], when = { "epochs.real" = 10 } }',
            "when epochs.real is 10: no such setting",
        ),
        (
            f'{LR}"model.width" = {{ int = [8, 16], when = {{ "optimizer.lr" = 0.05 }} }}',
            "when optimizer.lr is 0.05: it is searched over 0.01 to 0.1, log, where no one value",
        ),
        (
            '"optimizer.name" = { choice = ["sgd", "adam"] }\n'
            '"optimizer.nesterov" = { choice = [true, false], when = { "optimizer.name" = "sgd" } }'
            '\n"optimizer.beta1" = { float = [0.8, 0.9], '
            'when = { "optimizer.name" = "adam", "optimizer.nesterov" = true } }',
            "optimizer.beta1: can never exist",
        ),
    ],
)
def test_a_condition_that_is_never_met_is_one_sentence(space: str, sentence: str) -> None:
    assert sentence in _sentence(space)


def test_a_condition_on_what_the_base_fixes_is_dropped() -> None:
    study = _resolve('"model.width" = { int = [8, 16], when = { "optimizer.name" = "sgd" } }')

    assert study.space[0].when == {}


def test_a_condition_may_sit_on_a_range_with_steps() -> None:
    study = _resolve(
        '"optimizer.momentum" = { float = [0.0, 0.9], step = 0.3 }\n'
        '"optimizer.nesterov" = { choice = [true, false], when = { "optimizer.momentum" = '
        "[0.3, 0.6, 0.9] } }"
    )

    assert study.space[1].is_active({"optimizer.momentum": 0.1 + 0.2})


@pytest.mark.parametrize(
    ("space", "baselines", "sentence"),
    [
        (
            LR,
            '[[baseline]]\nname = "a"\nset = { "optimizer.lr" = 0.2 }',
            "[[baseline]] 'a': optimizer.lr cannot be 0.2: the space has 0.01 to 0.1, log",
        ),
        (
            LR,
            '[[baseline]]\nname = "a"\nset = { "optimizer.lrr" = 0.02 }',
            "'optimizer.lrr' is not searched. Did you mean 'optimizer.lr'?",
        ),
        (
            LR,
            '[[baseline]]\nname = "a"\nset = { "optimizer.lr" = true }',
            "optimizer.lr cannot be true",
        ),
        (
            LR,
            '[[baseline]]\nname = "a"\nset = { "optimizer.lr" = "0.05" }',
            "optimizer.lr cannot be '0.05'",
        ),
        (
            LR,
            '[[baseline]]\nname = "a"\n[[baseline]]\nname = "b"\nset = { optimizer.lr = 0.05 }',
            "[[baseline]] 'b': is the same as 'a'; leave one out",
        ),
        (
            LR,
            '[[baseline]]\nname = "a"\n[[baseline]]\nname = "a"\nset = { optimizer.lr = 0.02 }',
            "[[baseline]] 'a': the name stands there twice; rename one",
        ),
        (
            '"optimizer.lr" = { float = [0.1, 0.5], log = true }',
            '[[baseline]]\nname = "a"',
            "leaves optimizer.lr as in the base, 0.05, but the space has 0.1 to 0.5, log",
        ),
        (
            SCHEDULES,
            '[[baseline]]\nname = "a"\nset = { "schedule.gamma" = 0.9 }',
            "schedule.gamma has no effect there: its `when` is not met",
        ),
        (
            SCHEDULES,
            '[[baseline]]\nname = "a"\nset = { "schedule.name" = "exponential" }',
            "leaves schedule.gamma as in the base, unset, but the space has 0.8 to 0.99",
        ),
        ("", '[[baseline]]\nname = "a"', "[[baseline]]: nothing is searched"),
    ],
)
def test_a_wrong_baseline_is_one_sentence(space: str, baselines: str, sentence: str) -> None:
    told = _sentence(space, baselines)

    assert told.startswith("mine.toml [[baseline]]")
    assert sentence in told


def test_a_baseline_has_a_value_for_each_setting_that_exists_in_it() -> None:
    study = _resolve(
        LR + SCHEDULES,
        '[[baseline]]\nname = "decayed"\nset = { schedule.name = "exponential", '
        '"schedule.gamma" = 0.9 }\n[[baseline]]\nname = "plain"',
    )

    decayed, plain = study.baselines
    assert plain.params == {"optimizer.lr": 0.05, "schedule.name": "constant"}
    assert decayed.params == {
        "optimizer.lr": 0.05,
        "schedule.name": "exponential",
        "schedule.gamma": 0.9,
    }


def test_a_whole_number_does_for_a_fraction_in_a_baseline_and_in_a_choice() -> None:
    study = _resolve(
        '"augment.rotate" = { choice = [0, 15] }\n"augment.shear" = { float = [0, 10] }',
        '[[baseline]]\nname = "a"\nset = { "augment.rotate" = 15, "augment.shear" = 5 }',
    )

    assert repr(dict(study.baselines[0].params)) == (
        "{'augment.rotate': 15.0, 'augment.shear': 5.0}"
    )
    assert study.base_values == {"augment.rotate": 0.0, "augment.shear": 0.0}


def test_the_base_is_the_baseline_where_none_is_written() -> None:
    assert [(b.name, b.params) for b in _resolve(LR).baselines] == [
        ("base", {"optimizer.lr": 0.05})
    ]


@pytest.mark.parametrize(
    ("space", "warning"),
    [
        ('"optimizer.lr" = { float = [0.01, 0.1] }', "optimizer.lr is searched without log"),
        (
            '"model.width" = { choice = [8, 16, 32] }',
            "a choice of numbers, which hides their order",
        ),
        ('"model.width" = { choice = [16] }', "model.width has one value only"),
        ('"model.width" = { choice = [16] }', "only 1 point, fewer than the 50 trials"),
        ('"model.width" = { int = [8, 16] }', "only 9 points, fewer than the 50 trials"),
        ('"optimizer.lr" = { float = [0.1, 0.5], log = true }', "there is no baseline"),
    ],
)
def test_what_may_be_a_mistake_is_a_warning(space: str, warning: str) -> None:
    assert any(warning in told for told in _resolve(space).warnings)


def test_a_sound_study_warns_of_nothing() -> None:
    assert _resolve(LR + SCHEDULES).warnings == ()
    assert _resolve("").warnings == ()


def test_overrides_change_the_base_before_it_is_checked() -> None:
    study = _resolve(LR, "", ("epochs", 2), ("optimizer.lr", 0.02))

    assert study.config.epochs == 2
    assert study.baselines[0].params == {"optimizer.lr": 0.02}
    with pytest.raises(ConfigError, match="epochs cannot be 0"):
        _resolve(LR, "", ("epochs", 0))


def test_a_data_set_that_is_unknown_or_does_not_fit_is_told_first() -> None:
    with pytest.raises(DliError, match=r"^unknown data set 'mist'\. Did you mean 'mnist'"):
        _resolve(LR, "", ("dataset", "mist"))
    with pytest.raises(DliError, match=r"^model 'resnet9' cannot take pictures of 1x4x4"):
        _resolve(LR, "", ("model.name", "resnet9"), ("data.image_size", 4))
    deep = read('name = "mine"\nabout = ""\n[base]\nmodel = { name = "cnn", depth = 8 }', "m.toml")
    with pytest.raises(DliError, match=r"^m.toml \[base\]: model 'cnn' cannot take pictures of"):
        resolve(deep)


def test_the_shape_of_a_folder_s_pictures_is_left_to_the_run() -> None:
    assert _resolve('"model.depth" = { int = [1, 6] }', "", ("dataset", "folder:pictures")).space


SCRAPS = (
    '0', '1', '-1', '0.5', '1e300', 'nan', 'inf', 'true', 'false', '""', '"sgd"', '"ü"', '[]', '{}',
    '[1, 2]', '[16, 32]', '[0.0, 0.5]', '[true, false]', '["sgd", "adam"]', '[[1]]', '1979-05-27',
    '["constant", "exponential"]', '{ "optimizer.name" = "sgd" }', '{ int = [1, 2] }',
    '9999999999999999999999999',
)  # fmt: skip
PATHS = (
    "optimizer.lr", "optimizer.name", "optimizer.momentum", "schedule.name", "schedule.gamma",
    "model.width", "model.batch_norm", "model.name", "model.filters", "model", "augment.crop_mode",
    "loss.label_smoothing", "ema", "clip.norm", "batch_size", "epochs", "x", "optimizer.lr.x",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(10))
def test_no_nonsense_is_anything_but_a_sentence_or_a_study(seed: int) -> None:
    numbers = random.Random(seed)
    for _ in range(100):
        keys = numbers.sample(["choice", "int", "float", "step", "log", "when"], 2)
        spec = ", ".join(f"{key} = {numbers.choice(SCRAPS)}" for key in keys)
        text = f'{BASE}[space]\n"{numbers.choice(PATHS)}" = {{ {spec} }}\n'
        text += f'[[baseline]]\nname = "a"\nset = {{ "{numbers.choice(PATHS)}" = 1 }}\n'
        told = _told(text)
        assert told.startswith("mine.toml") or told == "sound"
        assert "\n" not in told


def _told(text: str) -> str:
    try:
        resolve(read(text, "mine.toml"))
    except DliError as error:
        return str(error)
    return "sound"


def test_a_search_without_val_pictures_is_refused_and_a_recipe_without_is_not() -> None:
    base = BASE + "data = { val_size = 0 }\n"
    with pytest.raises(ConfigError) as refused:
        resolve(read(f"{base}[space]\n{LR}", "mine.toml"))
    assert str(refused.value).startswith(
        "mine.toml [base]: data.val_size 0 leaves no val pictures to judge trials by"
    )
    with pytest.raises(ConfigError, match=r"^data\.val_size 0 leaves no val pictures"):
        _resolve(LR, "", ("data.val_size", 0))
    assert not resolve(read(base, "mine.toml")).config.data.has_val
