"""What two recipes do differently: the settings that matter on both sides, and no others."""

from bench import catalog
from bench.results.differing import Change, changes
from engine.config import RunConfig
from engine.overrides import configure


def _config(study: str, **settings: object) -> RunConfig:
    paths = [(path.replace("__", "."), value) for path, value in settings.items()]
    return configure(catalog.find(study).base, paths)[1]


def test_one_setting_is_one_change() -> None:
    found = changes(_config("cifar_bn"), _config("cifar_bn_dropout"))

    assert found == (Change("model.conv_dropout", 0.0, 0.25),)


def test_the_run_s_own_settings_do_not_count() -> None:
    there = _config("linear", seed=7, dataset="fashion_mnist", threads=1, precision="fp32")

    assert changes(_config("linear"), there) == ()


def test_options_without_effect_on_one_side_do_not_count() -> None:
    orders = changes(_config("cifar_dropout"), _config("cifar_bn_dropout"))
    decay = changes(_config("cifar_bn"), _config("cifar_l2"))

    assert orders == (Change("model.batch_norm", False, True),)  # order is idle without the norm
    assert decay == (Change("optimizer.weight_decay", 0.0, 0.02),)  # so is decay_on without decay


def test_of_another_kind_shared_options_and_chosen_ones_are_told() -> None:
    found = {
        c.path: (c.before, c.after) for c in changes(_config("logistic"), _config("mnist_rnn"))
    }

    assert found == {
        "model.name": ("linear", "rnn"),
        "optimizer.name": ("sgd", "adam"),
        "optimizer.lr": (0.1, 0.001),
    }
