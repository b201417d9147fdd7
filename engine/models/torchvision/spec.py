"""torchvision's own nets, with stem and head fitted to the pictures. Imports no torch."""

from pydantic import Field, field_validator

from engine.errors import unknown
from engine.models.options import too_small
from engine.models.spec import ModelOptions, ModelSpec, PictureShape

SMALL = 64  # pictures up to this side get a stem that keeps their size

NETS = (
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
    "resnext101_32x8d",
    "resnext101_64x4d",
    "wide_resnet50_2",
    "wide_resnet101_2",
    "mobilenet_v2",
    "mobilenet_v3_small",
    "mobilenet_v3_large",
    "efficientnet_b0",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
    "efficientnet_v2_s",
    "efficientnet_v2_m",
    "efficientnet_v2_l",
    "densenet121",
    "densenet161",
    "densenet169",
    "densenet201",
    "convnext_tiny",
    "convnext_small",
    "convnext_base",
    "convnext_large",
)


class TorchvisionOptions(ModelOptions):
    """Options of `torchvision`: only the net's name, for its weights are never pretrained."""

    name: str = Field(
        "torchvision:resnet18", description="torchvision:NAME, like torchvision:resnet18."
    )

    @field_validator("name")
    @classmethod
    def _is_a_known_net(cls, name: str) -> str:
        known = [f"torchvision:{net}" for net in NETS]
        if name in known:
            return name
        families = "It has ResNet, MobileNet, EfficientNet, DenseNet and ConvNeXt nets."
        raise ValueError(unknown("net", name, known, families))

    @property
    def net(self) -> str:
        """The net's name in torchvision."""
        return self.name.removeprefix("torchvision:")


def _refuses(options: TorchvisionOptions, shape: PictureShape) -> str | None:
    if options.net.startswith("convnext"):
        return too_small(shape, 16, "its stem and three unpadded halvings need")
    if options.net.startswith("densenet"):
        return too_small(shape, 8, "its three poolings need")
    return None


SPEC = ModelSpec(
    name="torchvision",
    about="torchvision:NAME: its ResNet, MobileNet, EfficientNet, DenseNet and ConvNeXt nets",
    options=TorchvisionOptions,
    build="engine.models.torchvision.net:build",
    refuses=_refuses,
    prefers_bf16=True,
    source="torchvision.models, without pretrained weights",
)
