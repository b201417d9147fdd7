"""Every recipe trains with one command, and is what its source says: size, learning rates."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import catalog
from engine.events import RunPrepared
from engine.history import History
from engine.record import replay
from engine.runs import find_run, runs_dir
from engine.schedule import Plan, learning_rate
from tui.cli import main

# Trainable parameters; learning rate in the first step, the highest, and in the last.
RECIPES: dict[str, tuple[int, float, float, float]] = {
    "linear": (7_850, 0.05, 0.05, 0.05),
    "logistic": (7_850, 0.1, 0.1, 0.1),
    "mnist_mlp": (52_650, 0.5, 0.5, 0.1),
    "cifar_resnet9": (6_575_370, 4e-4, 0.01, 4e-8),
    "cifar_dropout": (1_250_858, 0.01, 0.01, 0.01),
    "cifar_bn": (1_251_242, 0.01, 0.01, 0.01),
    "cifar_bn_dropout": (1_251_242, 0.01, 0.01, 0.01),
    "cifar_l2": (1_251_242, 0.01, 0.01, 0.01),
    "cifar_bn_dropout_l2": (1_251_242, 0.01, 0.01, 0.01),
    "cifar_deeper": (555_690, 0.01, 0.01, 0.01),
    "cifar_wider": (2_625_866, 0.01, 0.01, 0.01),
    "cifar_resnet9_plain": (6_575_370, 4e-4, 0.01, 4e-8),
    "cifar_resnet18": (7_830_666, 4e-4, 0.01, 4e-8),
    "mnist_rnn": (214_282, 1e-3, 1e-3, 1e-3),
    "cifar_bn_cnn": (2_396_330, 1e-3, 1e-3, 1e-3),
    "fashion_cnn": (360_458, 1e-3, 1e-3, 1e-3),
    "mnist_403k": (403_338, 1e-3, 1e-3, 1e-3),
    "mnist_2m": (2_210_154, 1e-3, 1e-3, 1e-3 * 0.9**49),
    "mnist_fast": (126_208, 0.024, 0.12, 0.0012),
    "fashion_fast": (203_232, 0.012, 0.06, 0.0006),
    "cifar_record": (1_122_016, 0.03, 0.15, 0.0015),
}
SIZE = {"mnist": 60_000, "fashion_mnist": 60_000, "cifar10": 50_000}  # train and val together


@pytest.fixture(scope="module")
def few_jpegs(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with 12 real JPEG pictures of each class for train and 3 for test."""
    root = tmp_path_factory.mktemp("jpeg")
    for part, count in (("train", 12), ("test", 3)):
        for folder in (real_data / "cifar10-jpeg" / part).iterdir():
            (root / part / folder.name).mkdir(parents=True)
            for picture in sorted(folder.iterdir())[:count]:
                (root / part / folder.name / picture.name).symlink_to(picture)
    return root


@pytest.fixture(autouse=True)
def _data(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DLI_DATA", str(real_data))
    return


def _dli(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["dli", *words])
    with pytest.raises(SystemExit) as leaving:
        main()
    return int(leaving.value.code or 0)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_trains_with_one_command_and_has_its_size(
    name: str, few_jpegs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ["--dataset", f"folder:{few_jpegs}"] if name.startswith("cifar") else []

    code = _dli(monkeypatch, "train", name, *data, "--epochs", "1", "--subset", "100")

    folder = find_run(runs_dir(None), "last")
    prepared = [event for event in replay(folder) if isinstance(event, RunPrepared)]
    history = History.of(replay(folder))
    assert code == 0
    assert prepared[0].num_parameters == RECIPES[name][0]
    assert history.finished is not None
    assert history.finished.status == "completed"
    assert history.finished.test is not None


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipes_learning_rate_begins_peaks_and_ends_where_its_source_says(name: str) -> None:
    config = catalog.find(name).config
    assert config.data.val_size is not None
    steps, rest = divmod(SIZE[config.dataset] - config.data.val_size, config.batch_size)
    plan = Plan(steps + (rest > 1 and not config.drop_last), config.epochs)

    rates = [
        learning_rate(config.schedule, config.optimizer.lr, step, plan)
        for step in range(1, plan.total_steps + 1)
    ]

    _, first, peak, last = RECIPES[name]
    assert rates[0] == pytest.approx(first)
    assert max(rates) == pytest.approx(peak, rel=2e-3)  # one-cycle's falls between two steps
    assert rates[-1] == pytest.approx(last)
