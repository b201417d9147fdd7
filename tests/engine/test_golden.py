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
    2.43540,
    2.46296,
    2.29597,
    2.31163,
    2.30037,
    2.21899,
    2.28262,
    2.23683,
    2.36357,
    2.16545,
    2.25825,
    2.22081,
    2.09870,
    2.16623,
    2.14909,
]
VAL_LOSSES = [2.30855, 2.30437, 2.29858]


def test_a_run_still_takes_the_recorded_course() -> None:
    history = History.of(train(parse(CONFIG)))
    assert history.steps["loss"].tolist() == pytest.approx(TRAIN_LOSSES, rel=1e-3)
    assert history.epochs["val_loss"].tolist() == pytest.approx(VAL_LOSSES, rel=1e-3)
