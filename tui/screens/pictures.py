"""A window of pictures of a run: of one cell of the confusion matrix, or its mistakes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from engine.errors import DliError
from tui.bars import KeyBar
from tui.captions import caption
from tui.exported import export_pictures
from tui.inks import Inks
from tui.judged import RunPredictions
from tui.mistakes import Judgement
from tui.palette import Palette, palette_of
from tui.panels.epochs import newest_epoch, sentence
from tui.panels.wall import Wall
from tui.portrait import Portrait
from tui.predicted import Places
from tui.sources import RunView

if TYPE_CHECKING:
    from tui.app import DliApp


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures of one split and epoch of a run; `places` (M,) are within the split."""

    title: str
    view: RunView
    predictions: RunPredictions
    judged: Judgement
    places: Places

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes."""
        assert self.view.history.prepared is not None
        return self.view.history.prepared.classes


class PicturesScreen(ModalScreen[None]):
    """Shows pictures page by page, or one large with its course over the epochs.

    Args:
        shown: which pictures.
        place: the one that is chosen first.
        is_large: begin with that one large.
    """

    CSS_PATH = "../styles/pictures.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enlarge", "Large", id="pictures.enlarge"),
        Binding("escape,q", "back", "Back", id="pictures.back"),
        Binding("e", "export", "Export CSV", id="pictures.export"),
        Binding("left", "move(-1)", "Picture before", show=False, id="pictures.left"),
        Binding("right", "move(1)", "Next picture", show=False, id="pictures.right"),
        Binding("up", "move_rows(-1)", "Row above", show=False, id="pictures.up"),
        Binding("down", "move_rows(1)", "Row below", show=False, id="pictures.down"),
        Binding("pagedown", "turn(1)", "Page", key_display="pgdn", id="pictures.next_page"),
        Binding("pageup", "turn(-1)", "Page before", show=False, id="pictures.previous_page"),
        Binding("home", "move(-1000000000)", "First", show=False, id="pictures.first"),
        Binding("end", "move(1000000000)", "Last", show=False, id="pictures.last"),
    ]

    def __init__(self, shown: Pictures, place: int | None = None, is_large: bool = False) -> None:
        super().__init__()
        self._shown, self._place = shown, place
        self._is_large = self._began_large = is_large

    @property
    def lab(self) -> "DliApp":
        """The app, as ours."""
        return cast("DliApp", self.app)  # importing it here would go in a circle

    @property
    def palette(self) -> Palette:
        """The colours of the present theme."""
        return palette_of(self.app.current_theme)

    def compose(self) -> ComposeResult:
        """Make the window."""
        with Vertical(id="pictures"):
            yield Static(id="pictures-title")
            yield Wall()
            yield Static(id="portrait")
            yield KeyBar()

    def on_mount(self) -> None:
        """Hang the pictures, and look for them."""
        shown, history = self._shown, self._shown.view.history
        wall, judged = self.query_one(Wall), shown.judged
        wall.hang(
            shown.places,
            judged.rows,
            lambda place, width: caption(judged, place, shown.classes, self.palette, width),
        )
        if self._place is not None:
            wall.move(shown.places.tolist().index(self._place))
        if history.config is not None and history.prepared is not None:
            wall.fetch(history.config, history.prepared, judged.split)
        self._draw()

    def on_wall_moved(self) -> None:
        """Say which picture is chosen."""
        self._draw()

    def on_wall_picked(self) -> None:
        """Show it large."""
        self.action_enlarge()

    def on_resize(self) -> None:
        """Fit the new size."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        wall, portrait = self.query_one(Wall), self.query_one("#portrait", Static)
        wall.display, portrait.display = not self._is_large, self._is_large
        self.query_one("#pictures-title", Static).update(self._title(wall))
        if self._is_large and wall.place is not None:
            portrait.update(Text("\n", no_wrap=True).join(self._portrait(wall, wall.place)))

    def _title(self, wall: Wall) -> Text:
        shown, judged = self._shown, self._shown.judged
        split = "test" if judged.split == "test" else f"val, after epoch {judged.epoch}"
        which = f"{wall.chosen + 1} of {len(wall.places):,}" if self._is_large else wall.span()
        title = Text.assemble((shown.title, "bold"), (f"   {split}   {which}", "dim"))
        if wall.problem:
            title.append(f"\n{wall.problem}", self.palette.warn)
        return title

    def _portrait(self, wall: Wall, place: int) -> list[Text]:
        shown = self._shown
        plain, ascii_only = self.lab.is_plain, self.lab.ascii_only
        inks = Inks(self.palette, self.background_colors[1], plain, ascii_only)
        course = None
        try:
            if shown.judged.split == "val":
                course = shown.predictions.of_picture(place, newest_epoch(shown.view.history))
        except DliError as error:
            return [Text(sentence(error))]
        size = self.query_one("#portrait").content_size
        portrait = Portrait(shown.judged, place, shown.classes, course)
        return portrait.lines(wall.images, (max(40, size.width), max(8, size.height)), inks)

    def action_enlarge(self) -> None:
        """Show the chosen picture large, or all of them again."""
        self._is_large = not self._is_large
        self._draw()
        self.call_after_refresh(self._draw)  # the portrait has its size only now

    def action_back(self) -> None:
        """Show all pictures again, or close the window."""
        if self._is_large and not self._began_large:
            self.action_enlarge()
        else:
            self.dismiss()

    def action_move(self, by: int) -> None:
        """Choose another picture."""
        self.query_one(Wall).move(by)

    def action_move_rows(self, by: int) -> None:
        """Choose a picture of another row."""
        if not self._is_large:
            self.query_one(Wall).move_rows(by)

    def action_turn(self, by: int) -> None:
        """Turn pages."""
        self.query_one(Wall).turn(by)

    def action_export(self) -> None:
        """Write which pictures these are into the run folder."""
        shown = self._shown
        try:
            path = export_pictures(
                shown.view.folder, shown.title, shown.judged, shown.places, shown.classes
            )
        except DliError as error:
            self.app.notify(sentence(error), severity="error", markup=False)
            return
        self.app.notify(f"Wrote {len(shown.places):,} rows into {path}", markup=False)
