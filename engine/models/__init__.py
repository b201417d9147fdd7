"""One folder per model family: `spec.py` without torch, `net.py` with the modules."""
