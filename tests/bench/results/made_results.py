"""Results that were never trained, of shipped recipes, for tables."""

from typing import Any

from bench import catalog
from bench.results.recipe import data_label, recipe_in
from bench.results.result import COLUMNS, Ending, Machine, Parts, Result, Seconds, Tested
from engine.overrides import configure

JPEG = "folder:cifar10-jpeg"
_MACHINE = Machine(
    processor="Abacus", cores=2, device="cpu", gpu=None, precision="fp32", threads=2,
    python="3.11.7", torch="2.13.0", dli="0.1.0",
)  # fmt: skip


def made(
    study: str, right: int = 9_000, seed: int = 0, epochs: int | None = None, **changes: Any
) -> Result:
    """Return the result of a study's recipe, which told `right` of 10,000 pictures on test.

    Args:
        study: a shipped study's name.
        right: pictures told rightly.
        seed: of the run.
        epochs: those done; fewer than planned is a stopped run, which has only val accuracy.
        changes: settings, `model__cell="gru"`, or fields of `Result`.
    """
    fields = {key: changes.pop(key) for key in list(changes) if key in Result.model_fields}
    file = catalog.find(study)
    paths = [(path.replace("__", "."), value) for path, value in changes.items()]
    _, config, _ = configure(file.base, [("seed", seed), *paths])
    recipe = recipe_in(config, file)
    done = config.epochs if epochs is None else epochs
    is_over = done == config.epochs
    values = {
        "study": study,
        "variant": recipe.variant,
        "data": data_label(config.dataset),
        "command": recipe.command(config),
        "config": config.model_dump(mode="json"),
        "data_digest": f"of {config.dataset}",
        "parts": Parts(train=50_000, val=10_000, test=10_000),
        "num_parameters": 6_575_370,
        "seed": seed,
        "machine": _MACHINE,
        "epoch": tuple(range(1, done + 1)),
        "columns": dict.fromkeys(COLUMNS, (1234.5,) * done),
        "ending": Ending(
            status="completed" if is_over else "stopped", reason="", epochs=done,
            planned=config.epochs, best_epoch=done, best_metric="val_accuracy",
            best_value=right / 10_000, best_val_accuracy=right / 10_000,
        ),
        "test": Tested(
            accuracy=right / 10_000, num_correct=right, num_pictures=10_000, loss=0.1
        ) if is_over else None,
        "seconds": Seconds(set_up=2.0, training=5.0, until_best=4.0, all=8.0),
        "date": "2026-01-31",
    }  # fmt: skip
    return Result.model_validate(values | fields)
