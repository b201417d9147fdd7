"""Optimizers from options: which parameters decay, and rates that a schedule can move cheaply."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Muon

from engine.errors import ConfigError, unknown
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
    """Return the optimizer for a model's parameters, those that decay in a group of their own.

    Each group keeps its rate before the schedule as `base_lr`.

    Raises:
        ConfigError: a name in `decay_on` fits no parameter.
    """
    optimizer = _build(model, options)
    for group in optimizer.param_groups:
        group["base_lr"] = group["lr"]
    return optimizer


def _build(model: nn.Module, options: OptimizerOptions) -> Optimizer:
    if isinstance(options, MuonOptions):
        return MuonWithAdamW(model, options)
    groups = _groups(dict(model.named_parameters()), options, model)
    fused = _has_fused(model)
    if isinstance(options, SgdOptions):
        return SGD(
            groups,
            lr=options.lr,
            momentum=options.momentum,
            nesterov=options.nesterov,
            fused=fused,
        )
    assert isinstance(options, AdamOptions)
    kind = AdamW if isinstance(options, AdamWOptions) else Adam
    betas = (options.beta1, options.beta2)
    return kind(groups, lr=options.lr, betas=betas, eps=options.eps, fused=fused)


def _has_fused(model: nn.Module) -> bool:
    return next(model.parameters()).device.type in ("cpu", "cuda")


def _groups(
    part: dict[str, nn.Parameter], options: OptimizerOptions, model: nn.Module
) -> ParamGroups:
    decaying = _decaying(dict(model.named_parameters()), options)
    split: dict[bool, list[nn.Parameter]] = {True: [], False: []}
    for name, parameter in part.items():
        split[name in decaying].append(parameter)
    decay = {True: options.weight_decay, False: 0.0}
    return [
        {"params": chosen, "weight_decay": decay[decays]}
        for decays, chosen in split.items()
        if chosen
    ]


def _decaying(parameters: dict[str, nn.Parameter], options: OptimizerOptions) -> set[str]:
    """Return the names of the parameters that decay."""
    if options.weight_decay == 0:
        return set()
    if options.decay_on == "all":
        return set(parameters)
    if options.decay_on == "weights":
        return {name for name, parameter in parameters.items() if parameter.ndim >= 2}
    chosen: set[str] = set()
    for pattern in options.decay_on:
        found = {name for name in parameters if fnmatchcase(name, pattern)}
        if not found:
            remedy = f"The model has: {', '.join(parameters)}."
            text = unknown("parameter", pattern, parameters, remedy)
            raise ConfigError(f"optimizer.decay_on: {text}")
        chosen |= found
    return chosen


def set_rates(optimizer: Optimizer, scale: float, momentum: float) -> None:
    """Set each group's learning rate to `scale` times its own, and its momentum or beta1."""
    for group in optimizer.param_groups:
        group["lr"] = group["base_lr"] * scale
        if "momentum" in group:
            group["momentum"] = momentum
        elif not group.get("keeps_betas"):
            group["betas"] = (momentum, group["betas"][1])


def clip_gradients(parameters: Iterable[Tensor], options: ClipOptions) -> None:
    """Limit the gradient in place: each component to ±value, then the whole to a norm."""
    if options.value is None and options.norm is None:
        return
    parameters = list(parameters)
    if options.value is not None:
        nn.utils.clip_grad_value_(parameters, options.value)
    if options.norm is not None:
        nn.utils.clip_grad_norm_(parameters, options.norm)


class MuonWithAdamW:
    """Muon for the hidden kernels, AdamW for all else, as one optimizer (Jordan et al. 2024).

    Muon takes matrices only, so it gets each kernel (O, I, h, w) as a view (O, I·h·w) of the same
    memory. The first and the last kernel (stem and head), biases and norms go to AdamW.
    """

    def __init__(self, model: nn.Module, options: MuonOptions) -> None:
        named = dict(model.named_parameters())
        kernels = [name for name, parameter in named.items() if parameter.ndim >= 2]
        hidden = set(kernels[1:-1])
        others = {name: p for name, p in named.items() if name not in hidden}
        self._kernels = [named[name] for name in named if name in hidden]
        self._matrices = {
            name: nn.Parameter(_as_matrix(named[name].detach())) for name in named if name in hidden
        }
        self._parts: dict[str, torch.optim.Optimizer] = {
            "adamw": AdamW(_groups(others, options, model), lr=options.other_lr)
        }
        if self._matrices:
            self._parts["muon"] = Muon(
                _groups(self._matrices, options, model),
                lr=options.lr,
                momentum=options.momentum,
            )
        for group in self._parts["adamw"].param_groups:
            group["keeps_betas"] = True

    @property
    def param_groups(self) -> ParamGroups:
        """All groups of both parts."""
        return [group for part in self._parts.values() for group in part.param_groups]

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters."""
        self._parts["adamw"].zero_grad(set_to_none)
        for kernel in self._kernels:
            kernel.grad = None

    def step(self) -> None:
        """Make one step with both parts."""
        for kernel, matrix in zip(self._kernels, self._matrices.values(), strict=True):
            matrix.grad = None if kernel.grad is None else _as_matrix(kernel.grad)
        for part in self._parts.values():
            part.step()

    def state_dict(self) -> dict[str, Any]:
        """Return both parts' states."""
        return {name: part.state_dict() for name, part in self._parts.items()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take both parts' states back."""
        for name, part in self._parts.items():
            part.load_state_dict(state_dict[name])


def _as_matrix(kernel: Tensor) -> Tensor:
    """Return the kernel as (O, rest), a view of its memory in either memory format.

    Orthogonalising does not care for the order of columns.
    """
    if kernel.ndim == 4 and not kernel.is_contiguous():
        kernel = kernel.permute(0, 2, 3, 1)  # channels_last lies like this
    return kernel.flatten(1)
