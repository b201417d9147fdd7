"""Tuning, studies, statistics and speed: everything between the engine and the screen."""
