"""One picture large, with what each epoch said of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.text import Text

from engine.data.spec import Images
from engine.predictions import Predictions
from tui import format as fmt
from tui import pictures
from tui.inks import Inks
from tui.mistakes import Judgement
from tui.predicted import Stretch, stretches

_TEXT = 34  # cells beside the picture, at least
_MOST_LINES = 4  # of the strip
_WIDEST_CELL = 3
_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, eq=False)
class Portrait:
    """A picture of a split with the predictions of all epochs, if they are known."""

    judged: Judgement
    place: int
    classes: Sequence[str]
    course: Predictions | None

    def lines(self, images: Images | None, size: tuple[int, int], inks: Inks) -> list[Text]:
        """Return the picture and the text beside it, `size` columns and lines at most."""
        width, height = size
        image = images[self.judged.rows[self.place]] if images is not None else None
        picture: list[Text] = []
        if image is not None:
            high, wide = image.shape[:2]
            cells = min(width - _TEXT - 3, int(2 * height * wide / high))
            draw = pictures.characters if inks.plain or inks.ascii_only else pictures.half_blocks
            picture = draw(image, max(4, cells))[:height]
        beside = picture[0].cell_len + 3 if picture else 0
        text = self._text(width - beside, height, inks)
        joined = []
        for number in range(max(len(picture), len(text))):
            line = picture[number].copy() if number < len(picture) else Text(" " * (beside - 3))
            if number < len(text):
                line.append("   " if picture else "").append_text(text[number])
            line.truncate(width)
            joined.append(line)
        return joined[:height]

    def _text(self, width: int, height: int, inks: Inks) -> list[Text]:
        judged, at = self.judged, self.place
        true, called = self.classes[judged.labels[at]], self.classes[judged.predicted[at]]
        is_right = true == called
        color = inks.palette.good if is_right else inks.palette.bad
        sure = fmt.percent(float(judged.confidence[at]), 1)
        known = [
            Text.assemble(("true    ", "dim"), (true, "bold")),
            Text.assemble(("called  ", "dim"), (called, f"bold {color}"), f"  {sure}"),
            Text(
                f"{judged.split}, row {judged.rows[at]:,}, after epoch {judged.epoch}", style="dim"
            ),
            Text(),
        ]
        if self.course is None:
            return [*known, Text("Test is read once, so there is no course.", style="dim")]
        strip = self._strip(width, inks)
        told = self._told(height - len(known) - len(strip) - 2, inks)
        title = Text("how sure, epoch by epoch", style="dim")
        return [*known, title, *strip, Text(), *told]

    def _strip(self, width: int, inks: Inks) -> list[Text]:
        """Return a cell for each epoch, as high as the confidence; of very many, some."""
        assert self.course is not None
        predicted, confidence = self.course
        label, current = int(self.judged.labels[self.place]), self.judged.epoch - 1
        wide = max(1, min(_WIDEST_CELL, width // max(1, len(predicted))))
        most = width // wide * _MOST_LINES
        chosen = np.arange(len(predicted))
        if len(chosen) > most:
            chosen = np.unique(np.linspace(0, len(predicted) - 1, most).astype(int))
        drawn = []
        for first in range(0, len(chosen), width // wide):
            line, marks = Text(no_wrap=True), Text(no_wrap=True)
            for epoch in chosen[first : first + width // wide].tolist():
                is_right, sure = int(predicted[epoch]) == label, float(confidence[epoch])
                sign = str(min(9, int(10 * sure))) if inks.ascii_only else _block(sure)
                line.append(wide * sign, _style(inks, is_right, epoch == current))
                marks.append(wide * ("+" if is_right else "x"), "dim")
            drawn += [line, marks] if inks.plain or inks.ascii_only else [line]
        return drawn

    def _told(self, room: int, inks: Inks) -> list[Text]:
        """Return the stretches of equal predictions, the latest ones if not all fit."""
        assert self.course is not None
        found = stretches(*self.course)
        hidden = max(0, len(found) - max(1, room)) and len(found) - max(1, room - 1)
        lines = [Text(f"{hidden} changes before", style="dim")] if hidden else []
        return lines + [self._stretch(each, inks) for each in found[hidden:]]

    def _stretch(self, part: Stretch, inks: Inks) -> Text:
        is_right = part.predicted == self.judged.labels[self.place]
        color = inks.palette.good if is_right else inks.palette.bad
        epochs = f"{part.first}" if part.first == part.last else f"{part.first}-{part.last}"
        low, high = fmt.percent(part.low, 0).removesuffix(" %"), fmt.percent(part.high, 0)
        sure = high if f"{low} %" == high else f"{low}-{high}"
        name = self.classes[part.predicted]
        mark = "+ " if is_right else "x "
        return Text.assemble((f"{epochs:>7}  ", "dim"), (mark + name, color), f"  {sure}")


def _block(part: float) -> str:
    return _BLOCKS[min(len(_BLOCKS) - 1, int(len(_BLOCKS) * part))]


def _style(inks: Inks, is_right: bool, is_current: bool) -> str:
    if is_current:
        return "reverse" if inks.plain else inks.palette.accent
    return inks.palette.good if is_right else inks.palette.bad
