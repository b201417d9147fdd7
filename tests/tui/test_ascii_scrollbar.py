from textual.scrollbar import ScrollBar

from tui.ascii_scrollbar import use_ascii_scrollbars


def _drawn(vertical: bool) -> str:
    bars = (
        ScrollBar.renderer.render_bar(10, 33, 7, place, vertical=vertical).segments
        for place in range(26)
    )
    return "".join(segment.text for bar in bars for segment in bar)


def test_scroll_bars_are_ascii_where_asked() -> None:
    usual = _drawn(vertical=True) + _drawn(vertical=False)
    try:
        use_ascii_scrollbars()
        plain = _drawn(vertical=True) + _drawn(vertical=False)
    finally:
        use_ascii_scrollbars(False)

    assert not usual.isascii()
    assert plain.isascii()
    assert _drawn(vertical=True) + _drawn(vertical=False) == usual
