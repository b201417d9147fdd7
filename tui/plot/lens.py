"""Where one looks: which part of the x axis, and where the crosshair is."""

from dataclasses import dataclass, replace
from typing import Self

_SMALLEST = 1e-4  # of the whole; closer there are no points to see
Span = tuple[float, float]


@dataclass(frozen=True)
class Lens:
    """A part of the x axis, `width` up to `end`; without a width all of it.

    Without an `end` it reaches the end of the data, and follows it as it grows. `cursor` is where
    the crosshair is; it is `held` if it stays when the pointer leaves.
    """

    width: float | None = None
    end: float | None = None
    cursor: float | None = None
    held: bool = False

    def window(self, whole: Span) -> Span:
        """Return the part that is seen of the whole."""
        low, high = whole
        if self.width is None or self.width >= high - low:
            return whole
        end = high if self.end is None else min(max(self.end, low + self.width), high)
        return end - self.width, end

    def zoomed(self, factor: float, whole: Span, around: float | None = None) -> Self:
        """Return the lens with a window `factor` times as wide.

        It stays where it was around a place; that is the crosshair, or the right end.
        """
        low, high = self.window(whole)
        around = self.cursor if around is None else around
        around = high if around is None or not low <= around <= high else around
        width = max(factor * (high - low), _SMALLEST * (whole[1] - whole[0]))
        end = around + (high - around) * width / (high - low)
        return self._ending(end, width, whole)

    def panned(self, distance: float, whole: Span) -> Self:
        """Return the lens moved along the x axis."""
        low, high = self.window(whole)
        return self._ending(high + distance, high - low, whole)

    def _ending(self, end: float, width: float, whole: Span) -> Self:
        size = whole[1] - whole[0]
        if width >= size * (1 - 1e-9):
            return replace(self, width=None, end=None)
        end = max(end, whole[0] + width)
        return replace(self, width=width, end=None if end >= whole[1] - 1e-6 * size else end)

    def unzoomed(self) -> Self:
        """Return the lens that shows all of it."""
        return replace(self, width=None, end=None)

    def pointing(self, at: float | None, held: bool) -> Self:
        """Return the lens with the crosshair at a place, or without it."""
        return replace(self, cursor=at, held=held and at is not None)

    def pointed_on(self, distance: float, whole: Span) -> Self:
        """Return the lens with its crosshair moved; the window goes along where it must."""
        assert self.cursor is not None
        at = min(max(self.cursor + distance, whole[0]), whole[1])
        moved = replace(self, cursor=at)
        low, high = self.window(whole)
        if at > high:
            return moved.panned(at - high, whole)
        return moved.panned(at - low, whole) if at < low else moved
