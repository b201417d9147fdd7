"""Chooses what a run computes with: device, number format and threads, each with its reason."""

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

import torch

from engine.cores import usable_cores
from engine.errors import MachineError

Precision = Literal["fp32", "bf16"]


@dataclass(frozen=True)
class Machine:
    """What a run computes with; `reasons` has one sentence for each choice."""

    device: str
    precision: Precision
    channels_last: bool
    threads: int
    reasons: tuple[str, ...]


def choose(
    config_device: str, config_precision: str, threads: int | None, prefers_bf16: bool
) -> Machine:
    """Return the machine for a config's `device`, `precision` and `threads`.

    `prefers_bf16` is the model family's: whether bf16 makes it faster.

    Raises:
        MachineError: a device or precision was asked for that this machine does not have.
    """
    device, why_device = _device(config_device)
    precision, why_precision = _precision(config_precision, device, prefers_bf16)
    threads, why_threads = _threads(threads)
    return Machine(
        device=device,
        precision=precision,
        channels_last=device != "mps",  # measured faster on CPU and CUDA; MPS copies it back
        threads=threads,
        reasons=(why_device, why_precision, why_threads),
    )


def autocast(machine: Machine) -> AbstractContextManager[object]:
    """Return the context in which the model is called; never yield inside it."""
    if machine.precision == "fp32":
        return nullcontext()
    return torch.autocast(machine.device, torch.bfloat16)


def _device(asked: str) -> tuple[str, str]:
    present = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    usable = [name for name, there in present.items() if there]
    if asked == "auto":
        others = "the fastest device here" if len(usable) > 1 else "there is no GPU torch can use"
        return usable[0], f"device {usable[0]}: {others}."
    if asked not in usable:
        raise MachineError(
            f"device '{asked}' was asked for, but torch finds none on this machine; "
            f"set device to auto or {' or '.join(usable)}."
        )
    return asked, f"device {asked}: the config asks for it."


def _precision(asked: str, device: str, prefers_bf16: bool) -> tuple[Precision, str]:
    possible, fast = _bf16(device)
    if asked == "bf16" and not possible:
        raise MachineError(
            f"precision 'bf16' was asked for, but this machine's {device} has no bf16 "
            "arithmetic; set precision to auto or fp32."
        )
    match asked:
        case "bf16":
            return "bf16", "precision bf16: the config asks for it."
        case "fp32":
            return "fp32", "precision fp32: the config asks for it."
    if not fast:
        return "fp32", f"precision fp32: this machine's {device} gains nothing from bf16."
    if not prefers_bf16:
        return "fp32", "precision fp32: this model gains nothing from bf16."
    return (
        "bf16",
        f"precision bf16: this machine's {device} computes it faster, and the model gains.",
    )


def _bf16(device: str) -> tuple[bool, bool]:
    """Tell whether bf16 is possible on a device, and whether it is known to be faster there."""
    if device == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)
        return native, native
    if device == "mps":
        return torch.backends.mps.is_macos_or_newer(14, 0), False
    has = torch.cpu.get_capabilities()
    fast = bool(has.get("avx512_bf16") or has.get("amx_bf16"))
    return fast or bool(has.get("bf16")), fast  # "bf16" is ARM's


def _threads(asked: int | None) -> tuple[int, str]:
    if asked is not None:
        most = os.cpu_count() or asked  # more only get in each other's way
        told = (
            "the config asks for it" if asked <= most else f"all there are; {asked} were asked for"
        )
        return min(asked, most), f"threads {min(asked, most)}: {told}."
    told = os.environ.get("OMP_NUM_THREADS", "")
    if told.isdecimal() and int(told) > 0:
        return int(told), f"threads {told}: OMP_NUM_THREADS says so."
    cores = usable_cores()
    return cores, f"threads {cores}: one for each core this process may use."
