"""Where pictures go: never outside, all classes in sight where that can be, larger when asked."""

import itertools

import pytest

from tui.data_layout import LABEL, Size, augment_layout, grid, lay_out

ROOMS = [Size(*each) for each in ((40, 8), (50, 17), (84, 30), (138, 48), (190, 52), (10, 3))]
SHAPES = [(28, 28, 1), (32, 32, 3), (64, 64, 3), (20, 60, 3), (60, 20, 3)]


@pytest.mark.parametrize(("room", "shape"), list(itertools.product(ROOMS, SHAPES)))
def test_pictures_by_class_stay_in_their_room(room: Size, shape: tuple[int, ...]) -> None:
    for num_classes, zoom in itertools.product((2, 10, 100), (-3, 0, 2)):
        laid = lay_out(num_classes, shape, room, zoom)
        used = laid.blocks * (laid.across * (laid.tile.width + 1) + 1) - 2
        assert used <= room.width or (laid.across, laid.blocks) == (1, 1)
        assert laid.down * (laid.tile.height + 1) <= room.height or laid.down == 1


def test_all_of_ten_classes_are_in_sight_on_a_large_terminal() -> None:
    laid = lay_out(10, (28, 28, 1), Size(138, 50))
    assert laid.classes >= 10
    assert laid.across >= 3
    assert laid.tile.width >= 16


def test_zoom_changes_the_size_of_pictures() -> None:
    room, shape = Size(138, 50), (28, 28, 1)
    widths = [lay_out(10, shape, room, zoom).tile.width for zoom in (-2, -1, 0, 1, 2)]
    assert widths == sorted(set(widths))


@pytest.mark.parametrize("room", ROOMS[:-1])
def test_a_grid_holds_what_it_says(room: Size) -> None:
    laid = grid(10, (28, 28, 1), room)
    assert laid.across * (laid.tile.width + 1) - 1 <= room.width
    assert laid.down * (laid.tile.height + 1) <= room.height
    assert laid.classes == laid.across * laid.down


@pytest.mark.parametrize("room", ROOMS[1:-1])
def test_augmented_pictures_have_room_for_a_draw(room: Size) -> None:
    width, across, draws = augment_layout((28, 28, 1), room)
    height = width // 2
    assert LABEL + across * (width + 1) <= room.width + 1
    assert 2 + height + draws * (height + 1) <= room.height
    assert draws >= 1
