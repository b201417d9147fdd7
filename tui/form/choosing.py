"""The windows in which a value is chosen: data sets, models, studies, and other choices."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from engine.data.registry import FOLDER
from engine.errors import DliError
from engine.overrides import NAMED_SECTIONS
from tui import actions
from tui.form.draft import DEFAULTS, Draft
from tui.form.fields import START, Field, kinds_of
from tui.form.picking import Pick
from tui.screens.dialogs import Ask, Enter

if TYPE_CHECKING:
    from tui.screens.new import NewRunScreen

Options = Sequence[tuple[str, str | Text]]
_WIDTH = 53  # columns of an option in a window


def choose(screen: "NewRunScreen", field: Field) -> None:
    """Ask for one of a field's values, and put it into the form."""
    if field.path == START:
        _choose_start(screen)
    elif field.path == "dataset":
        _choose_data(screen)
    else:
        values = {str(value): value for value in field.choices}

        def put(chosen: str | None) -> None:
            if chosen is not None:
                screen.put(field.path, values[chosen])

        screen.app.push_screen(
            Pick(field.name, _options(field), screen.draft.text(field.path)), put
        )


def _options(field: Field) -> Options:
    section = field.path.partition(".")[0]
    if section in NAMED_SECTIONS and field.path.endswith(".name"):
        return _table(list(kinds_of(section).items()))
    return [(str(value), str(value)) for value in field.choices]


def _table(rows: Sequence[tuple[str, str]]) -> Options:
    """Return options of a name and what it is, in two columns."""
    width = max(len(name) for name, _ in rows)
    below = "\n" + " " * (width + 2)
    return [
        (name, Text.assemble(f"{name:<{width}}  ", (below.join(_wrapped(told, width)), "dim")))
        for name, told in rows
    ]


def _wrapped(told: str, name_width: int) -> list[str]:
    return textwrap.wrap(told, max(_WIDTH - name_width - 2, 16))


def _choose_data(screen: "NewRunScreen") -> None:
    from engine.data.listing import list_datasets

    rows = [
        (found.spec.name, found.spec.about if found.present else "not here: Data (6) downloads it")
        for found in list_datasets()
    ]
    options = _table([*rows, (FOLDER, "your own pictures, one folder for each class")])

    now = screen.draft.text("dataset")
    now = FOLDER if now.startswith(FOLDER) else now

    def put(chosen: str | None) -> None:
        if chosen == FOLDER:
            _ask_for_folder(screen)
        elif chosen is not None:
            screen.put("dataset", chosen)

    screen.app.push_screen(Pick("Data set", options, now), put)


def _ask_for_folder(screen: "NewRunScreen") -> None:
    def why_not(path: str) -> str | None:
        try:
            actions.check_dataset(FOLDER + path.strip())
        except DliError as error:
            return str(error)
        return None if path.strip() else "Type the path of a folder."

    def put(path: str | None) -> None:
        if path is not None:
            screen.put("dataset", FOLDER + str(Path(path.strip()).expanduser()))

    now = screen.draft.text("dataset")
    value = now.removeprefix(FOLDER) if now.startswith(FOLDER) else ""
    hint = "A folder with one folder of pictures for each class, and maybe train, val and test."
    screen.app.push_screen(Enter("Folder of pictures", value, why_not, hint), put)


def _choose_start(screen: "NewRunScreen") -> None:
    from bench import catalog

    rows = [(DEFAULTS, "a small CNN on digits")]
    for name in screen.attempt(catalog.names) or []:
        try:
            rows.append((name, catalog.find(name).about))
        except DliError as error:  # a broken file of one's own does not hide the others
            rows.append((name, str(error)))

    def put(chosen: str | None) -> None:
        if chosen is not None:
            _confirm(screen, chosen)

    screen.app.push_screen(Pick("Start from", _table(rows), screen.draft.study or DEFAULTS), put)


def _confirm(screen: "NewRunScreen", chosen: str) -> None:
    """Ask before what was typed gives way to another start."""
    changed = len(screen.draft.changes())

    def begin(yes: bool | None) -> None:
        if yes:
            _begin(screen, chosen)

    if not changed:
        begin(True)
        return
    question = f"Start over from {chosen}?"
    detail = f"{changed} changed setting{'s' * (changed != 1)} will be lost."
    screen.app.push_screen(Ask(question, detail, "Start over"), begin)


def _begin(screen: "NewRunScreen", chosen: str) -> None:
    from bench import catalog

    if chosen == DEFAULTS:
        screen.begin(Draft({}))
        return
    study = screen.attempt(catalog.find, chosen)
    if study is not None:
        screen.begin(Draft(study.base, f"study {study.name}", study.name))
