"""Rates of whole runs against torch's own schedulers."""

import math
import random
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch.optim import lr_scheduler

from engine.checkpoint import Progress
from engine.config import parse
from engine.data.load import load
from engine.options import (
    ConstantSchedule,
    CosineSchedule,
    ExponentialSchedule,
    Metric,
    OneCycleSchedule,
    PlateauSchedule,
    ScheduleOptions,
    StepSchedule,
)
from engine.schedule import Plan, PlateauState, learning_rate, momentum
from engine.setup import build_setup
from engine.stepper import Stepper
from engine.work import finish

PLAN = Plan(steps_per_epoch=7, epochs=12)
LR = 0.05


def _adam() -> torch.optim.Adam:
    return torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=LR)


def _rates_of(
    optimizer: torch.optim.Optimizer, scheduler: Any, steps: int, every: int = 1
) -> Iterator[tuple[float, float]]:
    """Yield the rate and beta1 that each step uses, moving the scheduler each `every` steps."""
    for step in range(1, steps + 1):
        group = optimizer.param_groups[0]
        yield group["lr"], group["betas"][0]
        optimizer.step()
        if step % every == 0 and step < steps:
            scheduler.step()


def _ours(schedule: ScheduleOptions, plan: Plan) -> Iterator[tuple[float, float]]:
    for step in range(1, plan.total_steps + 1):
        yield learning_rate(schedule, LR, step, plan), momentum(schedule, 0.9, step, plan)


def _assert_equal(
    ours: Iterator[tuple[float, float]], theirs: Iterator[tuple[float, float]]
) -> None:
    compared = 0
    for mine, torchs in zip(ours, theirs, strict=True):
        assert mine == pytest.approx(torchs, rel=1e-9, abs=1e-17)
        compared += 1
    assert compared > 1


@pytest.mark.parametrize("milestones", [(1,), (3, 5, 9), (4, 4, 8)])
def test_step_equals_torchs_multi_step_lr(milestones: tuple[int, ...]) -> None:
    optimizer = _adam()
    scheduler = lr_scheduler.MultiStepLR(optimizer, list(milestones), gamma=0.3)

    ours = _ours(StepSchedule(milestones=milestones, gamma=0.3), PLAN)

    _assert_equal(ours, _rates_of(optimizer, scheduler, PLAN.total_steps, PLAN.steps_per_epoch))


def test_step_at_every_third_epoch_equals_torchs_step_lr() -> None:
    optimizer = _adam()
    scheduler = lr_scheduler.StepLR(optimizer, 3, gamma=0.5)

    ours = _ours(StepSchedule(milestones=(3, 6, 9, 12), gamma=0.5), PLAN)

    _assert_equal(ours, _rates_of(optimizer, scheduler, PLAN.total_steps, PLAN.steps_per_epoch))


def test_exponential_equals_torchs() -> None:
    optimizer = _adam()
    scheduler = lr_scheduler.ExponentialLR(optimizer, 0.9)

    ours = _ours(ExponentialSchedule(gamma=0.9), PLAN)

    _assert_equal(ours, _rates_of(optimizer, scheduler, PLAN.total_steps, PLAN.steps_per_epoch))


@pytest.mark.parametrize(
    "plan", [Plan(113, 8), Plan(7, 12), Plan(10, 1), Plan(3, 1), Plan(2, 1)], ids=str
)
def test_one_cycle_equals_torchs_in_rate_and_beta1(plan: Plan) -> None:
    optimizer = _adam()
    scheduler = lr_scheduler.OneCycleLR(optimizer, LR, total_steps=plan.total_steps)

    _assert_equal(
        _ours(OneCycleSchedule(), plan), _rates_of(optimizer, scheduler, plan.total_steps)
    )


def test_one_cycle_moves_the_momentum_of_sgd_as_torch_does() -> None:
    plan = Plan(113, 8)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=LR, momentum=0.9)
    scheduler = lr_scheduler.OneCycleLR(optimizer, LR, epochs=8, steps_per_epoch=113)
    for lr, high in _ours(OneCycleSchedule(), plan):
        group = optimizer.param_groups[0]
        assert (lr, high) == pytest.approx((group["lr"], group["momentum"]), rel=1e-9)
        optimizer.step()
        if scheduler.last_epoch < plan.total_steps - 1:
            scheduler.step()


def test_one_cycle_with_every_option_equals_torchs() -> None:
    optimizer = _adam()
    scheduler = lr_scheduler.OneCycleLR(
        optimizer,
        LR,
        total_steps=PLAN.total_steps,
        pct_start=0.4,
        anneal_strategy="linear",
        base_momentum=0.8,
        max_momentum=0.99,
        div_factor=10,
        final_div_factor=100,
    )
    schedule = OneCycleSchedule(
        warmup=0.4,
        start_divisor=10,
        final_divisor=100,
        anneal="linear",
        low_momentum=0.8,
        high_momentum=0.99,
    )

    _assert_equal(_ours(schedule, PLAN), _rates_of(optimizer, scheduler, PLAN.total_steps))


def test_one_cycle_of_resnet9_goes_from_4e_4_over_0_01_to_4e_8() -> None:
    plan = Plan(113, 8)
    rates = [learning_rate(OneCycleSchedule(), 0.01, s, plan) for s in range(1, 905)]

    assert rates[0] == pytest.approx(4e-4, rel=1e-9)
    assert max(rates) == pytest.approx(0.01, rel=1e-3)
    assert rates[-1] == pytest.approx(4e-8, rel=1e-9)


def test_one_cycle_may_leave_momentum_alone() -> None:
    schedule = OneCycleSchedule(cycle_momentum=False)

    assert {momentum(schedule, 0.7, step, PLAN) for step in range(1, 85)} == {0.7}


def test_one_cycle_whose_peak_is_the_first_step_begins_there() -> None:
    assert learning_rate(OneCycleSchedule(warmup=0.25), LR, 1, Plan(4, 1)) == LR


@pytest.mark.parametrize("final", [0.0, 0.1])
@pytest.mark.parametrize("warmup_epochs", [0.0, 1.5, 3.0])
def test_cosine_equals_torchs_warm_up_and_annealing(warmup_epochs: float, final: float) -> None:
    warmup = round(warmup_epochs * PLAN.steps_per_epoch)
    optimizer = _adam()
    rise = lr_scheduler.LinearLR(optimizer, 1 / (warmup + 1), total_iters=warmup)
    fall = lr_scheduler.CosineAnnealingLR(
        optimizer, T_max=PLAN.total_steps - warmup - 1, eta_min=LR * final
    )
    scheduler = lr_scheduler.SequentialLR(optimizer, [rise, fall], [warmup]) if warmup else fall

    ours = list(_ours(CosineSchedule(warmup_epochs=warmup_epochs, final_fraction=final), PLAN))

    assert ours[warmup][0] == LR
    assert ours[-1][0] == pytest.approx(LR * final, abs=1e-12)
    _assert_equal(iter(ours), _rates_of(optimizer, scheduler, PLAN.total_steps))


def test_a_warm_up_longer_than_the_run_only_rises() -> None:
    schedule = CosineSchedule(warmup_epochs=2)
    rates = [learning_rate(schedule, LR, step, Plan(5, 1)) for step in range(1, 6)]

    assert rates == sorted(rates)
    assert rates[-1] == pytest.approx(LR * 5 / 11)


def test_a_cosine_of_one_step_uses_the_peak() -> None:
    assert learning_rate(CosineSchedule(), LR, 1, Plan(1, 1)) == LR


@pytest.mark.parametrize("schedule", [ConstantSchedule(), PlateauSchedule()])
def test_constant_and_plateau_leave_rate_and_momentum_alone(schedule: ScheduleOptions) -> None:
    assert set(_ours(schedule, PLAN)) == {(LR, 0.9)}


def test_cosine_without_warm_up_equals_torchs_closed_form() -> None:
    scheduler = lr_scheduler.CosineAnnealingLR(_adam(), PLAN.total_steps - 1, eta_min=0.01 * LR)
    for step, (lr, _) in enumerate(_ours(CosineSchedule(final_fraction=0.01), PLAN)):
        scheduler.last_epoch = step
        assert [lr] == pytest.approx(scheduler._get_closed_form_lr(), rel=1e-9)


LOSSES = [3.0, 2.0, 2.5, 1.9999, 2.0, 2.1, 1.0, math.nan, 1.5, 1.2, 1.1, 1.0, 0.9, *[5.0] * 8]


@pytest.mark.parametrize("patience", [0, 1, 2, 5])
@pytest.mark.parametrize(("metric", "mode"), [("val_loss", "min"), ("val_accuracy", "max")])
def test_plateau_equals_torchs(patience: int, metric: Metric, mode: Any) -> None:
    optimizer = _adam()
    scheduler = lr_scheduler.ReduceLROnPlateau(
        optimizer, mode=mode, factor=0.5, patience=patience, min_lr=0.004, threshold=1e-3
    )
    options = PlateauSchedule(
        metric=metric, factor=0.5, patience=patience, min_lr=0.004, min_delta=1e-3
    )
    state = PlateauState()
    for value in LOSSES:
        scheduler.step(value)
        state = state.update(options, value)
        lr = max(LR * state.factor, options.min_lr)
        assert lr == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9)
    assert state.factor < 1


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("metric", "mode"), [("val_loss", "min"), ("val_accuracy", "max")])
def test_plateau_equals_torchs_over_random_courses(seed: int, metric: Metric, mode: Any) -> None:
    draw = random.Random(seed)
    options = PlateauSchedule(metric=metric, factor=0.7, patience=draw.randrange(4), min_delta=0.02)
    optimizer = _adam()
    scheduler = lr_scheduler.ReduceLROnPlateau(
        optimizer, mode, factor=0.7, patience=options.patience, threshold=0.02, eps=0
    )
    state = PlateauState()
    for epoch in range(100):
        trend = 1 / (1 + epoch / 20)
        value = (trend if mode == "min" else 1 - trend) * draw.uniform(0.9, 1)
        scheduler.step(value)
        state = state.update(options, value)
        assert LR * state.factor == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9)
    assert 1e-15 < state.factor < 1


def test_plateau_takes_no_nan_for_the_best() -> None:
    state = PlateauState().update(PlateauSchedule(patience=1), math.nan)

    assert state == PlateauState(best=None, bad_epochs=1)


def test_a_step_never_uses_less_than_plateaus_min_lr() -> None:
    config = parse(
        {
            "model": {"name": "linear"},
            "data": {"subset": 100},
            "optimizer": {"name": "sgd", "lr": LR},
            "schedule": {"name": "plateau", "min_lr": 0.004},
            "threads": 1,
        }
    )
    setup = build_setup(config, finish(load(config.dataset, config.data)))
    rates = [
        Stepper(setup, Progress(base_lr=LR, plateau=PlateauState(factor=factor))).rates(9).lr
        for factor in (1.0, 0.5, 0.01)
    ]

    assert rates == [LR, LR / 2, 0.004]


def test_one_cycle_gives_no_momentum_to_an_optimizer_without() -> None:
    assert momentum(OneCycleSchedule(), 0.0, 1, PLAN) == 0
