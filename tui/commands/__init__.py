"""The commands of `dli`, one file each; what they need is imported when they run."""
