"""What Compare says of runs that cannot be paired."""

from pathlib import Path

import numpy as np
import pytest

from engine.config import parse
from engine.runs import create_run
from tui.compare_tables import Rival, figure_rows, verdict
from tui.comparing import Judged
from tui.sources import RunSource

SOME = Judged("a", np.arange(20), np.arange(20) > 3)
OTHERS = Judged("b", np.arange(20), np.arange(20) > 5)


@pytest.fixture
def rivals(tmp_path: Path, request: pytest.FixtureRequest) -> list[Rival]:
    """Two runs that have begun, and what is known of how each was judged."""
    return [
        (RunSource(create_run(tmp_path, parse({}), name)).view(), known)
        for name, known in zip("ab", request.param, strict=True)
    ]


@pytest.mark.parametrize(
    ("rivals", "gaps", "words"),
    [
        ((SOME, None), ["base", "not judged yet"], "2 is not judged on val yet"),
        ((None, SOME), ["base", "base not judged yet"], "1 is not judged on val yet"),
        ((None, None), ["base", "not judged yet"], "1, 2 are not judged on val yet"),
        ((SOME, OTHERS), ["base", "other pictures"], "not judged on the same val pictures"),
    ],
    indirect=["rivals"],
)
def test_why_there_is_no_paired_test(rivals: list[Rival], gaps: list[str], words: str) -> None:
    base = rivals[0][0].folder.id

    assert [row[3].plain for row in figure_rows(rivals, base, ["red", "blue"])] == gaps
    assert words in verdict(rivals, base).plain
