"""Limits that are checked before a trial's first step: the model is built without memory."""

from dataclasses import dataclass

from bench.spec import Limits
from engine.config import RunConfig
from engine.data.prepare import prepare
from engine.errors import ModelError
from engine.models.summary import summarize
from engine.work import finish


@dataclass(frozen=True)
class Broken:
    """A limit that a model is over; `excess` is by how much, as a part of the limit."""

    name: str
    excess: float
    message: str
    num_parameters: int


def broken_limit(config: RunConfig, limits: Limits) -> Broken | None:
    """Return the first limit on size that the config's model breaks, or None.

    Raises:
        DataError: the data set is not here.
    """
    if limits.parameters is None and limits.flops is None:
        return None
    prepared = finish(prepare(config.dataset, config.data))
    try:
        summary = summarize(config.model, prepared.shape, len(prepared.classes))
    except ModelError:
        return None  # told with the model's own sentence when it is built
    found = {"parameters": summary.num_parameters, "flops": summary.flops}
    for name, value in found.items():
        limit = getattr(limits, name)
        if limit is not None and value > limit:
            message = f"{value:,} {name}, over the study's limit of {limit:,}"
            return Broken(name, value / limit - 1, message, summary.num_parameters)
    return None
