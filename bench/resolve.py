"""Makes a study of its file: all that can be wrong with one is found here, before anything runs.

Optuna takes misspelt baselines, values out of range and changed spaces without a word.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bench.baselines import read_baselines
from bench.corners import conditions, extremes, pairs
from bench.dimensions import read_space
from bench.space import Dimension, Value, draw, same, size, written
from bench.spec import StudyFile
from bench.study import Study, setting
from engine.config import RunConfig
from engine.data import registry as data_sets
from engine.errors import ConfigError, ModelError, nearest
from engine.models import registry as models
from engine.models.spec import PictureShape
from engine.overrides import NAMED_SECTIONS, configure

_DRAWS = 200  # random points of a space that are built on trial
_LR = ("optimizer.lr", "optimizer.other_lr")
_OTHER_PICTURES = "trials on other pictures cannot be compared; set it in [base]"
_WHERE_TO_COMPUTE = "it says how this machine computes, not what is learned; leave it out"
_NOT_SEARCHED = {
    "seed": "that would reward luck; [confirm] seeds trains the best with several",
    "test": "test is read only for what [confirm] trains; leave it out",
    "dataset": _OTHER_PICTURES,
    "data": _OTHER_PICTURES,
    "epochs": "trials of other lengths cannot be compared; set it in [base]",
    "stop": "trials of other lengths cannot be compared; set it in [base]",
    "best_metric": "it is what trials are judged by; set it in [base]",
    "device": _WHERE_TO_COMPUTE,
    "precision": _WHERE_TO_COMPUTE,
    "threads": _WHERE_TO_COMPUTE,
    "eval_batch_size": _WHERE_TO_COMPUTE,
}
_SEARCHED_ALL_THE_SAME = ("data.normalize",)  # the same pictures on another scale


def resolve(file: StudyFile, overrides: Iterable[tuple[str, object]] = ()) -> Study:
    """Return the study of a file, with settings of its base overridden, all checked.

    Raises:
        ConfigError: one sentence that names the file, the key, and what is wrong.
        ModelError: the base's model cannot take the data set's pictures.
    """
    base, config, _ = configure(file.base, overrides)
    _check_base(file, config)
    if file.space and not config.data.has_val:
        raise ConfigError(
            f"{_blamed(file, config)}data.val_size 0 leaves no val pictures to judge trials by; "
            "leave it out, or take [space] away."
        )
    space = read_space(file.space, f"{file.path} [space]")
    for dimension in space:
        _check_is_searchable(dimension.path, f"{file.path} [space] {dimension.path}")
    study = Study(file, base, config, _with_reachable(space, config, file.path), (), {})
    study = replace(study, space=tuple(_check_ends(study)))
    _check_combinations(study)
    values = {
        d.path: _canonical(d, v) for d in study.space if (v := setting(config, d.path)) is not None
    }
    study = replace(study, base_values=values)
    study = replace(study, baselines=tuple(read_baselines(study)))
    return replace(study, warnings=tuple(_warnings(study)))


def _canonical(dimension: Dimension, value: Value) -> Value:
    return dimension.canonical(value) if dimension.contains(value) else value


def _check_base(file: StudyFile, config: RunConfig) -> None:
    try:
        _check_pictures(config)
    except (ConfigError, ModelError) as error:
        raise type(error)(f"{_blamed(file, config)}{error}") from None


def _blamed(file: StudyFile, config: RunConfig) -> str:
    """Return where a mistake in the base stands, or nothing where it is an option's fault."""
    return f"{file.path} [base]: " if config == file.config else ""


def _check_is_searchable(path: str, where: str) -> None:
    reason = _NOT_SEARCHED.get(path.partition(".")[0])
    if reason and path not in _SEARCHED_ALL_THE_SAME:
        raise ConfigError(f"{where}: cannot be searched: {reason}.")
    if path in NAMED_SECTIONS:
        raise ConfigError(f"{where}: is a section of settings; search '{path}.name'.")


def _with_reachable(
    space: tuple[Dimension, ...], config: RunConfig, file: str
) -> tuple[Dimension, ...]:
    """Check each condition; one on a setting that is fixed and fulfilled is dropped."""
    by_path = {dimension.path: dimension for dimension in space}
    checked = []
    for dimension in space:
        where = f"{file} [space] {dimension.path}"
        open_ones = {}
        for path, values in dimension.when.items():
            told = f"{where}: when {path} is {_listed(values)}"
            if path in by_path:
                open_ones[path] = _of_parent(by_path[path], values, told)
            else:
                _check_fixed(config, by_path, path, values, told)
        checked.append(replace(dimension, when=open_ones))
    for dimension in checked:
        if not all(conditions(dimension, checked).values()):
            raise ConfigError(
                f"{file} [space] {dimension.path}: can never exist, as its conditions and those of "
                "the settings that they name exclude each other; mend its `when`."
            )
    return tuple(checked)


def _of_parent(parent: Dimension, values: tuple[Value, ...], told: str) -> tuple[Value, ...]:
    if parent.num_values() is None:
        raise ConfigError(
            f"{told}: it is searched over {parent.describe()}, where no one value is ever met; "
            "give it a step, or make it a choice."
        )
    if not values or not all(parent.contains(value) for value in values):
        raise ConfigError(f"{told}: it can only be {parent.describe()}; mend the values.")
    return tuple(parent.canonical(value) for value in values)


def _check_fixed(
    config: RunConfig, known: Iterable[str], path: str, values: tuple[Value, ...], told: str
) -> None:
    fixed = setting(config, path)
    if fixed is None:
        raise ConfigError(
            f"{told}: no such setting in the space or the base; "
            f"mend the path.{nearest(path, known)}"
        )
    if not any(same(fixed, value) for value in values):
        raise ConfigError(
            f"{told}: cannot be reached, as the base has {written(fixed)} and nothing searches it; "
            "search it, or leave this dimension out."
        )


def _listed(values: tuple[Value, ...]) -> str:
    return " or ".join(map(written, values)) or "nothing"


def _check_ends(study: Study) -> Iterable[Dimension]:
    """Build the run at each end of each range; return the dimensions in the settings' own types.

    So paths and bounds are the config's own, and a choice of 0 and 15 degrees is 0.0 and 15.0.
    """
    taken: dict[str, list[Value]] = {dimension.path: [] for dimension in study.space}
    ends = ((dimension, value) for dimension in study.space for value in dimension.extremes())
    for (dimension, value), point in zip(ends, extremes(study.space), strict=True):
        where = f"{study.file.path} [space]"
        try:
            config = study.config_of(point)
            _check_pictures(config)
        except (ConfigError, ModelError) as error:
            named = (p for p in point if f"{p} " in f"{error} " or f"'{p}'" in str(error))
            raise ConfigError(f"{where} {next(named, dimension.path)}: {error}") from None
        got = setting(config, dimension.path)
        _check_type(dimension, value, got, f"{where} {dimension.path}")
        taken[dimension.path].append(value if got is None else got)
    for dimension in study.space:
        is_choice = dimension.kind == "choice"
        yield replace(dimension, choices=tuple(taken[dimension.path])) if is_choice else dimension


def _check_type(dimension: Dimension, value: Value, got: Value | None, where: str) -> None:
    """Refuse what pydantic would turn into something else: 1 into true, "3" into 3, 16.0 to 16."""
    if isinstance(got, bool) and not isinstance(value, bool):
        raise ConfigError(f"{where}: is true or false; write {{ choice = [true, false] }}.")
    if isinstance(got, int) and dimension.kind == "float":
        raise ConfigError(f"{where}: counts in whole numbers; write {{ int = [low, high] }}.")
    if got is None or not same(value, got):
        raise ConfigError(
            f"{where}: {written(value)} is not taken as it stands there; write {written(got)}."
        )


def _check_pictures(config: RunConfig) -> None:
    """Refuse a model that cannot take the data set's pictures, where their shape is known here."""
    if config.dataset.startswith(data_sets.FOLDER):
        return
    own, options = data_sets.find(config.dataset).shape, config.data
    side = options.image_size
    shape = PictureShape(
        1 if options.grayscale else own.channels, side or own.height, side or own.width
    )
    reason = models.find(config.model.name).refuses(config.model, shape)
    if reason:
        raise ModelError(f"model '{config.model.name}' cannot take pictures of {shape}: {reason}")


def _check_combinations(study: Study) -> None:
    """Build each two ends together and many random points: what is fine alone may clash."""
    numbers = random.Random(study.file.search.seed)
    drawn = (draw(study.space, numbers) for _ in range(_DRAWS if study.space else 0))
    for point in (*pairs(study.space, numbers), *drawn):
        try:
            _check_pictures(study.config_of(point))
        except (ConfigError, ModelError) as error:
            raise ConfigError(
                f"{study.file.path} [space]: some combinations cannot be run ({_shown(point)}): "
                f"{error} Give one of the dimensions a `when`, or a narrower range."
            ) from None


def _shown(point: Mapping[str, Value]) -> str:
    return ", ".join(f"{path} = {written(value)}" for path, value in point.items())


def _warnings(study: Study) -> Iterable[str]:
    for dimension in study.space:
        if dimension.path in _LR and dimension.kind != "choice" and not dimension.log:
            yield f"{dimension.path} is searched without log: low rates are hardly tried."
        numbers = [c for c in dimension.choices if not isinstance(c, bool | str)]
        if len(numbers) > 2:
            yield f"{dimension.path} is a choice of numbers, which hides their order: use a range."
        if len(dimension.choices) == 1:
            yield f"{dimension.path} has one value only: write it into [base]."
    if study.space and not study.baselines:
        yield (
            "there is no baseline, as the base lies outside the space: nothing will tell what the "
            "search gained."
        )
    points = size(study.space) if study.space else None
    trials = study.file.search.trials
    if points is not None and points < trials:
        yield (
            f"the space has only {points} point{'s' * (points != 1)}, fewer than the {trials} "
            "trials: the search ends when all are tried."
        )
