"""The pictures behind a run's predictions, mapped from the cache; without torch."""

from contextlib import closing

from engine.config import RunConfig
from engine.data.spec import Images, PreparedSet
from engine.errors import DataError
from engine.events import RunPrepared


def open_images(config: RunConfig, prepared: RunPrepared, split: str) -> Images:
    """Return the pictures (N, H, W, C) that the rows of a run's val or test number.

    Raises:
        DataError: they are not on this machine, not in the cache, or others than the run's.
        ConfigError: there is no such data set.
    """
    data = _open(config)
    if data.digest != prepared.data_digest:
        raise DataError(
            f"The pictures of '{config.dataset}' changed since this run, "
            "so they cannot be shown beside its predictions."
        )
    if split == "test":
        return data.test.images
    return data.train.images if data.val is None else data.val.images


def _open(config: RunConfig) -> PreparedSet:
    """Return the data set from the cache; preparing it here would take long."""
    from engine.data.prepare import prepare  # imports Pillow

    work = prepare(config.dataset, config.data)
    with closing(work):
        try:
            next(work)
        except StopIteration as done:
            data: PreparedSet = done.value
            return data
    raise DataError(
        f"The pictures of '{config.dataset}' are not prepared on this machine: {_remedy(config)}"
    )


def _remedy(config: RunConfig) -> str:
    if config.data.grayscale:
        return "the next run on them with the same settings does that."
    size = f" --image-size {config.data.image_size}" if config.data.image_size else ""
    return f"`dli data show {config.dataset}{size}` does that, and so does the next run on them."
