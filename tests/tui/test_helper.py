"""The helper process from the UI's end: answers, mistakes, deaths, and newer questions."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from engine.config import parse
from engine.data.spec import Progress
from engine.errors import DataError, DliError, ModelError
from tui.helper import Helper, pictures_in

TINY = {"dataset": "digits", "model": {"name": "mlp", "width": 8, "depth": 1}}


@pytest.fixture
async def helper() -> AsyncIterator[Helper]:
    helper = Helper()
    yield helper
    await helper.close()


@pytest.mark.slow
async def test_the_helper_answers_every_question_of_the_form(
    helper: Helper, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DLI_CACHE", str(tmp_path))
    told: list[Progress] = []

    summary = await helper.ask("summary", parse(TINY))
    assert summary["num_parameters"] == 784 * 8 + 8 + 8 * 10 + 10
    assert [layer["type"] for layer in summary["layers"]].count("Linear") == 2

    flipped = parse(TINY | {"augment": {"flip": "random"}, "data": {"normalize": "train"}})
    answer = await helper.ask("augment", flipped, on_progress=told.append, count=10)
    images, originals = pictures_in(answer, "images"), pictures_in(answer, "originals")
    assert told[0].what == "preparing digits"
    assert answer["labels"] == list(range(10)), "the classes take turns"
    mirrored = [(image == old[:, ::-1]).all() for image, old in zip(images, originals, strict=True)]
    kept = [(image == old).all() for image, old in zip(images, originals, strict=True)]
    assert all(np.array(mirrored) | np.array(kept))
    assert any(mirrored)

    speed = await helper.ask("speed", parse(TINY))
    assert speed["images_per_second"] > 0
    assert speed["steps_per_epoch"] == -(-speed["num_train"] // 64)
    assert not speed["is_rough"]

    with pytest.raises(ModelError, match="leaves nothing of its"):
        await helper.ask("summary", parse({"model": {"name": "cnn", "depth": 8}}))
    with pytest.raises(DataError, match="dli data get cifar10"):
        await helper.ask("speed", parse({"dataset": "cifar10"}))


@pytest.mark.slow
async def test_a_newer_question_takes_the_place_of_an_older_one_also_past_a_death(
    helper: Helper,
) -> None:
    first = asyncio.create_task(helper.ask("speed", parse(TINY)))
    other = asyncio.create_task(helper.ask("speed", parse(TINY), asker="data"))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(helper.ask("speed", parse(TINY | {"batch_size": 32})))
    await asyncio.sleep(0.05)
    assert helper._process is not None
    os.kill(helper._process.pid, signal.SIGKILL)

    assert (await second)["batch_size"] == 32
    assert (await other)["batch_size"] == 64
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_helper_that_dies_again_and_again_is_given_up_in_a_sentence() -> None:
    helper = Helper((sys.executable, "-c", "import sys; sys.exit(7)"))

    with pytest.raises(DliError, match=r"died 3 times in a row \(exit code 7\)"):
        await helper.ask("summary", parse(TINY))

    await helper.close()
