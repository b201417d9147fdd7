"""`python -m tui`: the command line, for processes that start it without the installed script."""

from tui.cli import main

if __name__ == "__main__":
    main()
