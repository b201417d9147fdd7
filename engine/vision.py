"""The one door to torchvision, which mends a broken torch/torchvision pair when it must.

A CPU build of torch with PyPI's torchvision cannot load torchvision's compiled operators, and
importing it dies with "operator torchvision::nms does not exist". Its data sets, models and
transforms need none of them: declaring the operators that it looks for is enough.
"""

import importlib
from types import ModuleType

from torch.library import Library

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_declared: list[Library] = []  # a Library that nobody holds takes its operators away with it


def torchvision() -> ModuleType:
    """Return the torchvision package, imported; its compiled operators may be missing."""
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if _declared or "torchvision::nms does not exist" not in str(error):
            raise
    library = Library("torchvision", "DEF")
    for operator in ("nms", "qnms"):
        library.define(operator + _SCHEMA)
    _declared.append(library)
    return importlib.import_module("torchvision")


def is_broken_pair() -> bool:
    """Tell whether torchvision's compiled operators do not fit this torch and were declared."""
    torchvision()
    return bool(_declared)
