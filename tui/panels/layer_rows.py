"""The rows of the layer panel as text: shapes, numbers, and bars for shares of the whole."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from rich.text import Text

from tui import format as fmt
from tui.palette import Palette

ORDERS = ("as they run", "most parameters first", "most FLOPs first")
_KEYS = ("", "num_parameters", "flops")
_WIDE = 110
_NUMBER, _SHORT_NUMBER, _PERCENT, _GAP = 14, 8, 6, 2
_LEAST_BAR, _LONGEST_BAR = 4, 24
_EIGHTHS = " ▏▎▍▌▋▊▉█"


class LayerTable:
    """The layers as `engine.preview` tells of them, in `width` columns."""

    def __init__(
        self,
        found: Mapping[str, Any],
        width: int,
        palette: Palette,
        ascii_only: bool,
        order_name: str,
    ) -> None:
        self._found, self._width, self._palette = found, width, palette
        self._ascii, self._order = ascii_only, order_name

    @cached_property
    def layers(self) -> list[dict[str, Any]]:
        """The layers, from the first row to the last."""
        key = _KEYS[ORDERS.index(self._order)]
        layers = list(self._found["layers"])
        return sorted(layers, key=lambda layer: -layer[key]) if key else layers

    @cached_property
    def _widths(self) -> tuple[int, int, int, int, int]:
        """The widths of name, type, output shape, number and bar."""
        wide = self._width >= _WIDE
        number = _NUMBER if wide else _SHORT_NUMBER
        share = 40 if wide else 18
        name = min(max(5, *(len(layer["name"]) for layer in self.layers)), share)
        kind = min(max(4, *(len(layer["type"]) for layer in self.layers)), 24 if wide else 14)
        shape = min(max(6, *(len(_shape(layer)) for layer in self.layers)), 16)
        taken = name + kind + shape + 2 * number + 5 * _GAP + 2 + 2 * _PERCENT * wide
        bar = min(max((self._width - taken) // 2, _LEAST_BAR), _LONGEST_BAR)
        return name, kind, shape, number, bar

    def about(self) -> Text:
        """Return the totals."""
        found = self._found
        shape = "x".join(map(str, found["picture_shape"]))
        parts = (
            (f"{fmt.count(found['num_parameters'])} parameters", "bold"),
            (f"{fmt.short_count(found['flops'])} FLOPs a picture", "bold"),
            (f"order: {self._order}", "dim"),
            (f"{shape} to {found['num_classes']} classes", ""),
            (f"{len(self.layers)} layers", ""),
        )
        line = Text.assemble(parts[0])
        for part in parts[1:]:
            if line.cell_len + len(part[0]) + 3 <= self._width:
                line = Text.assemble(line, "   ", part)
        return line

    def heading(self) -> Text:
        """Return the line over the rows."""
        name, kind, shape, number, bar = self._widths
        wide = number > _SHORT_NUMBER
        numbers = "".join(
            f"{'':{_GAP}}{title:>{number}}{'share' * wide:>{_PERCENT * wide}} {'':{bar}}"
            for title in ("parameters" if wide else "params", "FLOPs")
        )
        return Text(f"{'layer':{name}}  {'type':{kind}}  {'output':>{shape}}{numbers}")

    def row(self, index: int) -> Text:
        """Return the row of the layer at a place in the order."""
        layer, found = self.layers[index], self._found
        name, kind, shape, _, _ = self._widths
        return Text.assemble(
            self._tail(layer["name"] or "(model)", name).ljust(name),
            (f"  {self._tail(layer['type'], kind):{kind}}", "dim"),
            f"  {_shape(layer):>{shape}}",
            *self._share(layer["num_parameters"], found["num_parameters"], self._palette.train),
            *self._share(layer["flops"], found["flops"], self._palette.val),
            no_wrap=True,
        )

    def _share(self, part: int, whole: int, colour: str) -> list[tuple[str, str]]:
        *_, number, bar = self._widths
        wide, share = number > _SHORT_NUMBER, part / whole if whole else 0.0
        text = fmt.count(part) if wide else fmt.short_count(part)
        if not part:
            text = "-" if self._ascii else fmt.MISSING
        percent = f"{_percent(share):>{_PERCENT}}" if wide else ""
        numbers = f"{'':{_GAP}}{text:>{number}}{percent} "
        return [(numbers, "" if part else "dim"), (self._bar(share, bar), colour)]

    def _bar(self, share: float, width: int) -> str:
        if self._ascii:
            return ("#" * max(round(share * width), share > 0)).ljust(width)
        eighths = max(round(share * width * 8), share > 0)
        full, rest = divmod(eighths, 8)
        return ("█" * full + _EIGHTHS[rest].strip()).ljust(width)

    def _tail(self, name: str, width: int) -> str:
        """Cut a name from the left: the ends of layers' names tell them apart."""
        return name if len(name) <= width else ("~" if self._ascii else "…") + name[1 - width :]


def _percent(share: float) -> str:
    if 0 < share < 0.005:
        return "<1 %"
    return fmt.percent(share, 0) if share else ""


def _shape(layer: Mapping[str, Any]) -> str:
    return "x".join(map(str, layer["output_shape"])) or "1"
