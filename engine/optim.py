"""Optimizers from options: which parameters decay, and rates that a schedule can move cheaply."""

from collections.abc import Iterable
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Muon
from torch.optim import Optimizer as TorchOptimizer

from engine.errors import ConfigError
from engine.options import (
    AdamOptions,
    AdamWOptions,
    ClipOptions,
    MuonOptions,
    OptimizerOptions,
    SgdOptions,
)

ParamGroups = list[dict[str, Any]]


class Optimizer(Protocol):
    """What training needs of an optimizer; torch's have it."""

    @property
    def param_groups(self) -> ParamGroups: ...

    def zero_grad(self, set_to_none: bool = True) -> None: ...

    def step(self) -> Any: ...

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any]) -> None: ...


def build_optimizer(model: nn.Module, options: OptimizerOptions) -> Optimizer:
    """Return the optimizer for a model that is already on its device and in its memory format.

    Parameters that decay are a group of their own. Each group keeps its rate before the schedule
    as `initial_lr`, as torch's schedulers do.

    Raises:
        ConfigError: a name in `decay_on` fits no parameter, or muon finds no hidden kernel.
    """
    decaying = _decaying(model, options)
    optimizer: Optimizer
    match options:
        case SgdOptions():
            optimizer = _sgd(model, options, decaying)
        case AdamOptions():
            optimizer = _adam(model, options, decaying)
        case MuonOptions():
            optimizer = MuonWithAdamW(model, options, decaying)
    for group in optimizer.param_groups:
        group["initial_lr"] = group["lr"]
    return optimizer


def set_rates(optimizer: Optimizer, scale: float, momentum: float | None = None) -> None:
    """Set each group's learning rate to `scale` times its own, and its momentum or beta1."""
    for group in optimizer.param_groups:
        group["lr"] = group["initial_lr"] * scale
        if momentum is None:
            continue
        if "betas" in group:
            group["betas"] = (momentum, group["betas"][1])
        else:
            group["momentum"] = momentum


def clip_gradients(parameters: Iterable[Tensor], options: ClipOptions) -> None:
    """Limit gradients in place: each component to ±value, then the whole to a norm.

    The host does not wait for the device.
    """
    if options.value is None and options.norm is None:
        return
    parameters = list(parameters)
    if options.value is not None:
        nn.utils.clip_grad_value_(parameters, options.value)
    if options.norm is not None:
        nn.utils.clip_grad_norm_(parameters, options.norm)


def _sgd(model: nn.Module, options: SgdOptions, decaying: set[str]) -> SGD:
    """Return torch's SGD, fused where that pays: on the CPU with momentum (small nets: twice)."""
    pays = options.momentum > 0 or not _is_on(model, "cpu")
    return SGD(
        _groups(dict(model.named_parameters()), options, decaying),
        lr=options.lr,
        momentum=options.momentum,
        nesterov=options.nesterov,
        fused=(pays and _is_on(model, "cpu", "cuda")) or None,
    )


def _adam(model: nn.Module, options: AdamOptions, decaying: set[str]) -> Adam:
    """Return torch's Adam or AdamW, fused: one pass over memory, twice as fast for small nets."""
    kind = AdamW if isinstance(options, AdamWOptions) else Adam
    return kind(
        _groups(dict(model.named_parameters()), options, decaying),
        lr=options.lr,
        betas=(options.beta1, options.beta2),
        eps=options.eps,
        fused=_is_on(model, "cpu", "cuda") or None,
    )


def _is_on(model: nn.Module, *devices: str) -> bool:
    return next(model.parameters()).device.type in devices


def _groups(
    parameters: dict[str, nn.Parameter], options: OptimizerOptions, decaying: set[str]
) -> ParamGroups:
    """Split parameters into those that decay and those that do not; no group is empty."""
    chosen = [p for name, p in parameters.items() if name in decaying]
    others = [p for name, p in parameters.items() if name not in decaying]
    split = ((chosen, options.weight_decay), (others, 0.0))
    return [{"params": part, "weight_decay": decay} for part, decay in split if part]


def _decaying(model: nn.Module, options: OptimizerOptions) -> set[str]:
    """Return the names of the parameters that decay."""
    parameters = dict(model.named_parameters())
    if options.decay_on == "all":
        return set(parameters)
    if options.decay_on == "weights":
        return {name for name, parameter in parameters.items() if parameter.ndim >= 2}
    chosen: set[str] = set()
    for pattern in options.decay_on:
        found = {name for name in parameters if fnmatchcase(name, pattern)}
        if not found:
            near = get_close_matches(pattern, parameters, n=3, cutoff=0.0)
            raise ConfigError(
                f"optimizer.decay_on names '{pattern}', but this model has no such parameter; "
                f"the nearest are {', '.join(near)}."
            )
        chosen |= found
    return chosen


def lay_out_like_parameters(optimizer: Optimizer) -> None:
    """Give loaded state the memory format of its parameter: fused steps count on it.

    A checkpoint may come from a machine with another format.
    """
    if not isinstance(optimizer, TorchOptimizer):
        return  # it did so for its parts
    for parameter, state in optimizer.state.items():
        for key, value in state.items():
            if isinstance(value, Tensor) and value.shape == parameter.shape:
                state[key] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)


class MuonWithAdamW:
    """Muon for the hidden kernels and AdamW for all else, as one optimizer.

    Muon orthogonalises matrices, so each kernel (O, I, h, w) is given to it as a matrix
    (O, I·h·w) that views the same memory; the order of columns does not matter to it. The first
    kernel (stem), the last one (head), biases, norms and recurrent weights go to AdamW, whose
    beta1 is Muon's momentum, so that a schedule can move both.

    Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks".

    Raises:
        ConfigError: the model has no hidden kernel.
    """

    def __init__(self, model: nn.Module, options: MuonOptions, decaying: set[str]) -> None:
        named = dict(model.named_parameters())
        hidden = _hidden_kernels(model)
        if not hidden:
            raise ConfigError(
                "optimizer 'muon' needs a convolution or linear layer between the first and the "
                "last, and this model has none; set optimizer.name to sgd, adam or adamw."
            )
        matrices = {name: nn.Parameter(_as_matrix(named[name]).detach()) for name in hidden}
        others = {name: parameter for name, parameter in named.items() if name not in hidden}
        self._pairs = [(named[name], matrix) for name, matrix in matrices.items()]
        self._muon = Muon(
            _groups(matrices, options, decaying), lr=options.lr, momentum=options.momentum
        )
        self._adamw = AdamW(
            _groups(others, options, decaying),
            lr=options.other_lr,
            betas=(options.momentum, 0.999),
            fused=_is_on(model, "cpu", "cuda") or None,
        )

    @property
    def param_groups(self) -> ParamGroups:
        """All groups of both parts."""
        return self._muon.param_groups + self._adamw.param_groups

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients."""
        for kernel, _ in self._pairs:
            kernel.grad = None
        self._adamw.zero_grad(set_to_none)

    def step(self) -> None:
        """Make one step with both parts."""
        for kernel, matrix in self._pairs:
            # laid out like the kernel, whatever layout backward chose for the gradient
            matrix.grad = None if kernel.grad is None else _as_matrix(kernel.grad, like=kernel)
        self._muon.step()
        self._adamw.step()

    def state_dict(self) -> dict[str, Any]:
        """Return both parts' states, and in which memory format their columns are ordered."""
        return {
            "muon": self._muon.state_dict(),
            "adamw": self._adamw.state_dict(),
            "channels_last": self._is_channels_last(),
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take both parts' states back.

        Raises:
            ValueError: they come from another memory format.
        """
        if state_dict["channels_last"] != self._is_channels_last():
            raise ValueError("muon's state was saved on a machine with another memory format.")
        self._muon.load_state_dict(state_dict["muon"])
        self._adamw.load_state_dict(state_dict["adamw"])
        lay_out_like_parameters(self._adamw)

    def _is_channels_last(self) -> bool:
        return any(not kernel.is_contiguous() for kernel, _ in self._pairs)


def _hidden_kernels(model: nn.Module) -> list[str]:
    """Return the names of the convolution and linear weights, without the first and the last."""
    kernels = [
        f"{name}.weight".lstrip(".")
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d | nn.Linear)
    ]
    return kernels[1:-1]


def _as_matrix(tensor: Tensor, like: Tensor | None = None) -> Tensor:
    """Return a kernel or its gradient as (O, rest), in the column order of `like`'s memory.

    For the kernel itself, in either memory format, that is a view.
    """
    if not (tensor if like is None else like).is_contiguous():
        tensor = tensor.permute(0, 2, 3, 1)  # channels_last lies like this
    return tensor.flatten(1)
