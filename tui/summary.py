"""What a run came to, from its folder alone: accuracy, classes, mistakes, and how to repeat it."""

import shlex

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.results.recipe import claim_of
from engine.events import RunFinished
from engine.history import History
from engine.metrics import confusion_matrix, wilson_interval
from engine.runs import RunFolder
from tui import format as fmt
from tui import lines, mistakes
from tui.claims import beside, claimed
from tui.confusion import class_table, confusion
from tui.console import make_console
from tui.labels import labelled

FILES = {
    "best.safetensors": "the weights of the best epoch",
    "checkpoint.pt": "the whole state after the last epoch",
    "fork.pt": "the weights that it began with",
    "fork.safetensors": "the weights that it began with",
    "events.jsonl": "every figure, line by line",
    "predictions.bin": "what each epoch said of every val picture",
    "test_predictions.bin": "what the best epoch said of every test picture",
}


def print_summary(folder: RunFolder, history: History) -> None:
    """Print what the run came to, on stdout."""
    draw_summary(folder, history, make_console())


def draw_summary(folder: RunFolder, history: History, console: Console) -> None:
    """Print the results, the classes, the confusion matrix, the worst mistakes and the files."""
    for line in (*_results(history), *_claim(folder, history)):
        console.print(line)
    _draw_mistakes(folder, history, console)
    _draw_files(folder, console)


def _results(history: History) -> list[Text]:
    finished, config = history.finished, history.config
    result: list[Text] = []
    if len(history.epochs):
        seconds = float((history.epochs["seconds"] + history.epochs["val_seconds"]).sum())
        speed = float(np.median(history.epochs["images_per_second"]))
        number = len(history.epochs)
        trained = (
            f"{number} epoch{'s' * (number != 1)} in {fmt.duration(seconds)}, {fmt.rate(speed)}"
        )
        result.append(Text(f"trained {trained}"))
    if history.best_epoch is not None and config is not None:
        row = history.epochs["epoch"] == history.best_epoch
        value = float(history.epochs[config.best_metric][row][-1])
        result.append(Text(lines.best(history.best_epoch, value, config)))
    if finished is not None and finished.test is not None:
        result.append(_test_result(finished))
    return result


def _test_result(finished: RunFinished) -> Text:
    test = finished.test
    assert test is not None
    bounds = wilson_interval(test.num_correct, test.num_pictures)
    right = f"{fmt.count(test.num_correct)} of {fmt.count(test.num_pictures)} right"
    return Text.assemble(
        ("test accuracy ", "bold"),
        (fmt.interval(test.accuracy, *bounds), "bold green"),
        f", {right}, loss {fmt.loss(test.loss)}",
    )


def _claim(folder: RunFolder, history: History) -> list[Text]:
    """Return how the run stands to what its recipe's source claims, if it is a recipe's."""
    finished, config = history.finished, history.config
    if finished is None or finished.test is None or config is None:
        return []
    claim = claim_of(config, folder.id)
    if claim is None:
        return []
    return [Text(f"claim {claimed(claim)}: {beside(claim, finished.test.accuracy)}")]


def _draw_mistakes(folder: RunFolder, history: History, console: Console) -> None:
    judged, prepared, config = mistakes.judgement(folder, history), history.prepared, history.config
    if judged is None or prepared is None or config is None:
        return
    where = f"on {judged.split}, weights of epoch {judged.epoch}"
    console.print(_heading(f"Classes {where}"))
    matrix = confusion_matrix(judged.labels, judged.predicted, len(prepared.classes))
    console.print(class_table(prepared.classes, matrix))
    console.print(_heading(f"Confusion {where}"))
    console.print(confusion(prepared.classes, matrix, console.width))
    console.print(_heading(f"The most confident mistakes {where} (true → predicted)"))
    console.print(mistakes.drawn(judged, config, prepared, console.width))


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold")


def _draw_files(folder: RunFolder, console: Console) -> None:
    """Print where everything lies; a command that is to be copied is never broken into lines."""
    console.print(_heading("Files"))
    again = f"dli train --config {shlex.quote(str(folder['config.json']))}"
    repeat = "train fresh" if folder["fork.json"].is_file() else "repeat it"
    for label, text in (("folder", str(folder.path)), (repeat, again)):
        console.print(labelled(label, text), soft_wrap=True)
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, what in FILES.items():
        if folder[name].is_file():
            table.add_row(name, Text(what, style="dim"))
    console.print(table)
