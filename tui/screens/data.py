"""The Data screen: which sets there are, getting them, and looking at their pictures."""

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from engine.config import RunConfig
from engine.data.registry import FOLDER
from engine.data.spec import Progress
from engine.options import AugmentOptions
from tui import clock
from tui import data_view as draw
from tui import format as fmt
from tui.data_sets import DataSet, Job
from tui.looking import PARTS, Looked
from tui.panels.data_facts import advice, facts, remedies, standing
from tui.panels.data_view import DataView, SetList
from tui.screens.data_views import AUGMENTATION, MEANS, PICTURES, VIEWS, DataViews
from tui.screens.dialogs import Enter

_LIST_SECONDS = 5.0


class DataScreen(DataViews):
    """The list on the left; facts and four views of the chosen set on the right."""

    TITLE = "Data"
    ABOUT = (
        "The data sets: those that dli knows, and folders of your own pictures with one folder "
        "for each class (f takes one). A set that is not on this machine is downloaded with g, "
        "and prepared once with p: its pictures then lie in a cache that every run trains from. "
        "v goes from the pictures to the balance of the classes, the mean picture of each class, "
        "and what augmentation makes of the pictures (a takes the next kind, r draws again). "
        "n opens the form of a new run on this set."
    )
    CSS_PATH = "../styles/data.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view(1)", "View", id="data.view"),
        Binding("n", "new_run", "New run", id="data.new_run"),
        Binding("g", "get", "Get", id="data.get"),
        Binding("p", "prepare", "Prepare", id="data.prepare"),
        Binding("x", "cancel", "Cancel", id="data.cancel"),
        Binding("a", "recipe", "Next kind", id="data.recipe"),
        Binding("r", "draw_again", "Draw again", id="data.draw_again"),
        Binding("right", "page(1)", "More", id="data.more"),
        Binding("t", "part", "Split", id="data.part"),
        Binding("f", "folder", "Folder", id="data.folder"),
        Binding("i", "size", "Picture size", id="data.size"),
        Binding("plus,equals_sign", "zoom(1)", "Larger", show=False, id="data.larger"),
        Binding("minus", "zoom(-1)", "Smaller", show=False, id="data.smaller"),
        Binding("left", "page(-1)", "Back", show=False, id="data.back"),
        Binding("right_square_bracket", "classes(1)", "Next classes", show=False,
                id="data.classes"),
        Binding("left_square_bracket", "classes(-1)", "Classes before", show=False,
                id="data.classes_back"),
        Binding("V", "view(-1)", "View before", show=False, id="data.view_back"),
    ]  # fmt: skip

    _drawn_for: object = None

    def body(self) -> ComposeResult:
        """Yield the list, and what is seen of the chosen set."""
        with Horizontal():
            with Vertical(id="sets"):
                yield Static(id="heads")
                yield SetList(compact=True)
                yield DataView(id="beside")
            with Vertical(id="seen"):
                yield Static(id="facts")
                yield Static(id="views")
                yield DataView(id="view")

    def tick(self) -> None:
        """Look now and then which sets there are, and follow theme and size."""
        self.heading("Data", f"cache {fmt.size(self.cached)}" if self.cached else "")
        if clock.now() - self.listed > _LIST_SECONDS:
            self.listed = clock.now()
            self.list_again()
        # the parts' own sizes, as layout follows some time after the terminal
        drawn_for = self.app.theme, self.query_one("#facts").size, self.query_one(SetList).size
        if drawn_for != self._drawn_for:
            self._drawn_for = drawn_for
            self.show_list()
            self.redraw()

    def redraw(self) -> None:
        """Draw the chosen set anew."""
        shown, view = self.shown, self.query_one("#view", DataView)
        self.refresh_bindings()
        if shown is None:
            return
        found, lab = self.found.get(shown.name), self.lab
        width = max(self.query_one("#facts").content_size.width, 20)
        lines = facts(shown, found, width)
        lines.append(standing(shown, found, self.job, lab.palette, lab.ascii_only))
        for line in lines:
            line.truncate(width, overflow="crop" if lab.ascii_only else "ellipsis")
        self.query_one("#facts", Static).update(Text("\n").join(lines))
        self.query_one("#views", Static).update(self._tabs(found, width))
        beside = self.query_one("#beside", DataView)
        beside.put(draw.balance(found, beside.room, 0, self.pen) if found else [])
        problem = self.problems.get(shown.name)
        if found is not None:
            view.put(self.rows_of(shown, found, self.options_of(shown)))
        elif problem and self.job is None:
            view.put(self.say(f"{problem}\n\n{remedies(shown)}", is_error=True))
        else:
            view.put(self.say(advice(shown, self.opening == shown.name, self.job)))

    def _tabs(self, found: Looked | None, width: int) -> Text:
        """Return the names of the views, the present one stressed, and what it shows."""
        line = Text(no_wrap=True)
        for place, name in enumerate(VIEWS):
            here = place == self.view
            entry = Text(f" {name} ", style="bold reverse" if here else "dim")
            entry.apply_meta({"@click": f"screen.show_view({place})"})
            line.append_text(entry)
        about = Text(self.about_view(found) if found else "", style="dim")
        about.truncate(max(width - line.cell_len - 2, 0), overflow="crop")
        return line.append(" " * max(width - line.cell_len - about.cell_len, 1)).append_text(about)

    def check_action(
        self,
        action: str,
        parameters: tuple[object, ...],  # noqa: ARG002
    ) -> bool | None:
        """Show the keys that do something now."""
        shown = self.shown
        if action in ("get", "prepare", "cancel", "size", "new_run"):
            return self._offers(action, shown)
        found = self.found.get(shown.name) if shown else None
        if action in ("recipe", "draw_again"):
            return found is not None and self.view == AUGMENTATION
        if action == "part":
            return found is not None and self.view in (PICTURES, MEANS)
        if action == "page":
            return found is not None and self.view in (PICTURES, AUGMENTATION)
        return True

    def _offers(self, action: str, shown: DataSet | None) -> bool:
        """Tell whether something can be done to a set now."""
        if action == "cancel":
            return self.job is not None
        if shown is None or (self.job is not None and action != "new_run"):
            return False
        if action == "get":
            return not shown.is_here and not shown.is_folder
        if action == "size" and not shown.is_folder:
            return False
        return shown.is_here and (action != "prepare" or shown.name not in self.found)

    def on_screen_resume(self) -> None:
        """Follow what the form has by now."""
        self.take_form()
        if self.view == AUGMENTATION:
            self.redraw()

    def on_option_list_option_highlighted(self) -> None:
        """Show another set."""
        self.first_class = self.first_page = 0
        self.open_shown()
        self.redraw()

    def on_option_list_option_selected(self) -> None:
        """Do what comes next with the set: get it, prepare it, look at it another way."""
        for action in ("get", "prepare"):
            if self.check_action(action, ()):
                self.run_worker(self.run_action(f"screen.{action}"), group="data-key")
                return
        self.action_view(1)

    def on_data_view_resized(self) -> None:
        """Lay out anew."""
        self.redraw()

    def action_view(self, by: int) -> None:
        """Go to the next view, or the one before."""
        self.action_show_view((self.view + by) % len(VIEWS))

    def action_show_view(self, place: int) -> None:
        """Show a view, from its beginning."""
        self.view = place
        self.take_form()
        self.first_class = self.first_page = 0
        self.redraw()

    def action_page(self, by: int) -> None:
        """Show other pictures of each class."""
        self.first_page = max(self.first_page + by, 0)
        self.redraw()

    def action_classes(self, by: int) -> None:
        """Show other classes, where not all of them fit."""
        found = self.found.get(self.shown.name) if self.shown else None
        if found is not None:
            page = self.classes_per_page(found)
            last = (len(found.classes) - 1) // page * page
            self.first_class = min(max(self.first_class + by * page, 0), last)
            self.redraw()

    def action_zoom(self, by: int) -> None:
        """Make the pictures larger or smaller."""
        self.zoom = min(max(self.zoom + by, -5), 5)
        self.first_class = 0
        self.redraw()

    def action_part(self) -> None:
        """Show train, val and test in turn."""
        self.part = PARTS[(PARTS.index(self.part) + 1) % len(PARTS)]
        self.redraw()

    def action_recipe(self) -> None:
        """Take the next kind of augmentation."""
        self.next_recipe()
        self.redraw()

    def action_draw_again(self) -> None:
        """Draw augmentation anew, as in later epochs."""
        self.draws += 1
        self.redraw()

    def action_get(self) -> None:
        """Download the set."""
        if self.shown is not None:
            self.begin(Job(self.shown.name, "get", Progress("connecting", 0, 0)))

    def action_prepare(self) -> None:
        """Put the set into the cache."""
        if self.shown is not None:
            self.begin(Job(self.shown.name, "prepare", Progress("opening it", 0, 0)))

    def action_cancel(self) -> None:
        """Give the job up; what is whole so far is kept."""
        self.workers.cancel_group(self, "data-job")
        self.tell("Cancelled; it ends at its next step.")

    def action_new_run(self) -> None:
        """Open the form on this set, with the augmentation that is looked at."""
        shown = self.shown
        if shown is None:
            return
        augment = self.recipe.options if self.view == AUGMENTATION else AugmentOptions()
        options = self.options_of(shown)
        self.lab.open_form(RunConfig(dataset=shown.name, data=options, augment=augment))

    @work(group="dialog", exit_on_error=False)
    async def action_folder(self) -> None:
        """Take a folder of one's own pictures into the list."""
        hint = "One folder of pictures for each class, in train/ and test/ or side by side."
        path = await self.app.push_screen_wait(
            Enter("A folder of pictures", "", _folder_problem, hint)
        )
        if path:
            name = FOLDER + path.removeprefix(FOLDER).rstrip("/")
            self.entered = (*(each for each in self.entered if each != name), name)
            self.wanted = name
            self.problems.pop(name, None)
            self.list_again()

    @work(group="dialog", exit_on_error=False)
    async def action_size(self) -> None:
        """Bring all pictures to one size."""
        shown = self.shown
        if shown is None:
            return
        hint = "Pixels a side, from 4 to 1024: every picture is resized to that."
        known = str(self.options_of(shown).image_size or 32)
        text = await self.app.push_screen_wait(Enter("Picture size", known, _size_problem, hint))
        if text:
            self.sizes[shown.name] = int(text)
            self.found.pop(shown.name, None)
            self.problems.pop(shown.name, None)
            self.forget(shown.name)
            self.open_shown()
            self.redraw()


def _folder_problem(text: str) -> str | None:
    path = Path(text.removeprefix(FOLDER)).expanduser()
    return None if text and path.is_dir() else "There is no such folder."


def _size_problem(text: str) -> str | None:
    return None if text.isdecimal() and 4 <= int(text) <= 1024 else "A whole number from 4 to 1024."
