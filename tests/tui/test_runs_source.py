"""The runs of a folder as they come, change, die and go."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.runs import RunFolder, list_runs
from tests.tui.made_up_runs import make_run, write_state
from tui.listing import row
from tui.runs_source import RunsSource


def _states(source: RunsSource) -> dict[str, str]:
    source.forget()
    while source.refresh():
        pass
    return {name: shown.state for name, shown in source.rows.items()}


def test_runs_come_change_and_go(tmp_path: Path) -> None:
    source = RunsSource(tmp_path / "runs")
    before = _states(source)
    first = make_run(source.root, "a")
    (source.root / ".trash").mkdir()
    (source.root / "notes").mkdir()
    (source.root / "notes.txt").touch()
    found = _states(source)
    version = source.version
    write_state(first, status="", updated=1.0)
    changed = _states(source)
    shutil.rmtree(first.path)

    assert before == {}
    assert found == {"a": "completed"}
    assert changed == {"a": "interrupted"}
    assert source.version > version
    assert _states(source) == {}
    assert source.died == [], "it was not seen alive"


def test_nothing_is_read_again_where_nothing_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        make_run(tmp_path, name)
    source = RunsSource(tmp_path)
    _states(source)
    version, reads = source.version, []
    monkeypatch.setattr("tui.runs_source.row", lambda folder: reads.append(folder.id))

    _states(source)

    assert (source.version, reads) == (version, [])


def test_a_run_whose_lock_falls_free_without_a_word_has_died(tmp_path: Path) -> None:
    killed, finished = (make_run(tmp_path, name, status="") for name in ("killed", "finished"))
    source = RunsSource(tmp_path)
    with killed.lock():
        with finished.lock():
            states = _states(source)
            live = [shown.run for shown in source.live]
            write_state(finished, status="completed")
        source.refresh()
    source.refresh()  # of live runs at once, not at the next look at all

    assert states == {"killed": "running", "finished": "running"}
    assert sorted(live) == ["finished", "killed"]
    assert [shown.run for shown in source.died] == ["killed"]
    assert source.rows["killed"].state == "interrupted"
    assert source.rows["finished"].state == "completed"


def test_a_long_list_is_read_in_passes_newest_first(tmp_path: Path) -> None:
    for number in range(5):
        make_run(tmp_path, f"2026010{number}-120000-digits-cnn")
    source = RunsSource(tmp_path)

    has_more = source.refresh(seconds=0.0)

    assert has_more
    assert not source.is_whole
    assert list(source.rows) == ["20260104-120000-digits-cnn"]
    assert len(_states(source)) == 5
    assert source.is_whole


def test_damaged_and_foreign_files_are_unreadable_runs_or_none(tmp_path: Path) -> None:
    for name, text in (("cut", '{"run": "c'), ("future", '{"schema": 9, "epochs": [1]}')):
        make_run(tmp_path, name)["state.json"].write_text(text)
    make_run(tmp_path, "bare")["state.json"].unlink()
    (tmp_path / "bare" / "config.json").write_text("{")
    (tmp_path / "link").symlink_to("link")

    assert _states(RunsSource(tmp_path)) == dict.fromkeys(("cut", "future", "bare"), "unreadable")


@pytest.fixture
def forbidden() -> Iterator[Path]:
    """Return a runs folder that holds a run which one may not look into."""
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    make_run(root, "mine")
    make_run(root, "locked").path.chmod(0)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)  # nobody: permissions do not bind root
    try:
        yield root
    finally:
        if is_root:
            os.seteuid(0)
        (root / "locked").chmod(0o700)
        shutil.rmtree(root)


def test_a_run_without_permission_is_unreadable_and_takes_nothing_down(forbidden: Path) -> None:
    expected = {"mine": "completed", "locked": "unreadable"}

    assert _states(RunsSource(forbidden)) == expected
    assert {run.id: row(run).state for run in list_runs(forbidden)} == expected


def test_a_runs_folder_that_cannot_be_read_is_told_and_keeps_what_was_known(
    tmp_path: Path,
) -> None:
    make_run(tmp_path / "runs", "a")
    source = RunsSource(tmp_path / "runs")
    _states(source)
    (tmp_path / "runs").rename(tmp_path / "elsewhere")
    (tmp_path / "runs").write_text("a file")

    source.forget()
    source.refresh()

    assert "Cannot read the runs folder" in source.problem
    assert list(source.rows) == ["a"]


def test_a_thousand_runs_are_listed_at_once_and_looked_through_in_no_time(tmp_path: Path) -> None:
    make_run(tmp_path, "run-0")
    for number in range(1, 1000):
        path = tmp_path / f"run-{number}"
        path.mkdir()
        for name in ("config.json", "state.json"):
            os.link(tmp_path / "run-0" / name, path / name)
    source, times = RunsSource(tmp_path), []
    for _ in range(3):
        began = time.process_time()
        _states(source)
        times.append(time.process_time() - began)

    assert len(source.rows) == 1000
    assert times[0] < 0.3
    assert min(times[1:]) < 0.02


def test_a_run_is_read_again_when_asked(tmp_path: Path) -> None:
    folder = make_run(tmp_path, "a", status="")
    source = RunsSource(tmp_path)
    _states(source)

    with RunFolder(folder.path).lock():
        source.reread("a")

        assert source.rows["a"].state == "running"
