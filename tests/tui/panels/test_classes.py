from engine.events import ClassCounts
from engine.history import History
from tests.tui.panels.in_tab import in_tab
from tests.tui.screens.conftest import WIDE, OpenLab
from tests.tui.screens.golden import screen_text
from tui.class_history import ClassHistory
from tui.palette import DARK
from tui.panels.class_rows import ORDERS, ClassTable
from tui.panels.classes import ClassesPanel
from tui.panels.rows import Rows
from tui.sources import RunSource


def table(counts: list[ClassCounts], **changes: object) -> ClassTable:
    history, past = History(), ClassHistory()
    history.counts = counts
    past.take(history)
    number = len(counts[0].support)
    given: dict[str, object] = {
        "names": [f"class {place}" for place in range(number)], "past": past, "epoch": len(counts),
        "epochs": len(counts), "width": 78, "palette": DARK, "ascii_only": False,
        "order_name": ORDERS[0],
    } | changes  # fmt: skip
    return ClassTable(**given)  # type: ignore[arg-type]


def counts(*correct: int) -> ClassCounts:
    number = len(correct)
    return ClassCounts((10,) * number, (10,) * number, correct)


def test_a_row_has_a_cell_for_each_epoch_and_the_scores_of_the_followed_one() -> None:
    shown = table([counts(0, 10), counts(5, 10), counts(10, 10)])

    first, second = shown.row(0).plain, shown.row(1).plain

    cell = shown._cell_width
    assert first[9 : 9 + 3 * cell] == "▁" * cell + "▄" * cell + "█" * cell
    assert second[9 : 9 + 3 * cell] == "█" * 3 * cell
    assert first.split()[-4:] == ["%", "100.0", "%", "best"]


def test_many_epochs_are_drawn_by_the_worst_of_each_cell_so_that_no_dip_is_lost() -> None:
    course = [counts(10, 10)] * 1000
    course[500] = counts(0, 10)
    shown = table(course, ascii_only=True)

    strip = shown.row(0).plain[9:].split()[0]

    assert sorted(set(strip)) == [".", "@"]
    assert strip.count(".") == 1
    assert "each cell the lowest of" in table(course, width=198).about().plain
    assert shown.heading().cell_len <= 78


def test_the_chart_of_one_run_is_not_that_of_another() -> None:
    shown = table([counts(2, 10), counts(5, 10)])
    before = shown.chart(0)
    other = History()
    other.counts = [counts(9, 10), counts(10, 10)]
    shown.past.take(other)

    assert not shown.chart(0).equals(before)


def test_epochs_that_are_to_come_have_their_place() -> None:
    shown = table([counts(10, 10)] * 2, epochs=4)

    cell = shown._cell_width
    assert shown.row(0).plain[9 : 9 + 4 * cell] == "█" * 2 * cell + "·" * 2 * cell


def test_classes_are_sorted_by_their_score_or_by_what_they_lost() -> None:
    course = [counts(9, 2, 8), counts(5, 3, 8)]

    assert table(course).order.tolist() == [0, 1, 2]
    assert table(course, order_name="worst F1 first").order.tolist() == [1, 0, 2]
    assert table(course, order_name="biggest loss first").order.tolist() == [0, 1, 2]
    assert table([*course, counts(9, 1, 8)], order_name="biggest loss first").order[0] == 1


def test_the_sentence_counts_pictures_and_names_the_best_epoch() -> None:
    course = [counts(9, 2), counts(5, 3)]

    assert table(course).sentence(0).plain == (
        "class 0 at epoch 2: 5 of 10 val pictures recognised, 5 others taken for it. "
        "F1 50.0 % is 2nd lowest of 2, 40.0 points below epoch 1."
    )
    assert table(course).sentence(1).plain.endswith("is the lowest of 2, its best so far.")


def test_rows_fit_whatever_the_width_and_the_names() -> None:
    for width in (78, 98, 118, 198):
        names = ["a name that is longer than any column"] * 2
        shown = table([counts(9, 2)] * 300, names=names, width=width)
        lengths = {shown.row(0).cell_len, shown.row(1).cell_len, shown.heading().cell_len}
        assert lengths == {shown.row(0).cell_len}
        assert max(lengths) <= width


async def test_the_keys_choose_a_class_an_epoch_and_an_order(lab: OpenLab) -> None:
    app = lab(WIDE)
    async with app.run_test(size=(80, 24)) as pilot:
        panel = await in_tab(pilot, "classes", ClassesPanel)
        assert "order: class" in screen_text(app)
        await pilot.press("down", "j", "up", "k", "end", "home", "pagedown")
        await pilot.press("o")
        assert "worst F1 first" in screen_text(app)
        assert "9 at epoch 10" in screen_text(app), "the chosen class stays chosen"
        await pilot.press("[", "[")
        assert "epoch 8 of 10" in screen_text(app)
        await pilot.press("]", "]")
        assert panel.epoch is None, "the newest is followed again"
        await pilot.press("o", "o", "pageup")
        assert panel.order_name == ORDERS[0]
        assert panel.query_one(Rows).chosen == 0
        await pilot.click(Rows, offset=(5, 3))
        assert "3 at epoch 10" in screen_text(app)


async def test_ascii_and_a_run_without_epochs(lab: OpenLab) -> None:
    app = lab(WIDE, ascii_only=True)
    async with app.run_test(size=(120, 40)) as pilot:
        panel = await in_tab(pilot, "classes", ClassesPanel)
        rows = panel.query_one(Rows)
        assert all(rows.render_line(y).text.isascii() for y in range(10))
        empty = RunSource(panel.view.folder)  # type: ignore[union-attr]  # it was shown
        panel.show(empty.view())
        assert "No epoch is complete yet" in screen_text(app)
