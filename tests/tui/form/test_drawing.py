"""How a row and its help are drawn."""

import pytest
from rich.style import Style

from tui.form.drawing import Look, Row, about, none_text
from tui.form.fields import LABEL, fields_in

_NONE = Style.null()
_LOOK = Look(_NONE, _NONE, _NONE, _NONE, _NONE)


@pytest.mark.parametrize(
    ("path", "told"),
    [("model.width", "none: 32"), ("stop.patience", "none: never"), ("threads", "none")],
)
def test_a_setting_that_is_none_says_what_that_means_where_its_description_does(
    path: str, told: str
) -> None:
    assert none_text(fields_in("cnn", "sgd", "one_cycle")[path]) == told


def test_a_help_text_that_does_not_fit_ends_in_dots() -> None:
    row = Row(fields_in("cnn", "sgd", "one_cycle")["data.image_size"], "")

    lines = about(row, "", _LOOK, (60, 3)).plain.split("\n")
    assert lines[-1].endswith(" …")
    assert all(len(line) <= 60 for line in lines[1:])
    assert "…" not in about(row, "", _LOOK, (100, 4)).plain


def test_the_row_of_a_run_s_name_is_called_as_on_the_command_line() -> None:
    assert fields_in("cnn", "sgd", "one_cycle")[LABEL].name == "name"
