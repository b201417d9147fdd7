"""A process's memory: how much it may take, and that it keeps what it freed. Imports no torch.

Every step needs again what the one before it freed, but glibc gives each large buffer back to the
system at once, and the next step pays for fresh pages.
Measured on two cores, a bare bf16 loop: 4,220 → 5,040 images/s for the default cnn at 3x32x32,
batch 128 (two runs each), and 265,000 → 7,000 page faults in 100 steps.
"""

import ctypes
import platform
import resource
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4  # of <malloc.h>
_KEEP = 2**31 - 1
_GROW_BY = 64 << 20


@cache
def keep_freed_memory() -> bool:
    """Make this process keep freed buffers for reuse; tell whether its C library can."""
    if platform.libc_ver()[0] != "glibc":
        return False
    tune = ctypes.CDLL(None).mallopt
    settings = {_MMAP_MAX: 0, _TRIM_THRESHOLD: _KEEP, _TOP_PAD: _GROW_BY}
    return all(tune(key, value) == 1 for key, value in settings.items())


def available_memory() -> int | None:
    """Return the bytes that new processes may take here, container limits counted, if known."""
    found = []
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        line = next(line for line in lines if line.startswith("MemAvailable:"))
        found.append(int(line.split()[1]) * 1024)
    with suppress(OSError, ValueError):
        cgroup = Path("/sys/fs/cgroup")
        limit = int((cgroup / "memory.max").read_text())  # "max" is no number, and no limit
        found.append(limit - int((cgroup / "memory.current").read_text()))
    return max(min(found), 0) if found else None


def limit_memory(num_bytes: int | None) -> None:
    """Make allocations over the limit fail with an error, before the kernel kills the process.

    Linux counts private memory that can be written (`RLIMIT_DATA`); elsewhere nothing is done.
    """
    if num_bytes is not None and sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (num_bytes, num_bytes))
