"""Whose run it is, what differs, and the command, which really makes the same config."""

import shlex
from collections.abc import Callable

import pytest

from bench import catalog
from bench.results.recipe import claim_of, data_label, find_recipe, recipe_in, shown
from bench.results.summary import summarise
from engine.config import RunConfig
from engine.overrides import configure
from engine.runs import RunFolder
from tests.bench.results.conftest import config_of
from tui.commands.train import train
from tui.settings import base_of, build_config

RESNET9 = "cifar_resnet9"


def _changed(study: str, *changes: tuple[str, object]) -> RunConfig:
    return configure(catalog.find(study).base, changes)[1]


def _made_by(command: str) -> RunConfig:
    """Return the config that a `dli train` command makes."""
    dli, verb, study, *words = shlex.split(command)
    assert (dli, verb) == ("dli", train.__name__)
    named: dict[str, object] = {}
    settings = []
    while words:
        match words.pop(0):
            case "--set":
                settings.append(words.pop(0))
            case "--no-test":
                named["test"] = False
            case "--seed":
                named["seed"] = int(words.pop(0))
            case option:
                named[option.removeprefix("--")] = words.pop(0)
    config, _ = build_config(base_of(study, None).values, named, settings)
    return config


@pytest.mark.parametrize(
    ("study", "changes"),
    [
        ("linear", []),
        ("cifar_resnet9", [("seed", 7), ("dataset", "fashion_mnist"), ("test", False)]),
        ("mnist_rnn", [("model.cell", "gru"), ("model.layers", 1)]),
        ("cifar_resnet18", [("model.name", "resnet18"), ("epochs", 3)]),
        ("cifar_bn", [("optimizer.name", "muon"), ("optimizer.lr", 0.02), ("clip.norm", 1)]),
        ("cifar_bn", [("model.filters", [16, 32, 64]), ("model.head_dropout", [0.25])]),
        ("cifar_resnet9", [("augment.flip", "none"), ("data.val_size", None), ("ema", 0.99)]),
        ("mnist_mlp", [("schedule.name", "one_cycle"), ("epochs", 2)]),
        ("linear", [("precision", "fp32"), ("drop_last", True)]),
    ],
)
def test_the_command_makes_the_same_config(study: str, changes: list[tuple[str, object]]) -> None:
    config = _changed(study, *changes)

    command = recipe_in(config, catalog.find(study)).command(config)

    assert _made_by(command) == config


def test_how_this_machine_computes_is_no_part_of_the_command() -> None:
    config = _changed("linear", ("threads", 3), ("device", "cpu"), ("eval_batch_size", 100))

    command = recipe_in(config, catalog.find("linear")).command(config)

    assert command == "dli train linear --seed 0"


@pytest.mark.parametrize("name", [n for n in catalog.names() if catalog.find(n).claim])
def test_every_recipe_is_found_by_its_config_alone_whatever_the_seed(name: str) -> None:
    config = _changed(name, ("seed", 5), ("threads", 2), ("precision", "fp32"), ("test", False))

    recipe = find_recipe(config)

    assert recipe is not None
    assert (recipe.study.name, recipe.variant) == (name, "")


def test_what_differs_is_the_variant_names_first() -> None:
    config = _changed("cifar_resnet18", ("epochs", 3), ("model.name", "resnet18"))

    recipe = find_recipe(config, ["cifar_resnet18"])

    assert recipe is not None
    assert recipe.variant == "model.name=resnet18, epochs=3"
    assert recipe.command(config) == (
        "dli train cifar_resnet18 --model resnet18 --seed 0 --set epochs=3"
    )


def test_a_run_is_of_the_study_that_it_is_called_after_unless_it_is_another_s_recipe() -> None:
    with_dropout = _changed("cifar_bn", ("model.conv_dropout", 0.25))

    found = find_recipe(with_dropout, ["cifar_bn"])
    other = find_recipe(_changed("cifar_bn", ("model.conv_dropout", 0.1)), ["cifar-bn"])

    assert found is not None
    assert (found.study.name, found.variant) == ("cifar_bn_dropout", "")
    assert other is not None
    assert (other.study.name, other.variant) == ("cifar_bn", "model.conv_dropout=0.1")
    assert find_recipe(_changed("cifar_bn", ("model.conv_dropout", 0.1))) is None


def test_a_folder_is_named_by_its_last_part() -> None:
    config = _changed(RESNET9, ("dataset", "folder:/somewhere/secret/cifar10-jpeg"))

    recipe = find_recipe(config)

    assert recipe is not None
    assert (recipe.study.name, recipe.variant) == (RESNET9, "")
    assert recipe.command(config) == f"dli train {RESNET9} --dataset folder:cifar10-jpeg --seed 0"
    assert shown("folder:../pets/") == "folder:pets"


@pytest.mark.parametrize(
    ("dataset", "label"),
    [
        ("mnist", "MNIST"),
        ("fashion_mnist", "Fashion-MNIST"),
        ("cifar10", "CIFAR-10"),
        ("folder:/data/cifar10-jpeg", "CIFAR-10 (JPEG)"),
        ("folder:../mnist", "mnist"),
        ("digits", "digits"),
    ],
)
def test_data_sets_have_names_for_people(dataset: str, label: str) -> None:
    assert data_label(dataset) == label


def test_the_study_is_known_by_the_command_too(train_run: Callable[..., RunFolder]) -> None:
    folder = train_run(label="another name", optimizer__lr=0.2)
    environment = folder["environment.json"]
    text = environment.read_text()
    before = text.index('"command"')
    environment.write_text(text[:before] + '"command": ["dli", "train", "tiny", "--name", "x"]}')

    result = summarise(folder)

    assert (result.study, result.variant) == ("tiny", "optimizer.lr=0.2")


def test_a_claim_is_of_the_recipe_as_it_stands_on_its_own_data() -> None:
    run = "20260131-120000-tiny"
    claim = claim_of(config_of(seed=4), run)

    assert claim is not None
    assert claim.id == "R99"
    assert claim_of(config_of(), f"{run}-2") == claim
    assert claim_of(config_of(optimizer__lr=0.2), run) is None
    assert claim_of(config_of(dataset="mnist"), run) is None
    assert claim_of(config_of(), "20260131-120000-digits-mlp") is None
