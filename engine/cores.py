"""How much of this machine a process may use. Imports no torch."""

import os
import shutil
import subprocess
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


def gpus() -> tuple[str, ...]:
    """Return the CUDA devices that this process may use, as `CUDA_VISIBLE_DEVICES` names them."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return tuple(device for device in visible.split(",") if device not in ("", "-1"))
    if shutil.which("nvidia-smi") is None:
        return ()
    listed = subprocess.run(
        ["nvidia-smi", "-L"],  # noqa: S607  # wherever the driver put it
        capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    lines = [line for line in listed.stdout.splitlines() if line.startswith("GPU ")]
    return tuple(str(index) for index in range(len(lines)))


def usable_cores() -> int:
    """Return the number of cores this process may use: affinity and container quota, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:  # macOS
        cores = os.cpu_count() or 1
    quota = _cpu_quota(_CGROUP)
    return cores if quota is None else max(1, min(cores, int(quota)))


def _cpu_quota(root: Path) -> float | None:
    """Return how many cores' time the container may use, from cgroup v2 or v1; None is no limit."""
    limit = _words(root / "cpu.max") or (
        _words(root / "cpu" / "cpu.cfs_quota_us") + _words(root / "cpu" / "cpu.cfs_period_us")
    )
    if len(limit) != 2 or not all(word.isdecimal() for word in limit):
        return None  # "max" and "-1" mean no limit
    quota, period = map(int, limit)
    return quota / period


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []
