"""scikit-learn's handwritten digits, enlarged: embedded, so it always works."""

from pathlib import Path

import numpy as np
from PIL import Image

from engine.data.pictures import fit
from engine.data.spec import DatasetSpec, Pictures, Source
from engine.data.split import choose, rest
from engine.models.spec import PictureShape

_TEST_SIZE = 360  # a fifth of 1,797


def read(spec: DatasetSpec, folder: Path) -> Source:  # noqa: ARG001 - it comes with scikit-learn
    """Return the 1,797 pictures of 8x8 pixels from 0 to 16, as 28x28 from 0 to 255."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    small = np.rint(digits.images * (255 / 16)).astype(np.uint8)
    images = np.stack([fit(Image.fromarray(image), 1, spec.shape.height) for image in small])
    labels = digits.target.astype(np.int64)
    test = choose(labels, _TEST_SIZE, seed=0)
    train = rest(len(labels), test)
    return Source(
        tuple(str(digit) for digit in range(10)),
        {
            "train": Pictures.of(images[train], labels[train]),
            "test": Pictures.of(images[test], labels[test]),
        },
    )


SPEC = DatasetSpec(
    name="digits",
    about="1,797 handwritten digits of scikit-learn, enlarged from 8x8; needs no download",
    num_classes=10,
    shape=PictureShape(1, 28, 28),
    train_size=1437,
    test_size=_TEST_SIZE,
    download_mb=0,
    licence="CC BY 4.0",
    read="engine.data.sources.digits:read",
)
