"""A recorded loss trace: a refactoring that moves these numbers changed the training."""

import pytest

from engine.config import parse
from engine.history import History
from engine.train import train

CONFIG = {
    "model": {"name": "cnn", "filters": [4, 8], "conv_dropout": 0.1, "dense": [16]},
    "data": {"subset": 200},
    "epochs": 3,
    "batch_size": 36,
    "optimizer": {"name": "adam", "lr": 0.01, "weight_decay": 1e-4, "decay_on": "weights"},
    "schedule": {"name": "one_cycle"},
    "augment": {"crop_padding": 2, "flip": "random", "rotate": 10, "noise": 0.02},
    "loss": {"label_smoothing": 0.1},
    "clip": {"norm": 1.0},
    "ema": 0.9,
    "precision": "fp32",
    "threads": 1,
}
TRAIN_LOSSES = [
    2.39559,
    2.46178,
    2.30003,
    2.30324,
    2.26240,
    2.17824,
    2.33761,
    2.21094,
    2.27171,
    2.14262,
    2.17698,
    2.14709,
    2.10868,
    2.12935,
    2.13957,
]
VAL_LOSSES = [2.30819, 2.30447, 2.29975]


def test_a_run_still_takes_the_recorded_course() -> None:
    history = History.of(train(parse(CONFIG)))
    assert history.steps["loss"].tolist() == pytest.approx(TRAIN_LOSSES, rel=1e-3)
    assert history.epochs["val_loss"].tolist() == pytest.approx(VAL_LOSSES, rel=1e-3)
