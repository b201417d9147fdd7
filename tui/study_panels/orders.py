"""What a search is asked for, checked, and as the words of `dli tune`."""

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.records import StudyRecord
from engine.errors import ConfigError
from engine.runs import runs_dir

FIELDS = ("trials", "workers", "epochs", "subset", "dataset", "minutes")  # the form's, in order
_WORKERS = re.compile(r"--workers[ =](\d+)")
_MOST_WORKERS = 256
T = TypeVar("T")


@dataclass(frozen=True)
class TuneOrder:
    """A search as `dli tune` takes it; what is empty is left to its defaults."""

    study: str
    settings: tuple[str, ...] = ()  # of the base, as `--set` takes them
    trials: int | None = None
    workers: int | None = None
    epochs: int | None = None
    subset: int | None = None
    dataset: str = ""
    minutes: float | None = None
    confirm_only: bool = False

    def words(self) -> list[str]:
        """Return the words of the command, after `dli`."""
        words = ["tune", "--study", self.study]
        for name in FIELDS:
            value = getattr(self, name)
            if value:
                words += [f"--{name}", f"{value:g}" if isinstance(value, float) else str(value)]
        for setting in self.settings:
            words += ["--set", setting]
        return words + ["--confirm-only"] * self.confirm_only

    def command(self, root: Path, storage: str | None) -> str:
        """Return the command to type; folders that are taken by themselves are left out."""
        words = ["dli", *self.words()]
        if root.resolve() != runs_dir().resolve():
            words += ["--runs-dir", str(root)]
        if storage:
            from sqlalchemy.engine import make_url

            words += ["--storage", make_url(storage).render_as_string(hide_password=True)]
        return shlex.join(words)


def order_of(study: str, values: Mapping[str, str]) -> TuneOrder:
    """Return what was typed, by field, as a checked order.

    Raises:
        ConfigError: a value that no search can have.
        DataError: the data set is not on this machine.
    """
    typed = {name: values.get(name, "").strip() for name in FIELDS}
    order = TuneOrder(
        study=study,
        trials=_number("trials", typed["trials"], _whole),
        workers=_number("workers", typed["workers"], _whole),
        epochs=_number("epochs", typed["epochs"], _whole),
        subset=_number("subset", typed["subset"], _whole),
        dataset=typed["dataset"],
        minutes=_number("minutes", typed["minutes"], _minutes),
    )
    if order.workers and order.workers > _MOST_WORKERS:
        raise ConfigError(f"workers cannot be {order.workers}: {_MOST_WORKERS} are the most.")
    _check_study(order)
    return order


def _number(name: str, text: str, read: Callable[[str], T]) -> T | None:
    if not text:
        return None
    try:
        return read(text)
    except ValueError as error:
        raise ConfigError(f"{name} cannot be '{text}': it must be {error}.") from None


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("a whole number of at least 1")
    return int(text)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0.01 <= minutes < 1e6:
        raise ValueError("a number of at least 0.01")
    return minutes


def _check_study(order: TuneOrder) -> None:
    """Refuse what the search itself would refuse after it has started."""
    from bench.catalog import find
    from bench.resolve import resolve
    from tui.actions import check_dataset
    from tui.settings import changes_of

    file = find(order.study)
    named = {"dataset": order.dataset or None, "epochs": order.epochs, "subset": order.subset}
    changes, _ = changes_of(file.base, named, [])
    study = resolve(file, changes)
    if not study.space:
        raise ConfigError(
            f"study '{study.name}' has no [space], so there is nothing to search; "
            f"`dli train {study.name}` trains its base."
        )
    check_dataset(study.config.dataset)


def order_again(record: StudyRecord) -> TuneOrder:
    """Return the order that opens this very study again, with as many workers as before."""
    words = shlex.split(str(record.facts.get("train", "")))  # dli train STUDY --set KEY=VALUE …
    name, rest = (words[2], words[3:]) if len(words) > 2 else (record.name, [])
    known = _WORKERS.search(str(record.facts.get("command", "")))
    return TuneOrder(
        study=name,
        settings=tuple(value for flag, value in zip(rest[::2], rest[1::2], strict=False)
                       if flag == "--set"),
        workers=int(known[1]) if known else None,
    )  # fmt: skip
