"""What time it is for everything on a screen; tests stop this clock."""

import time


def now() -> float:
    """Return seconds since 1970."""
    return time.time()
