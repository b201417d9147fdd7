from pathlib import Path

import numpy as np
import pytest

from engine.errors import StorageError
from engine.runs import RunFolder
from tui.exported import export_pictures
from tui.mistakes import Judgement

JUDGED = Judgement(
    "val", 12, np.array([0, 1, 1]), np.array([0, 0, 1], np.uint16), np.array([0.5, 0.25, 1.0]),
    np.array([7, 300, 41]),
)  # fmt: skip


def test_the_table_says_which_pictures_were_called_what(tmp_path: Path) -> None:
    path = export_pictures(
        RunFolder(tmp_path), "Ankle boot called T-shirt/top", JUDGED, np.array([1, 2]), ("a", 'b,"')
    )

    assert path.name == "pictures-val-epoch12-ankle-boot-called-t-shirt-top.csv"
    assert path.read_text().splitlines() == [
        "split,place,index,true,predicted,confidence",
        'val,1,300,"b,""",a,0.25000',
        'val,2,41,"b,""","b,""",1.00000',
    ]


def test_a_name_without_letters_still_names_the_file(tmp_path: Path) -> None:
    path = export_pictures(RunFolder(tmp_path), "→", JUDGED, np.array([], int), ("a", "b"))

    assert path.name == "pictures-val-epoch12-pictures.csv"


def test_a_folder_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        export_pictures(RunFolder(tmp_path / "gone"), "x", JUDGED, np.array([1]), ("a", "b"))
