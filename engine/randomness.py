"""Random numbers as functions of (seed, what for, epoch, step): nothing depends on history.

Order, augmentation, mixing and dropout each draw from their own derived seed, so that prefetching,
pausing or resuming cannot shift them. Importing this brings in no torch.
"""

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def derive(seed: int, *keys: int | str) -> int:
    """Return a 63-bit seed for one purpose: the same on every machine, unrelated to its neighbours.

    Args:
        seed: the run's seed.
        keys: what the numbers are for, like `"augment", epoch, step`.
    """
    text = "/".join(repr(key) for key in (seed, *keys))
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def generator(device: "torch.device | str", seed: int, *keys: int | str) -> "torch.Generator":
    """Return a fresh generator on `device`, seeded with `derive(seed, *keys)`."""
    import torch

    return torch.Generator(device).manual_seed(derive(seed, *keys))


def seed_everything(value: int, device: str) -> None:
    """Seed torch's own generators, which dropout draws from; about a microsecond on the CPU.

    `torch.manual_seed` seeds every backend and takes a hundred times as long: too slow per step.
    """
    import torch

    torch.default_generator.manual_seed(value)
    if device.startswith("cuda"):
        torch.cuda.manual_seed(value)
    elif device == "mps":
        torch.mps.manual_seed(value)
