"""Seeds for one purpose each: the same everywhere, unrelated to their neighbours."""

import torch
from torch.nn import functional as F

from engine.randomness import derive, generator, seed_everything


def test_a_derived_seed_is_the_same_on_every_machine_and_in_every_version() -> None:
    assert derive(0) == 4761921975702974394
    assert derive(7, "augment", 3, 12) == 4250444600817798922


def test_another_seed_purpose_or_step_gives_another_number() -> None:
    keys: list[tuple[int | str, ...]] = [("order", epoch) for epoch in range(100)]
    keys += [("augment", epoch, step) for epoch in range(10) for step in range(10)]
    keys += [(), ("1",), (1,), (1, 2), (12,), ("1/2",), ("1, 2",)]
    seeds = [derive(seed, *key) for seed in (0, 1, 2**63 - 1) for key in keys]

    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert 2**62 * 0.8 < sum(seeds) / len(seeds) < 2**62 * 1.2


def test_a_generator_draws_the_same_again_whatever_was_drawn_before() -> None:
    first = torch.randn(5, generator=generator("cpu", 3, "noise", 1))
    torch.randn(100)

    assert torch.equal(first, torch.randn(5, generator=generator("cpu", 3, "noise", 1)))
    assert not torch.equal(first, torch.randn(5, generator=generator("cpu", 3, "noise", 2)))


def test_a_generator_leaves_torchs_own_alone() -> None:
    before = torch.get_rng_state()
    torch.randn(5, generator=generator("cpu", 0, "order", 1))

    assert torch.equal(before, torch.get_rng_state())


def test_dropout_draws_from_what_was_seeded() -> None:
    def dropped(seed: int) -> torch.Tensor:
        seed_everything(seed, "cpu")
        return F.dropout(torch.ones(64))

    assert torch.equal(dropped(5), dropped(5))
    assert not torch.equal(dropped(5), dropped(6))
