import json
import sys
from typing import Any

from textual.pilot import Pilot

from tests.tui.panels.in_tab import in_tab
from tests.tui.screens.conftest import BEST, OpenLab
from tests.tui.screens.golden import screen_text
from tui.app import DliApp
from tui.helper import Helper
from tui.palette import DARK
from tui.panels.layer_rows import ORDERS, LayerTable
from tui.panels.layers import LayersPanel

FOUND = {
    "layers": [
        {"name": "conv", "type": "Conv2d", "output_shape": [8, 28, 28], "num_parameters": 100,
         "flops": 3_000_000},
        {"name": "relu", "type": "ReLU", "output_shape": [8, 28, 28], "num_parameters": 0,
         "flops": 0},
        {"name": "a.very.long.path.to.the.head", "type": "Linear", "output_shape": [10],
         "num_parameters": 99_900, "flops": 1_000_000},
    ],
    "num_parameters": 100_000, "keras_parameters": 100_000, "flops": 4_000_000,
    "picture_shape": [1, 28, 28], "num_classes": 10,
}  # fmt: skip
ANSWERS = """
import json, sys
print('{"up": true}', flush=True)
for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps({"id": question["id"], **json.loads(sys.argv[1])}), flush=True)
"""


def helper_that_says(answer: dict[str, Any]) -> Helper:
    """Return a helper whose process always gives the same answer, without torch."""
    return Helper((sys.executable, "-c", ANSWERS, json.dumps(answer)))


def test_each_layer_has_its_share_of_the_parameters_and_of_the_work() -> None:
    table = LayerTable(FOUND, 118, DARK, False, ORDERS[0])

    rows = [table.row(place).plain for place in range(3)]

    assert rows[0].split()[:4] == ["conv", "Conv2d", "8x28x28", "100"]
    assert "<1 %" in rows[0]
    assert "75 % █" in rows[0]
    assert rows[1].count("–") == 2
    assert "100 %" in rows[2]
    assert len({len(row.rstrip()) <= 118 for row in rows}) == 1


def test_narrow_rows_are_aligned_and_cut_the_start_of_long_names() -> None:
    table = LayerTable(FOUND, 78, DARK, True, "most parameters first")
    rows = [table.row(place).plain for place in range(3)]

    assert rows[0].startswith("~.path.to.the.head  Linear")
    assert all(row.isascii() and len(row) <= 78 for row in rows)
    assert table.heading().plain.index("FLOPs") + 4 == rows[2].rindex("-")


async def shows(pilot: Pilot[Any], text: str) -> bool:
    """Wait for a text on the screen, for two seconds at most."""
    assert isinstance(pilot.app, DliApp)
    for _ in range(100):
        if text in screen_text(pilot.app):
            return True
        await pilot.pause(0.02)
    return False


async def test_layers_come_from_the_helper_and_are_sorted(lab: OpenLab) -> None:
    app = lab(BEST)
    async with app.run_test(size=(80, 24)) as pilot:
        app._helper = helper_that_says({"answer": FOUND})
        await in_tab(pilot, "layers", LayersPanel)
        assert await shows(pilot, "100,000 parameters")
        await pilot.press("o")
        assert await shows(pilot, "order: most parameters first")
        await pilot.press("o")
        assert await shows(pilot, "order: most FLOPs first")


async def test_the_sentence_of_a_failure_is_shown_and_it_can_be_asked_again(lab: OpenLab) -> None:
    app = lab(BEST)
    sentence = "the model needs larger pictures."
    async with app.run_test(size=(80, 24)) as pilot:
        app._helper = helper_that_says({"error": sentence, "kind": "ModelError"})
        await in_tab(pilot, "layers", LayersPanel)
        assert await shows(pilot, f"The layers cannot be shown: {sentence}")
        await app._helper.close()
        app._helper = helper_that_says({"answer": FOUND})
        await pilot.press("g")
        assert await shows(pilot, "100,000 parameters")
