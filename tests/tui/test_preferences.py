import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import ConfigError
from tui.preferences import Preferences, load, preferences_path, print_keys

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(text: str) -> Path:
        path = tmp_path / "tui.toml"
        path.write_text(text)
        return path

    return make


def test_the_file_lies_where_the_user_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLI_CONFIG", "/a/b.toml")
    assert preferences_path() == Path("/a/b.toml")
    monkeypatch.delenv("DLI_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/config")
    assert preferences_path() == Path("/config/dli/tui.toml")
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert preferences_path() == Path.home() / ".config/dli/tui.toml"


def test_no_file_means_defaults_unless_one_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DLI_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert load() == Preferences()
    monkeypatch.setenv("DLI_CONFIG", str(tmp_path / "mine.toml"))
    with pytest.raises(ConfigError, match=r"there is no file .*mine\.toml"):
        load()


def test_everything_can_be_set(write: Write) -> None:
    path = write(
        'theme = "nord"\nredraws_per_second = 2.5\n[keys]\n'
        '"run.pause" = "p"\nclasses.order = ["?", "shift+o", "ctrl+x"]\n'
    )

    assert load(path) == Preferences(
        "nord", 2.5, {"run.pause": "p", "classes.order": "question_mark,O,ctrl+x"}
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("theme = ", r"is not valid TOML"),
        ('them = "nord"', r"unknown setting 'them'\. Did you mean 'theme'\?"),
        ('theme = "nrd"', r"unknown theme 'nrd'\. Did you mean 'nord'\?"),
        ("theme = 3", r"unknown theme '3'"),
        ("redraws_per_second = 60", r"redraws_per_second is 60; it must be .* from 1 to 10"),
        ("redraws_per_second = true", r"redraws_per_second is True"),
        ('keys = "p"', r"keys must be a table"),
        ('[keys]\n"run.paus" = "p"', r"unknown key id 'run\.paus'\. Did you mean 'run\.pause'\?"),
        ('[keys]\n"run.pause" = "cntrl+p"', r"run\.pause is 'cntrl\+p', which is no key"),
        ('[keys]\n"run.pause" = 3', r"run\.pause is 3, which is no key"),
        ('[keys]\n"run.pause" = []', r"run\.pause has no key"),
        ('[keys]\n"run.pause" = "S"', r"run\.pause and run\.stop would both be 'S'"),
    ],
)
def test_a_mistake_gets_one_sentence_that_names_the_file(
    write: Write, text: str, sentence: str
) -> None:
    path = write(text)

    with pytest.raises(ConfigError, match=sentence) as told:
        load(path)

    assert str(path) in str(told.value)
    assert told.value.exit_code == 2


def test_two_keys_can_be_swapped(write: Write) -> None:
    path = write('[keys]\n"run.stop" = "K"\n"run.kill" = "S"\n')

    assert load(path).keys == {"run.stop": "K", "run.kill": "S"}


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        load(tmp_path)


def test_all_keys_are_printed_with_what_was_changed(capsys: pytest.CaptureFixture[str]) -> None:
    print_keys(Preferences(keys={"log.search": "f3,comma"}))

    lines = capsys.readouterr().out.splitlines()
    (search,) = [line for line in lines if line.startswith("log.search")]
    (order,) = [line for line in lines if line.startswith("classes.order")]
    assert search.split() == ["log.search", "f3", ",", "Search", "/"]
    assert order.split() == ["classes.order", "o", "Order"]


def test_preferences_need_no_torch_and_without_keys_no_screens(write: Write) -> None:
    program = (
        "import sys; from pathlib import Path; from tui import preferences\n"
        "preferences.load(Path(sys.argv[1]))\n"
        "assert not [name for name in sys.modules if name.startswith('tui.screens')]\n"
        "from tui.bindings import all_bindings; assert len(all_bindings()) > 50\n"
        "assert 'torch' not in sys.modules"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(write('theme = "dli-light"'))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
