"""Augmentations to look at before one is chosen: usual ones, by what they do."""

from dataclasses import dataclass, field

from engine.options import AugmentOptions


@dataclass(frozen=True)
class Recipe:
    """Some augmentation with a name; `about` says when it helps."""

    name: str
    about: str
    options: AugmentOptions = field(default_factory=AugmentOptions)

    @property
    def settings(self) -> str:
        """What it sets, as in `--set`."""
        values = self.options.model_dump(exclude_defaults=True)
        return " ".join(f"augment.{key}={value}" for key, value in values.items())


RECIPES = (
    Recipe("crop", "objects that are not always in the middle", AugmentOptions(crop_padding=3)),
    Recipe(
        "crop and flip",
        "photos, where left and right mean nothing; not for digits or letters",
        AugmentOptions(crop_padding=4, flip="random"),
    ),
    Recipe(
        "turn, shift and zoom",
        "handwriting, and things seen from a little aside",
        AugmentOptions(rotate=12.0, shift=0.08, shear=6.0, zoom=0.1),
    ),
    Recipe("noise", "pictures from poor sensors", AugmentOptions(noise=0.08)),
    Recipe(
        "cutout", "larger models that lean on one detail", AugmentOptions(cutout=10, flip="random")
    ),
    Recipe("mixup", "larger models in long runs", AugmentOptions(mixup=0.3)),
    Recipe("cutmix", "larger models in long runs on photos", AugmentOptions(cutmix=1.0)),
)


def recipes(present: AugmentOptions) -> tuple[Recipe, ...]:
    """Return what there is to look at; first that of the form, where that has any."""
    if present == AugmentOptions():
        return RECIPES
    return (Recipe("the form's", "what the form has now", present), *RECIPES)
