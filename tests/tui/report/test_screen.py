import io
import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from select import select
from threading import Event, Thread

import pytest
from rich.cells import cell_len
from rich.console import Console

from bench.report.types import Report
from tui.report import print_comparison, print_report
from tui.report.comparison import comparison_page
from tui.report.page import Page
from tui.report.screen import draw_page
from tui.report.study import study_page

GOLDEN = Path(__file__).with_name("report_80.txt")
COPIED = ("repeat it", "storage", "  --set")  # lines that are never broken


def drawn(page: Page, width: int = 80, **options: object) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width, **options)  # type: ignore[arg-type]
    draw_page(page, console)
    return file.getvalue().split("\n")


def test_a_pipe_gets_the_whole_report_as_plain_text(
    report: Report, capsys: pytest.CaptureFixture[str]
) -> None:
    print_report(report)

    out = capsys.readouterr().out
    assert out == GOLDEN.read_text(encoding="utf-8")
    assert "\x1b" not in out
    assert max(map(cell_len, out.split("\n"))) <= 80


@pytest.mark.parametrize("name", ["report", "nothing", "broken", "crowded"])
@pytest.mark.parametrize("width", [24, 40, 60, 80, 100, 120])
def test_no_line_is_wider_than_the_screen(
    name: str, width: int, request: pytest.FixtureRequest
) -> None:
    report = request.getfixturevalue(name)

    for page in (study_page(report), comparison_page([report, report])):
        for line in drawn(page, width):
            assert cell_len(line) <= width or line.startswith(COPIED), line


@pytest.mark.parametrize("name", ["report", "nothing", "broken", "crowded"])
def test_no_name_or_message_brings_control_codes_or_markup_to_work(
    name: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    report = request.getfixturevalue(name)

    print_report(report)
    print_comparison([report, report])

    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert ("[red]a|b<i>c" in out) == (name == "broken")


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> Iterator[bytearray]:
    """Make stdout a terminal; gives what it is sent, read while it is written as a screen does."""
    ours, theirs = pty.openpty()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", str(columns))
    sent, done = bytearray(), Event()

    def read() -> None:
        while select([ours], [], [], 0.05)[0] or not done.is_set():
            if select([ours], [], [], 0)[0]:
                sent.extend(os.read(ours, 65536))

    reader = Thread(target=read)
    reader.start()
    with os.fdopen(theirs, "w", encoding="utf-8") as file:
        monkeypatch.setattr("sys.stdout", file)
        yield sent
        file.flush()
        done.set()
        reader.join()
    os.close(ours)


def on_terminal(report: Report, monkeypatch: pytest.MonkeyPatch, columns: int) -> str:
    with terminal(monkeypatch, columns) as sent:
        print_report(report)
    return sent.decode()


def test_a_terminal_gets_colours(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)

    sent = on_terminal(report, monkeypatch, columns=100)

    assert "\x1b[38;5;39m" in sent
    assert "● confirmed  ○ search" in sent, "a wide terminal shows the intervals"


def test_no_color_means_no_control_codes_at_all(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    sent = on_terminal(report, monkeypatch, columns=100)

    assert "Verdict: better" in sent
    assert "\x1b" not in sent


def test_a_very_wide_terminal_is_not_filled(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    sent = on_terminal(report, monkeypatch, columns=300)

    assert max(map(cell_len, sent.split("\r\n"))) == 120


def test_the_sections_stand_in_the_order_in_which_they_are_read(report: Report) -> None:
    text = "\n".join(drawn(study_page(report)))

    headings = (
        "─ Verdict: better ─",
        "\nTop configurations ",
        "\nInsights ",
        "\nBest so far ",
        "\nImportance ",
        "\nSlices ",
        "\nTop trials on rails ",
        "\nAccuracy against cost ",
        "\nHow the search went ",
        "\nTo repeat it ",
    )
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)


def test_what_is_not_known_is_left_out(nothing: Report) -> None:
    lines = drawn(study_page(nothing))

    assert "│ No trial has finished yet." in "\n".join(lines)
    assert len(lines) < 10
    assert "1 trial (1 running), 15 epochs each, 1,437 val pictures" in lines


def test_a_command_is_never_broken_into_lines(report: Report) -> None:
    command = "dli tune --study digits_cnn " + "--set model.width=96 " * 9 + "--trials 18"
    long = replace(report, facts={"command": command})

    assert f"repeat it  {command}" in drawn(study_page(long), 60)
