"""`docs/STUDIES.md` knows every key of a study file, with its default, and its example works."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic_core import PydanticUndefined

from bench.dimensions import _KEYS
from bench.resolve import _NOT_SEARCHED, resolve
from bench.spec import KEYS, Baseline, Claim, Confirm, Goal, Limits, Search, StudyFile, read
from engine.options import Options

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "STUDIES.md").read_text()
SECTIONS: dict[str, type[Options]] = {
    "claim": Claim,
    "goal": Goal,
    "search": Search,
    "limits": Limits,
    "baseline": Baseline,
    "confirm": Confirm,
}


def _defaults() -> Iterator[tuple[str, str]]:
    """Yield each key with its default as the table writes it."""
    for key in KEYS:
        section = SECTIONS.get(key)
        if section is None:
            yield key, _shown(StudyFile.model_fields[key].default)
            continue
        for inner, field in section.model_fields.items():
            yield f"{key}.{inner}", _shown(field.default)


def _shown(default: object) -> str:
    if default is PydanticUndefined:
        return "required"
    if default is None:
        return "none"
    return '`""`' if default == "" else f"`{default}`"


def test_every_key_stands_in_the_table_with_its_default_and_nothing_else_does() -> None:
    keys = TEXT.partition("## Keys")[2].partition("## ")[0]
    rows = re.findall(r"^\| `([a-z_.]+)` \| (.+?) \| .+ \|$", keys, re.MULTILINE)

    assert rows == sorted(_defaults(), key=lambda row: [key for key, _ in rows].index(row[0]))


def test_every_word_of_a_dimension_and_every_refused_setting_is_explained() -> None:
    space = TEXT.partition("## The space")[2]

    assert all(re.search(rf"`(\{{ )?{key} = ", space) for key in _KEYS)
    assert all(f"`{path}`" in space for path in _NOT_SEARCHED)


def test_the_example_is_a_sound_study() -> None:
    (example,) = re.findall(r"```toml\n(.+?)```", TEXT, re.DOTALL)

    study = resolve(read(example, "mine.toml"))

    assert tomllib.loads(example)["name"] == "mine"
    assert study.warnings == ()
    assert [b.name for b in study.baselines] == ["no dropout", "the usual quarter"]
    assert study.pruner() == "halving"


def test_the_readme_leads_to_the_page() -> None:
    assert "(docs/STUDIES.md)" in (ROOT / "README.md").read_text()
