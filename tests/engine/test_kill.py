"""Nothing is lost: killed at any moment, a resumed run equals one that nobody disturbed."""

import json
import subprocess
import sys
from pathlib import Path

DRIVER = Path(__file__).with_name("kill_driver.py")
RANDOM_KILLS = 10
FORKS = 6


def test_a_run_killed_at_any_moment_resumes_to_the_same_history_and_weights(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(tmp_path), "1", str(RANDOM_KILLS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert len(outcomes) == RANDOM_KILLS + 12 + FORKS
    assert {name: told for name, told in outcomes.items() if told} == {}
