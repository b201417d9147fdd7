"""Finding studies by name and by path, and the shipped ones."""

from pathlib import Path

import pytest

from bench import catalog
from engine.errors import ConfigError
from engine.schedule import Plan, learning_rate, momentum

SHIPPED = {"cifar_bn": 1_251_242, "mnist_mlp": 52_650}  # trainable parameters
SHAPES = {"cifar10": (3, 32, 32), "mnist": (1, 28, 28)}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(file: Path, name: str, epochs: int = 1) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'name = "{name}"\nabout = "a test"\n[base]\nepochs = {epochs}\n')


def test_the_shipped_studies_are_listed() -> None:
    assert set(SHIPPED) <= set(catalog.names())


@pytest.mark.parametrize("name", catalog.names())
def test_every_shipped_study_can_be_read(name: str) -> None:
    study = catalog.find(name)

    assert study.name == name
    assert not study.shadows_shipped


@pytest.mark.parametrize(("name", "parameters"), SHIPPED.items())
def test_shipped_recipes_have_their_sources_parameter_count(name: str, parameters: int) -> None:
    from engine.models.registry import build
    from engine.models.spec import PictureShape

    config = catalog.find(name).config
    net = build(config.model, PictureShape(*SHAPES[config.dataset]), num_classes=10)

    assert sum(p.numel() for p in net.parameters()) == parameters


def test_a_study_in_the_current_folder_wins_and_says_so(here: Path) -> None:
    _write(here / "studies" / "cifar_bn.toml", "cifar_bn", epochs=7)
    _write(here / "studies" / "mine.toml", "mine")

    assert catalog.find("cifar_bn").config.epochs == 7
    assert catalog.find("cifar_bn").shadows_shipped
    assert not catalog.find("mine").shadows_shipped
    assert {"mine", "mnist_mlp"} <= set(catalog.names())
    assert catalog.names().count("cifar_bn") == 1


def test_a_checkouts_own_studies_folder_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(catalog.__file__).parents[1])

    assert not catalog.find("cifar_bn").shadows_shipped


def test_a_foreign_studies_folder_does_no_harm(here: Path) -> None:
    (here / "studies" / "sub.toml").mkdir(parents=True)
    (here / "studies" / "__init__.py").write_text("raise RuntimeError('not dli')")

    assert set(SHIPPED) <= set(catalog.names())
    assert "sub" not in catalog.names()


def test_a_path_names_a_file_anywhere(here: Path) -> None:
    _write(here / "deep" / "mine.toml", "mine", epochs=2)

    assert catalog.find("deep/mine.toml").config.epochs == 2
    assert catalog.find(str(here / "deep" / "mine.toml")).path == str(here / "deep" / "mine.toml")


def test_an_unknown_name_gets_the_nearest_and_the_list() -> None:
    with pytest.raises(ConfigError, match=r"unknown study 'cifar_bm'\. Did you mean 'cifar_bn'"):
        catalog.find("cifar_bm")


def test_a_missing_file_is_one_sentence() -> None:
    with pytest.raises(
        ConfigError, match=r"there is no file 'no/such\.toml'\. Studies here: cifar"
    ):
        catalog.find("no/such.toml")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\xff\xfe", "not UTF-8 text"), (b"name = 'other'\nabout = ''", "name is 'other', but")],
)
def test_a_file_that_is_no_study_of_its_name_is_one_sentence(
    here: Path, content: bytes, sentence: str
) -> None:
    (here / "mine.toml").write_bytes(content)

    with pytest.raises(ConfigError, match=sentence):
        catalog.find("./mine.toml")


def test_a_folder_is_no_study(here: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read the study"):
        catalog.find(f"{here}/")


def test_the_shipped_recipes_move_their_rates_as_their_sources_do() -> None:
    plain, dropping = catalog.find("cifar_bn").config, catalog.find("mnist_mlp").config
    plan = Plan(steps_per_epoch=391, epochs=10)
    assert {learning_rate(plain.schedule, plain.optimizer.lr, s, plan) for s in (1, 3910)} == {0.01}
    rates = [
        learning_rate(dropping.schedule, dropping.optimizer.lr, step, plan)
        for step in (1, 5 * 391, 5 * 391 + 1, 3910)
    ]
    assert rates == pytest.approx([0.5, 0.5, 0.1, 0.1])
    assert {momentum(dropping.schedule, dropping.optimizer.momentum, 1, plan)} == {0.0}  # type: ignore[union-attr]
