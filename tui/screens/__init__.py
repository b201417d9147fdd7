"""The screens of `dli tui`, one module each."""
