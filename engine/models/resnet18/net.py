"""The modules of `resnet18`: torchvision's, with another stem."""

from torch import Tensor, nn

from engine.models.layers import activation, named
from engine.models.resnet18.spec import Resnet18Options
from engine.models.spec import PictureShape


class BasicBlock(nn.Module):
    """ReLU of the input plus two convolutions of it; a 1x1 convolution fits the input's shape."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.act1 = activation("relu")
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = _shortcut(inputs, outputs, stride)
        self.act2 = activation("relu")

    def forward(self, maps: Tensor) -> Tensor:
        """Map `(N, inputs, H, W)` to `(N, outputs, H / stride, W / stride)`."""
        branch = self.act1(self.norm1(self.conv1(maps)))
        branch = self.norm2(self.conv2(branch))
        total: Tensor = self.act2(branch + self.shortcut(maps))
        return total


def build(options: Resnet18Options, shape: PictureShape, num_classes: int) -> nn.Module:
    """Return stem → four stages of two basic blocks → mean of each map → head."""
    stem = {
        "conv": nn.Conv2d(shape.channels, options.width, 3, padding=1, bias=False),
        "norm": nn.BatchNorm2d(options.width),
        "act": activation("relu"),
    }
    layers: dict[str, nn.Module] = {"stem": named(stem)}
    channels = options.width
    for stage in range(4):
        filters = options.width * 2**stage
        first = BasicBlock(channels, filters, stride=1 if stage == 0 else 2)
        second = BasicBlock(filters, filters, stride=1)
        layers[f"stage{stage + 1}"] = named({"block1": first, "block2": second})
        channels = filters
    layers |= {"pool": nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten()}
    layers["head"] = nn.Linear(channels, num_classes)
    net = named(layers)
    _initialise(net)
    return net


def _shortcut(inputs: int, outputs: int, stride: int) -> nn.Module:
    if stride == 1 and inputs == outputs:
        return nn.Identity()
    conv = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)
    return named({"conv": conv, "norm": nn.BatchNorm2d(outputs)})


def _initialise(net: nn.Module) -> None:
    """Draw the kernels as the paper does: He's normal, by the features that go out."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
