import pytest

from tui.plot.lens import Lens

WHOLE = (0.0, 100.0)


def test_zooming_in_and_out_again_shows_the_whole() -> None:
    closer = Lens().zoomed(0.5, WHOLE, around=50)

    assert closer.window(WHOLE) == (25, 75)
    assert closer.zoomed(2, WHOLE, around=50).window(WHOLE) == WHOLE


def test_what_is_under_the_pointer_stays_there() -> None:
    lens = Lens().zoomed(0.5, WHOLE, around=20)

    low, high = lens.window(WHOLE)
    assert (20 - low) / (high - low) == pytest.approx(0.2)


def test_by_keys_one_zooms_to_the_crosshair_or_the_newest() -> None:
    assert Lens().zoomed(0.5, WHOLE).window(WHOLE) == (50, 100)
    assert Lens(cursor=40).zoomed(0.5, WHOLE).window(WHOLE) == (20, 70)


def test_a_window_at_the_right_end_follows_and_one_elsewhere_stays() -> None:
    at_end = Lens().zoomed(0.1, WHOLE)
    elsewhere = at_end.panned(-20, WHOLE)

    grown = (0.0, 130.0)
    assert at_end.window(grown) == (120, 130)
    assert elsewhere.window(grown) == (70, 80)
    assert elsewhere.panned(20, WHOLE).window(grown) == (120, 130)


@pytest.mark.parametrize("distance", [-1000.0, 1000.0])
def test_one_cannot_pan_out_of_the_data(distance: float) -> None:
    low, high = Lens().zoomed(0.25, WHOLE).panned(distance, WHOLE).window(WHOLE)

    assert (low, high) == ((0, 25) if distance < 0 else (75, 100))


def test_there_is_an_end_to_zooming() -> None:
    lens = Lens()
    for _ in range(100):
        lens = lens.zoomed(0.5, WHOLE)

    low, high = lens.window(WHOLE)
    assert high - low == pytest.approx(0.01)


def test_the_crosshair_takes_the_window_along() -> None:
    lens = Lens(cursor=78).zoomed(0.2, WHOLE).pointed_on(30, WHOLE)

    assert lens.cursor == 100
    assert lens.window(WHOLE) == (80, 100)
    assert lens.pointed_on(-95, WHOLE).window(WHOLE) == (5, 25)
    assert lens.pointing(None, held=True) == Lens(lens.width, lens.end)


def test_a_window_from_longer_data_shows_what_there_is() -> None:
    assert Lens(width=30, end=60).window((0.0, 20.0)) == (0.0, 20.0)
    assert Lens(width=30, end=10).window(WHOLE) == (0, 30)
