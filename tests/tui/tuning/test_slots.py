import pytest

from bench.study import Study
from tests.tui.tuning.made_up import opened, searched
from tui.tuning.session import Session
from tui.tuning.slots import LOOKS, cells_of, slot_bar


def bar_of(study: Study, total: int, events: int | None = None) -> list[str]:
    session = Session(study)
    for event in list(searched(total))[:events]:
        session.fold(event)
    return [line.plain for line in slot_bar(session, 60)]


@pytest.mark.parametrize("total", [1, 2, 12, 59, 500])
@pytest.mark.parametrize("events", [1, 2, 5, None])
def test_the_bar_is_as_wide_as_the_screen(study: Study, total: int, events: int | None) -> None:
    assert len(bar_of(study, total, events)[0]) == 60


def test_every_state_has_a_cell_of_its_own_however_rare() -> None:
    cells = cells_of(
        {"complete": 9_000, "pruned": 900, "failed": 1, "running": 2, "waiting": 0}, 40
    )

    assert cells["failed"] == cells["running"] == 1
    assert sum(cells.values()) == 40
    assert cells["complete"] > cells["pruned"] > 2
    assert "waiting" not in cells


def test_the_bar_and_its_legend_show_the_states_in_one_order(study: Study) -> None:
    bar, legend = bar_of(study, 12)

    assert bar.endswith("  12 of 12")
    assert legend == "━ 9 complete  ╍ 1 pruned  ∅ 1 infeasible  × 1 failed"
    glyphs = [glyph for glyph, _ in LOOKS.values() if glyph in bar]
    assert [bar.index(glyph) for glyph in glyphs] == sorted(bar.index(glyph) for glyph in glyphs)


def test_a_study_with_nothing_to_do_has_an_empty_bar(study: Study) -> None:
    session = Session(study)
    session.fold(opened(target=0))

    assert [line.plain for line in slot_bar(session, 30)] == ["─" * 22 + "  0 of 0", ""]
