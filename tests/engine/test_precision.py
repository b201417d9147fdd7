"""What a run computes with, on machines that this one only plays."""

import pytest
import torch

from engine import precision
from engine.cores import usable_cores
from engine.errors import MachineError
from engine.precision import Machine, autocast, choose


@pytest.fixture
def plain_cpu(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Play a machine without GPU and without bf16 instructions."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)
    monkeypatch.setattr("os.cpu_count", lambda: 16)
    return monkeypatch


def _has(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: dict.fromkeys(names, True))


def test_auto_on_a_plain_cpu_is_fp32_and_says_why(plain_cpu: pytest.MonkeyPatch) -> None:
    machine = choose("auto", "auto", 3, prefers_bf16=True)

    assert (machine.device, machine.precision, machine.threads) == ("cpu", "fp32", 3)
    assert machine.reasons == (
        "device cpu: there is no GPU torch can use.",
        "precision fp32: this machine's cpu gains nothing from bf16.",
        "threads 3: the config asks for it.",
    )


@pytest.mark.parametrize("instructions", ["avx512_bf16", "amx_bf16"])
def test_auto_is_bf16_where_processor_and_model_gain(
    plain_cpu: pytest.MonkeyPatch, instructions: str
) -> None:
    _has(plain_cpu, instructions)

    assert choose("cpu", "auto", 1, prefers_bf16=True).precision == "bf16"
    assert choose("cpu", "fp32", 1, prefers_bf16=True).precision == "fp32"
    no_gain = choose("cpu", "auto", 1, prefers_bf16=False)
    assert no_gain.precision == "fp32"
    assert no_gain.reasons[1] == "precision fp32: this model gains nothing from bf16."


def test_bf16_on_arm_is_there_for_who_asks(plain_cpu: pytest.MonkeyPatch) -> None:
    _has(plain_cpu, "bf16")

    assert choose("cpu", "auto", 1, prefers_bf16=True).precision == "fp32"
    assert choose("cpu", "bf16", 1, prefers_bf16=False).precision == "bf16"


def test_bf16_that_is_not_there_is_refused(plain_cpu: pytest.MonkeyPatch) -> None:
    with pytest.raises(MachineError) as caught:
        choose("cpu", "bf16", 1, prefers_bf16=True)

    assert str(caught.value) == (
        "precision 'bf16' was asked for, but this machine's cpu has no bf16 arithmetic; "
        "set precision to auto or fp32."
    )


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused(plain_cpu: pytest.MonkeyPatch, device: str) -> None:
    with pytest.raises(MachineError) as caught:
        choose(device, "auto", 1, prefers_bf16=True)

    assert str(caught.value) == (
        f"device '{device}' was asked for, but torch finds none on this machine; "
        "set device to auto or cpu."
    )


def test_auto_takes_cuda_before_mps_before_the_cpu(plain_cpu: pytest.MonkeyPatch) -> None:
    plain_cpu.setattr(torch.backends.mps, "is_available", lambda: True)
    plain_cpu.setattr(torch.backends.mps, "is_macos_or_newer", lambda major, minor: True)
    apple = choose("auto", "auto", 1, prefers_bf16=True)
    plain_cpu.setattr(torch.cuda, "is_available", lambda: True)
    plain_cpu.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: True)
    nvidia = choose("auto", "auto", 1, prefers_bf16=True)

    assert (apple.device, apple.precision, apple.channels_last) == ("mps", "fp32", False)
    assert (nvidia.device, nvidia.precision, nvidia.channels_last) == ("cuda", "bf16", True)
    assert choose("cpu", "auto", 1, prefers_bf16=True).device == "cpu"


def test_threads_are_what_openmp_is_told_or_all_usable_cores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 16)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert choose("cpu", "fp32", None, prefers_bf16=False).threads == 7
    assert choose("cpu", "fp32", 5, prefers_bf16=False).threads == 5
    assert choose("cpu", "fp32", 500, prefers_bf16=False).threads == 16
    for nonsense in ("many", "0", "2,1"):
        monkeypatch.setenv("OMP_NUM_THREADS", nonsense)
        assert choose("cpu", "fp32", None, prefers_bf16=False).threads == usable_cores() >= 1


@pytest.mark.parametrize(("number", "dtype"), [("fp32", torch.float32), ("bf16", torch.bfloat16)])
def test_autocast_computes_in_the_machines_precision(
    number: precision.Precision, dtype: torch.dtype
) -> None:
    machine = Machine("cpu", number, channels_last=True, threads=1, reasons=())
    layer = torch.nn.Linear(2, 2)

    with autocast(machine):
        result = layer(torch.ones(1, 2))

    assert result.dtype == dtype
    assert layer(torch.ones(1, 2)).dtype == torch.float32
