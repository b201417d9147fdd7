"""The engine: what a run is, says and does. Importing this package imports no torch."""
