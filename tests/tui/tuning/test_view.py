import io
import math
from collections.abc import Iterable
from pathlib import Path

import pytest
from rich.console import Console

from bench.study import Study
from bench.tuning_events import Believed, StageBegan, TuningEvent
from tests.tui.tuning.made_up import (
    START,
    began,
    confirmed,
    ended,
    incidents,
    odd,
    opened,
    record,
    searched,
    write_state,
)
from tui.tuning.chart import value_plot
from tui.tuning.running import read_states
from tui.tuning.session import Session
from tui.tuning.view import TuningView

SIZES = [(80, 24), (120, 40), (200, 60), (110, 16), (60, 16), (40, 10), (20, 4)]


def draw(
    study: Study, events: Iterable[TuningEvent], root: Path, size: tuple[int, int] = (80, 24)
) -> list[str]:
    session = Session(study)
    for event in events:
        session.fold(event)
    return shown(session, root, size)


def shown(session: Session, root: Path, size: tuple[int, int]) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=size[0], height=size[1])
    console.print(TuningView(color=False)(session, read_states(session, root), size))
    return [line.rstrip() for line in file.getvalue().removesuffix("\n").split("\n")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Run folders of some trainings."""
    write_state(tmp_path, "run-13", 4)
    write_state(tmp_path, "run-confirm-3", 5)
    return tmp_path


@pytest.mark.parametrize("name", ["search_80", "confirm_80", "search_120"])
def test_the_view_is_as_it_was_designed(study: Study, root: Path, name: str) -> None:
    stage, columns = name.split("_")
    events = [*searched(), *incidents(), *(confirmed() if stage == "confirm" else ())]
    size = (80, 24) if columns == "80" else (120, 40)

    text = "\n".join(draw(study, events, root, size)) + "\n"

    assert text == Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("total", "workers"), [(1, 1), (12, 2), (500, 16)])
def test_the_view_fits_at_any_size_and_time(
    study: Study, root: Path, size: tuple[int, int], total: int, workers: int
) -> None:
    events = [*searched(total, workers), *incidents(), *confirmed(), ended()]
    session, checked = Session(study), set(range(0, len(events), max(1, len(events) // 20)))
    for place, event in enumerate(events):
        session.fold(event)
        if place in checked | {len(events) - 1}:
            lines = shown(session, root, size)
            assert len(lines) == size[1] or place == 0
            assert max(map(len, lines)) <= size[0]
            assert lines[-1][:2] == "^C"


def test_sixteen_workers_on_a_small_screen_are_cut_and_their_number_told(
    study: Study, root: Path
) -> None:
    events = [*searched(32, 16), *(began(number, START + 500) for number in range(32, 48))]

    lines = draw(study, events, root)

    first = next(place for place, line in enumerate(lines) if line.startswith("trial  worker"))
    rows = lines[first + 1 : first + 10]
    assert [line.split()[0] for line in rows] == [str(number) for number in range(32, 41)]
    assert lines[first + 10] == "and 7 more"
    assert not any("more" in line for line in draw(study, events, root, (120, 40)))


def test_the_first_trial_alone_has_its_place_in_the_chart(study: Study, root: Path) -> None:
    lines = draw(study, searched(1, 1), root)

    assert any("1 of 1" in line for line in lines)
    assert any("85.00 %  trial 0  baseline" in line for line in lines)
    assert "nothing yet" not in "\n".join(lines)


def test_before_anything_ended_nothing_is_claimed(study: Study, root: Path) -> None:
    text = "\n".join(draw(study, [opened(), StageBegan(START, "search", 12, 0)], root))

    for part in (
        "speed and time left are known after two trials",
        "workers are starting",
        "nothing yet",
        "not known yet",
        "best         –",
    ):
        assert part in text
    assert "failure" not in text
    assert "nan" not in text


def test_an_overdue_end_is_not_promised_in_no_time(study: Study, root: Path) -> None:
    text = "\n".join(draw(study, searched(), root))

    assert "trials/hour" in text
    assert " left" not in text


def test_what_a_search_before_reached_is_in_the_chart_or_at_least_counted(study: Study) -> None:
    unknown, known = Session(study), Session(study, [record(0), record(1)])
    for session in (unknown, known):
        session.fold(opened(finished=2))
        session.fold(StageBegan(START, "search", 10, 2))
        session.trials.append(record(2))

    assert list(value_plot(unknown).curves[1].x) == [3]
    assert list(value_plot(known).curves[1].x) == [1, 2, 3]


def test_the_best_so_far_never_falls_and_baselines_are_levels(study: Study) -> None:
    values = [0.5, 0.7, 0.6, 0.8]
    trials = [record(number, value=value) for number, value in enumerate(values)]
    plot = value_plot(Session(study, [*trials, odd(5), record(7, value=math.nan)]))

    best, finished, level = plot.curves
    assert list(best.y) == [0.5, 0.7, 0.7, 0.8, 0.8]
    assert list(best.x) == [1, 2, 3, 4, 6]
    assert list(finished.y) == values
    assert (level.name, list(level.y), level.kind) == ("as published", [0.5, 0.5], "level")


def test_one_bad_trial_does_not_flatten_the_chart(study: Study) -> None:
    values = [0.90, 0.91, 0.92, 0.93, 0.10]
    plot = value_plot(
        Session(study, [record(number, value=value) for number, value in enumerate(values)])
    )

    assert 0.8 < plot.floor < 0.9


def test_shares_that_are_no_numbers_do_no_harm(study: Study, root: Path) -> None:
    believed = Believed(START + 60, {"optimizer.lr": math.nan, "model.batch_norm": 1.0})

    for size in ((80, 24), (120, 40)):
        text = "\n".join(draw(study, [*searched(), believed], root, size))
        assert "batch_norm ━" in text.replace("batch_norm  ", "batch_norm ")


def test_a_terminal_cannot_be_broken_by_a_message(study: Study, root: Path) -> None:
    session = Session(study)
    for event in (opened(), StageBegan(START, "search", 12, 0)):
        session.fold(event)
    session.trials.append(record(1, state="failed", cause="A\x1b[2J\n", message="b\r\n\tc"))

    assert all(line.isprintable() for line in shown(session, root, (120, 40)))
