"""The four views of the Data screen: what is drawn of the chosen set, page by page."""

from collections.abc import Hashable

from rich.style import Style
from textual import work

from engine.config import RunConfig
from engine.data.spec import Images
from engine.errors import DliError
from engine.options import AugmentOptions, DataOptions
from tui import data_view as draw
from tui.augmentations import RECIPES, recipes
from tui.data_layout import Size, augment_layout, grid, lay_out
from tui.data_sets import DataSet
from tui.looking import Looked
from tui.panels.data_view import DataView
from tui.screens.data_stock import DataStock
from tui.screens.data_work import DataWork
from tui.tiles import Row

PICTURES, BALANCE, MEANS, AUGMENTATION = range(4)
VIEWS = ("Pictures", "Balance", "Means", "Augmentation")


class DataViews(DataStock):
    """A screen that draws an opened set into its `DataView`."""

    view = PICTURES
    part = "train"
    zoom = 0
    first_page = 0  # of pictures of each class
    first_class = 0
    recipe = RECIPES[0]
    draws = 0  # how often augmentation was drawn again

    def __init__(self) -> None:
        super().__init__()
        self._means: dict[tuple[str, str], Images] = {}
        self._augmented: draw.Augmented | None = None
        self._asked: Hashable = None  # what the helper was asked last
        self._trouble = ""  # why it did not answer
        self._form_had = AugmentOptions()

    @property
    def pen(self) -> draw.Pen:
        """How things are drawn on this terminal."""
        return draw.Pen(self.lab.palette, not self.lab.is_plain, self.lab.ascii_only)

    @property
    def room(self) -> Size:
        """The columns and rows of the view."""
        return self.query_one("#view", DataView).room

    def rows_of(self, shown: DataSet, found: Looked, options: DataOptions) -> list[Row]:
        """Return what is to be seen of an opened set; what takes long is begun, and shown later."""
        room = self.room
        if self.view == PICTURES:
            laid = lay_out(len(found.classes), found.shape, room, self.zoom)
            start = self.first_class, self.first_page * laid.across
            return draw.samples(found, self.part, laid, start, self.pen)
        if self.view == BALANCE:
            return draw.balance(found, room, self.first_class, self.pen)
        if self.view == MEANS:
            means = self._means.get((shown.name, self.part))
            if means is None:
                self.take_means(shown.name, self.part, found)
                return self.say("Taking the mean of each class ...")
            return draw.means(found, means, room, self.first_class, self.pen)
        return self._augmentation(shown, found, options)

    def say(self, text: str, is_error: bool = False) -> list[Row]:
        """Return a text in the middle of the view."""
        style = Style(color=self.lab.palette.bad if is_error and not self.lab.is_plain else None)
        return draw.words(text, self.room, style)

    def classes_per_page(self, found: Looked) -> int:
        """Return how many classes are seen at once."""
        room = self.room
        if self.view == PICTURES:
            return lay_out(len(found.classes), found.shape, room, self.zoom).classes
        if self.view == MEANS:
            return grid(len(found.classes), found.shape, room).classes
        return draw.bars_per_page(room)

    def about_view(self, found: Looked) -> str:
        """Return what the view shows, for the right end of its line."""
        if self.view == AUGMENTATION:
            return self.recipe.name
        last = min(self.first_class + self.classes_per_page(found), len(found.classes))
        part = f"{self.part} " if self.view == MEANS else ""
        if self.first_class == 0 and last == len(found.classes):
            return part.strip()
        return f"{part}{self.first_class + 1}-{last} of {len(found.classes)}"

    def take_form(self) -> None:
        """Look at the form's augmentation first, where it has another one than last time."""
        form = self.lab.form_config
        options = form.augment if form is not None else AugmentOptions()
        if options != self._form_had:
            self._form_had = options
            self.recipe = recipes(options)[0]

    def next_recipe(self) -> None:
        """Take the next kind of augmentation."""
        known = recipes(self._form_had)
        place = known.index(self.recipe) + 1 if self.recipe in known else 0
        self.recipe = known[place % len(known)]

    def forget(self, name: str) -> None:
        """Drop what was worked out of a set that may have changed."""
        self._means = {key: means for key, means in self._means.items() if key[0] != name}
        self._asked = None

    def on_data_work_means_taken(self, message: DataWork.MeansTaken) -> None:
        """Keep them, and show them."""
        self._means[message.name, message.part] = message.pictures
        self.redraw()

    def _augmentation(self, shown: DataSet, found: Looked, options: DataOptions) -> list[Row]:
        width, across, draws = augment_layout(found.shape, self.room)
        asked = shown.name, options, self.recipe, self.first_page, self.draws, across, draws
        if asked != self._asked:
            self._asked, self._augmented, self._trouble = asked, None, ""
            config = RunConfig(dataset=shown.name, data=options, augment=self.recipe.options)
            self.ask_for_draws(config, across, draws)
        if self._trouble:
            return self.say(self._trouble, is_error=True)
        if self._augmented is None:
            return self.say("Asking the helper process, which takes some seconds to start ...")
        return draw.augmented(self._augmented, width, self.pen)

    @work(exclusive=True, group="data-augment", exit_on_error=False)
    async def ask_for_draws(self, config: RunConfig, across: int, draws: int) -> None:
        """Ask for the same pictures in several epochs; each answer is shown when it comes."""
        from tui.helper import pictures_in

        about = f"{self.recipe.settings}   {self.recipe.about}"
        shown: dict[str, Images] = {}
        for number in range(draws):
            epoch = self.draws * draws + number + 1
            try:
                answer = await self.lab.helper.ask(
                    "augment", config, count=across, first=self.first_page * across,
                    epoch=epoch, asker="data",
                )  # fmt: skip
            except DliError as error:
                self._trouble = str(error)
                break
            shown[f"epoch {epoch}"] = pictures_in(answer, "images")
            names = [answer["classes"][label] for label in answer["labels"]]
            self._augmented = draw.Augmented(
                pictures_in(answer, "originals"), dict(shown), names, about
            )
            self.redraw()
        self.redraw()
