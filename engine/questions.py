"""What the form and the data screen ask and only torch can answer; see `engine.preview`."""

import base64
import os
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engine.augment import Augmenter, Scaling
from engine.config import RunConfig
from engine.data.load import LoadedData, load, normalisation
from engine.data.prepare import prepare
from engine.data.registry import FOLDER, find
from engine.data.spec import Images, Progress
from engine.models.spec import PictureShape
from engine.models.summary import summarize
from engine.pace import measure

Question = Mapping[str, Any]
Answer = Generator[Progress | None, None, dict[str, Any]]


def summary(config: RunConfig, _: Question) -> Answer:
    """Return layers and totals of the config's model; a named data set need not be here."""
    shape, num_classes = yield from _pictures_of(config)
    found = summarize(config.model, shape, num_classes)
    about = {"picture_shape": [shape.channels, shape.height, shape.width]}
    return asdict(found) | about | {"num_classes": num_classes}


def speed(config: RunConfig, _: Question) -> Answer:
    """Return images per second and the seconds of an epoch, from about a second of real steps.

    `is_busy` tells that the machine had more to do than it has cores, so that this is too slow.
    """
    data = yield from load(config.dataset, config.data)
    is_busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    pace = yield from measure(config, data)
    return asdict(pace) | {
        "is_busy": is_busy,
        "epoch_seconds": pace.epoch_seconds,
        "images_per_second": pace.images_per_second,
        "num_train": len(data.train),
        "num_val": len(data.val),
    }


def augment(config: RunConfig, question: Question) -> Answer:
    """Return pictures of train as they are, and as the config's augmentation feeds them.

    The question's `count` is how many (default 8), of `class` only or of all in turn, from the
    `first` of them on, as `epoch` draws them. Both are uint8 (N, H, W, C) in base64, with what
    normalisation took off put back.
    """
    data = yield from load(config.dataset, config.data)
    scaling = Scaling(*normalisation(data, config.data))
    places = _chosen(data, question)
    rows, epoch = data.train.index[places], int(question.get("epoch", 1))
    images, labels = data.train.images[rows], data.train.labels[rows].astype(np.int64)
    changed, _ = Augmenter(config.augment, scaling, config.seed).train_batch(
        torch.from_numpy(images),
        torch.from_numpy(labels),
        index=torch.from_numpy(places),
        epoch=epoch,
        step=epoch,
    )
    return {
        "shape": list(images.shape),
        "originals": _packed(images),
        "images": _packed(_shown(changed.permute(0, 2, 3, 1).numpy(), scaling)),
        "labels": labels.tolist(),
        "classes": list(data.prepared.classes),
    }


ANSWERS: Mapping[str, Callable[[RunConfig, Question], Answer]] = {
    "summary": summary,
    "augment": augment,
    "speed": speed,
}


def _pictures_of(config: RunConfig) -> Generator[Progress, None, tuple[PictureShape, int]]:
    """Return the pictures' shape and the number of classes; only a folder is looked into."""
    if config.dataset.startswith(FOLDER):
        prepared = yield from prepare(config.dataset, config.data)
        return prepared.shape, len(prepared.classes)
    spec = find(config.dataset)
    return spec.shape_for(config.data), spec.num_classes


def _chosen(data: LoadedData, question: Question) -> NDArray[np.int64]:
    """Return positions in train: the first of each class, then the second of each, and so on."""
    labels = data.train.labels[data.train.index]
    only = question.get("class")
    order = _in_turn(labels) if only is None else np.flatnonzero(labels == int(only))
    first = int(question.get("first", 0)) % max(1, len(order))
    return order[first : first + int(question.get("count", 8))].astype(np.int64)


def _in_turn(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions of labels (N,) so that the classes take turns."""
    by_class = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[by_class], labels[by_class])
    rank = np.empty(len(labels), dtype=np.int64)  # of each picture in its class
    rank[by_class] = np.arange(len(labels)) - starts
    return np.lexsort((labels, rank))


def _shown(pictures: NDArray[np.float32], scaling: Scaling) -> Images:
    """Return normalised pictures (N, H, W, C) as bytes, as they would be looked at."""
    pixels = pictures * np.array(scaling.std) + np.array(scaling.mean)
    shown: Images = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    return shown


def _packed(images: Images) -> str:
    return base64.b64encode(np.ascontiguousarray(images).tobytes()).decode()
