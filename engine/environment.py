"""What a run ran on: versions and machine, written beside its results. Imports no torch itself."""

import json
import os
import platform
import socket
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from engine.files import write_atomically
from engine.runs import RunFolder

if TYPE_CHECKING:
    from engine.precision import Machine

PACKAGES = (
    "dli", "torch", "torchvision", "numpy", "pydantic", "safetensors", "pillow", "scikit-learn",
    "optuna", "typer", "rich", "textual", "plotext",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Return the version of Python and of each package, from their metadata; "missing" if none."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found


def processor() -> str:
    """Return the processor's name as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def gpu(device: str) -> str | None:
    """Return the name of the GPU that is computed on, or None on the CPU and on a Mac."""
    if device != "cuda":
        return None
    import torch

    return torch.cuda.get_device_name()


def environment(machine: "Machine") -> dict[str, object]:
    """Return versions, machine, and what was chosen to compute with, as plain data."""
    return {
        "versions": versions(),
        "system": platform.platform(),
        "host": socket.gethostname(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "device": machine.device,
        "gpu": gpu(machine.device),
        "precision": machine.precision,
        "threads": machine.threads,
        "reasons": list(machine.reasons),
        "command": sys.argv,
    }


def write_environment(folder: RunFolder, machine: "Machine") -> None:
    """Write `environment.json` into the run's folder.

    Raises:
        StorageError: the disk is full or read-only.
    """
    content = json.dumps(environment(machine), indent=1).encode()
    write_atomically(folder["environment.json"], content)
