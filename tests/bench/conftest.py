"""Studies that are quick to search on real data, and a PostgreSQL server of the tests' own."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.resolve import resolve
from bench.spec import read
from bench.storage import default_url
from bench.study import Study
from bench.tune import DataFacts, Plan, look_at_data
from engine.work import finish

QUICK = """
name = "quick"
about = "a search that takes seconds"
[base]
dataset = "digits"
epochs = 3
model = { name = "mlp", hidden = [16] }
optimizer = { name = "sgd", lr = 0.05, momentum = 0.9 }
schedule = { name = "constant" }
data = { subset = 400 }
[search]
startup = 4
pruner = "none"
[space]
"optimizer.lr" = { float = [1e-3, 1.0], log = true }
"optimizer.momentum" = { float = [0.0, 0.9], step = 0.3 }
[[baseline]]
name = "as it is"
[confirm]
top = 1
seeds = 2
"""


def make_study(text: str = QUICK, **changes: Any) -> Study:
    """Return the study of a text; `changes` replace one line's value, by its key."""
    lines = text.splitlines()
    for key, value in changes.items():
        assert any(line.startswith(f"{key} =") for line in lines), key
        lines = [f"{key} = {value}" if line.startswith(f"{key} =") else line for line in lines]
    return resolve(read("\n".join(lines), "quick.toml"))


def facts_of(study: Study) -> DataFacts:
    """Return what a study's identity needs of its data."""
    return finish(look_at_data(study))


@pytest.fixture(name="make_study")
def make_study_fixture() -> Callable[..., Study]:
    """Return `make_study`."""
    return make_study


@pytest.fixture
def make_plan(tmp_path: Path) -> Callable[..., Plan]:
    """Return a function that plans a search in the test's own folder."""

    def make(study: Study | None = None, **changes: Any) -> Plan:
        study = study or make_study()
        plan = Plan(
            study=study,
            overrides=(),
            data=facts_of(study),
            url=default_url(tmp_path),
            root=tmp_path,
            trials=4,
            workers=2,
            threads=1,
        )
        return replace(plan, **changes)

    return make


class Postgres:
    """A server on a free local port, with its data in a folder that it owns."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder, self._programs = folder, programs
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._as_owner("initdb", "-A", "trust", "-U", "dli", "--no-sync")

    @property
    def url(self) -> str:
        """The storage that it is."""
        return f"postgresql://dli@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self._folder}"
        self._as_owner("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop at once, as a crash does."""
        self._as_owner("pg_ctl", "-w", "-m", "immediate", "stop", check=False)

    def _as_owner(self, program: str, *arguments: str, check: bool = True) -> None:
        """Run one of its programs; it refuses root, whose tests run it as the user postgres."""
        done = subprocess.run(
            [str(self._programs / program), "-D", str(self._folder / "data"), *arguments],
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            user="postgres" if os.geteuid() == 0 else None,
        )
        assert not check or done.returncode == 0, done.stderr.decode()


@pytest.fixture
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """Give a running server, or skip where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="psycopg is not installed (dli[postgres])")
    programs = found[-1].parent if found else Path(str(on_path)).parent
    folder = Path(f"/tmp/dli-postgres-{os.getpid()}")  # noqa: S108  # a user other than root enters
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    server = Postgres(folder, programs)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
