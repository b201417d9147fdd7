"""Sources of pictures, and the cache that a run, the console and the UI read them from.

Imports no torch. To add a data set, add one file to `engine/data/sources/`.
"""
