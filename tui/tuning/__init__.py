"""What `dli tune` shows while it searches and confirms: a live view, lines, or events as JSON."""

from tui.tuning.watching import watch

__all__ = ["watch"]
