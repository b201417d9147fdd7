import pytest

from tui.bindings import all_bindings, clash, key_name, key_sign


def test_every_binding_of_ours_has_an_id_a_description_and_a_key_that_exists() -> None:
    for known in all_bindings().values():
        place, dot, name = known.id.partition(".")
        assert dot
        assert place.replace("_", "").isalpha()
        assert name
        assert known.what, known.id
        for key in known.keys:
            assert key_name(key) is not None, (known.id, key)


def test_keys_that_are_shared_from_the_start_may_stay_so() -> None:
    assert clash({"run.pause": "space"}) is None, "a replay plays by the same key"
    assert clash({"run.pause": "f2", "run.stop": "f2"}) == (
        "keys: run.pause and run.stop would both be 'f2'; give one of them another key."
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("p", "p"), ("P", "P"), ("shift+p", "P"), ("?", "question_mark"), ("/", "slash"),
        (",", "comma"), ("slash", "slash"), ("ctrl+x", "ctrl+x"),
        ("f2", "f2"), ("space", "space"), (" ", "space"), ("full_stop", "full_stop"), ("+", "plus"),
        ("ctrl+", None), ("cntrl+x", None), ("nothing", None), ("", None),
    ],
)  # fmt: skip
def test_keys_are_named_as_textual_does(written: str, name: str | None) -> None:
    assert key_name(written) == name


def test_keys_are_written_as_on_the_keyboard() -> None:
    assert [key_sign(key) for key in ("slash", "left_square_bracket", "ctrl+x", "space", "p")] == [
        "/", "[", "ctrl+x", "space", "p",
    ]  # fmt: skip
