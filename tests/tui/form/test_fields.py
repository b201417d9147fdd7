"""The form's rows, made from the config's own descriptions and bounds."""

from pydantic import BaseModel

from engine.config import RunConfig
from engine.config_errors import fields_of
from engine.overrides import NAMED_SECTIONS
from tui.form.fields import LABEL, SECTIONS, START, Field, fields_in, in_section, kinds_of


def _paths(options: type[BaseModel], prefix: str = "") -> set[str]:
    """Return all settings of a class of options, by the classes of their defaults."""
    found = set()
    for name, info in options.model_fields.items():
        default = info.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            found |= _paths(type(default), f"{prefix}{name}.")
        else:
            found.add(f"{prefix}{name}")
    return found


def test_every_setting_of_a_run_has_a_row_in_a_section_with_a_description() -> None:
    fields = fields_in("cnn", "sgd", "one_cycle")
    shown = {field.path for section in SECTIONS for field in in_section(section, fields)}

    assert shown == _paths(RunConfig) | {START, LABEL}
    assert all(field.description for field in fields.values())


def test_every_kind_of_a_section_has_the_rows_of_its_own_options() -> None:
    for section in NAMED_SECTIONS:
        names = {"model": "cnn", "optimizer": "sgd", "schedule": "one_cycle"}
        for kind in kinds_of(section):
            options = fields_of(RunConfig, section, kind)
            assert options is not None
            fields = fields_in(**(names | {section: kind}))
            own = {path for path in fields if path.startswith(f"{section}.")}
            assert own == {f"{section}.{name}" for name in options.model_fields}


def test_a_row_says_what_it_may_be() -> None:
    fields = fields_in("cnn", "muon", "one_cycle")

    def told(path: str) -> tuple[str, str, object]:
        field: Field = fields[path]
        return field.kind, field.allowed, field.default

    assert told("epochs") == ("text", "a whole number, 1 to 100,000", 15)
    assert told("optimizer.lr") == ("text", "a number above 0", 0.02)
    assert told("optimizer.momentum") == ("text", "a number, 0 to below 1", 0.95)
    assert told("data.val_fraction") == ("text", "a number above 0 and below 1", 0.1)
    assert told("model.dense") == ("text", "a list of whole numbers, 1 to 8,192", [])
    assert told("model.width") == ("text", "a whole number, 1 to 8,192 or none", None)
    assert told("seed") == ("text", "a whole number, at least 0", 0)
    assert told("optimizer.decay_on")[1] == "all, weights or a list of texts"
    assert told("test") == ("switch", "", True)
    assert fields["model.kernel_size"].choices == (1, 3, 5, 7)
    assert "mnist" in fields["dataset"].choices
