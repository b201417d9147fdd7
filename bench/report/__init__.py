"""What a finished or unfinished study teaches: computed here, drawn by `tui`."""
