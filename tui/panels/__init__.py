"""Parts of screens that draw a run; each is a function of a `RunView`."""
