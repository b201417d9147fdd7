"""One file per source of pictures; each has a `SPEC` or `SPECS`."""
