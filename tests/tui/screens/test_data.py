"""The Data screen: looking at sets, preparing a folder, and downloads that fail or are given up."""

import base64
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from textual.pilot import Pilot
from textual.widgets import Input

from engine.config import RunConfig
from engine.data.spec import DatasetSpec, RemoteFile
from engine.errors import DliError
from engine.options import AugmentOptions
from tests.tui.screens.conftest import OpenLab, front
from tests.tui.screens.golden import check_golden, screen_text
from tui.panels.data_view import SetList
from tui.screens.data import DataScreen
from tui.screens.data_views import AUGMENTATION, BALANCE, MEANS, PICTURES
from tui.screens.dialogs import Enter


class Slow(BaseHTTPRequestHandler):
    """Sends a kilobyte now and then of a file of a megabyte."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        try:
            while True:
                self.wfile.write(bytes(1000))
                time.sleep(0.01)
        except OSError:
            pass  # nobody listens any more

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def slow_server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/file"
        server.shutdown()


def serve_from(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every data set be one file behind this URL."""

    def remote(_: DatasetSpec) -> list[RemoteFile]:
        return [RemoteFile("file", "0" * 32, (url,))]

    monkeypatch.setattr("engine.data.download.imported", lambda _: remote)


class Helper:
    """Answers as the helper process does, with grey pictures."""

    def __init__(self) -> None:
        self.asked: list[tuple[RunConfig, dict[str, Any]]] = []
        self.problem = ""

    async def ask(self, what: str, config: RunConfig, **others: Any) -> dict[str, Any]:
        assert what == "augment"
        self.asked.append((config, others))
        if self.problem:
            raise DliError(self.problem)
        images = np.full((others["count"], 28, 28, 1), 200, np.uint8)
        packed = base64.b64encode(images.tobytes()).decode()
        labels = [place % 2 for place in range(len(images))]
        return {"shape": images.shape, "originals": packed, "images": packed,
                "labels": labels, "classes": ["zero", "one"]}  # fmt: skip

    async def close(self) -> None:
        """Nothing is open."""


async def until(pilot: Pilot[Any], text: str) -> str:
    """Wait until a text is seen, and return all that is."""
    for _ in range(200):
        await pilot.pause(0.02)
        seen = screen_text(pilot.app)  # type: ignore[arg-type]
        if text in seen:
            return seen
    raise AssertionError(f"{text!r} is not seen:\n{seen}")


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLI_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_a_set_is_seen_by_class_with_its_balance_and_means(
    lab: OpenLab, own_cache: None, size: tuple[int, int]
) -> None:
    app = lab(ascii_only=size == (140, 45))
    async with app.run_test(size=size) as pilot:
        await pilot.press("6")
        screen = await front(pilot, DataScreen)
        await until(pilot, "prepared")
        await until(pilot, "cache 1.4 MB")
        check_golden(f"data_pictures_{size[0]}.txt", screen_text(app))
        for view in (BALANCE, MEANS):
            await pilot.press("v")
            await pilot.pause(0.3)
            assert screen.view == view
            check_golden(f"data_{view}_{size[0]}.txt", screen_text(app))


async def test_keys_page_through_pictures_classes_and_parts(lab: OpenLab) -> None:
    app = lab()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        screen = await front(pilot, DataScreen)
        first = await until(pilot, "1-2 of 10")
        assert "0  128 train" in first
        await pilot.press("t")
        await until(pilot, "0  14 val")
        await pilot.press("right", "right", "left")
        assert screen.first_page == 1
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until(pilot, "5-6 of 10")
        await pilot.press("left_square_bracket")
        await until(pilot, "3-4 of 10")
        await pilot.press("minus", "minus", "minus")
        await until(pilot, "1-3 of 10")
        await pilot.press("plus", "V", "V")
        assert screen.view == MEANS
        await pilot.press("v", "v")
        assert screen.view == PICTURES
        await pilot.click("#views", offset=(14, 0))
        assert screen.view == BALANCE
        await pilot.press("down", "up", "j", "k", "end", "home")
        assert screen.query_one(SetList).chosen == "digits"
        await pilot.press("enter")
        assert screen.view == MEANS
        await pilot.press("n")
        assert app.current_mode == "new"


async def test_augmentation_is_looked_at_before_it_is_chosen(lab: OpenLab) -> None:
    app, helper = lab(), Helper()
    app._helper = helper  # type: ignore[assignment]
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("6")
        screen = await front(pilot, DataScreen)
        await until(pilot, "prepared")
        await pilot.press("V")
        seen = await until(pilot, "epoch 2")
        assert screen.view == AUGMENTATION
        assert "augment.crop_padding=3" in seen
        assert "original" in seen
        assert "zero" in seen
        await pilot.press("a")
        await until(pilot, "augment.flip=random")
        await pilot.press("r")
        await until(pilot, "epoch 3")
        assert {others["epoch"] for _, others in helper.asked} == {1, 2, 3, 4}
        assert helper.asked[-1][0].augment.flip == "random"
        helper.problem = "this machine cannot compute that: out of memory"
        await pilot.press("a")
        await until(pilot, "out of memory")
        await pilot.press("n")
        assert app.current_mode == "new"
        helper.problem = ""
        app.form_config = RunConfig(augment=AugmentOptions(noise=0.25))
        app.action_go("data")
        assert "the form's" in await until(pilot, "augment.noise=0.25")


async def test_a_download_without_a_network_ends_in_a_sentence(
    lab: OpenLab, own_cache: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_from("http://127.0.0.1:9/file", monkeypatch)
    app = lab()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        await front(pilot, DataScreen)
        await until(pilot, "prepared")
        await pilot.press("end")
        await until(pilot, "mnist is not on this machine")
        await pilot.press("g")
        seen = await until(pilot, "no connection")
        assert "g tries again." in seen
        await pilot.press("home")
        await until(pilot, "prepared")
        await pilot.press("end")
        assert "no connection" in await until(pilot, "g tries again.")


async def test_a_download_shows_how_far_it_is_and_can_be_given_up(
    lab: OpenLab, own_cache: None, slow_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_from(slow_server, monkeypatch)
    app = lab()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press("6")
        screen = await front(pilot, DataScreen)
        await until(pilot, "prepared")
        await pilot.press("end", "enter")
        seen = await until(pilot, "of 1.0 MB")
        assert "downloading file" in seen
        assert "x cancels" in seen
        assert screen.check_action("get", ()) is False
        await pilot.press("x")
        await until(pilot, "mnist is not on this machine")
        assert screen.job is None


def make_pictures(root: Path, sizes: tuple[int, ...]) -> Path:
    for name, brightness in (("dark", 20), ("light", 230)):
        (root / name).mkdir(parents=True)
        for number in range(12):
            side = sizes[number % len(sizes)]
            Image.new("L", (side, side), brightness).save(root / name / f"{number}.png")
    return root


async def test_a_folder_is_taken_prepared_at_one_size_and_looked_at(
    lab: OpenLab, own_cache: None, tmp_path: Path
) -> None:
    folder = make_pictures(tmp_path / "lights", (12, 20))
    app = lab()
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.press("6")
        screen = await front(pilot, DataScreen)
        await pilot.press("f")
        dialog = await front(pilot, Enter)
        dialog.query_one(Input).value = str(tmp_path / "nowhere")
        await until(pilot, "There is no such folder.")
        dialog.query_one(Input).value = str(folder)
        await pilot.press("enter")
        await until(pilot, "lights/ is on this machine, but not in the cache yet.")
        await pilot.press("p")
        assert "differ in size" in await until(pilot, "p tries again")
        await pilot.press("i")
        dialog = await front(pilot, Enter)
        dialog.query_one(Input).value = "2"
        await until(pilot, "A whole number from 4 to 1024.")
        dialog.query_one(Input).value = "16"
        await pilot.press("enter")
        await until(pilot, "not in the cache yet")
        await pilot.press("p")
        seen = await until(pilot, "16 x 16 grey")
        assert re.search(r"light  [89] train", seen)
        assert re.search(r"lights/ +24 ", seen)
        await pilot.press("n")
        assert screen.lab.current_mode == "new"
