"""Tells the C library to keep freed memory, which every step needs again. Imports no torch.

glibc gives each large buffer back to the system at once, and the next step pays for fresh pages.
Measured on two cores, a bare bf16 loop: 4,220 → 5,040 images/s for the default cnn at 3x32x32,
batch 128 (two runs each), and 265,000 → 7,000 page faults in 100 steps.
"""

import ctypes
import platform
from functools import cache

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
