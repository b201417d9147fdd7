"""The New run screen: a form made from the config's own descriptions, checked as you type."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import OptionList, Static

from engine.config import RunConfig
from engine.runs import RunFolder
from tui.form import starting
from tui.form.asking import Asker
from tui.form.beside import Beside
from tui.form.choosing import choose
from tui.form.draft import Draft, path_in
from tui.form.drawing import about, rows_of
from tui.form.fields import SECTIONS, START, in_section, section_of
from tui.form.rows import FormRows
from tui.form.sections import Sections
from tui.screens.base import LabScreen

_PATIENCE = 0.15  # seconds after the last key until the form is checked


class NewRunScreen(LabScreen):
    """The form; what is typed stays when the screen is left."""

    TITLE = "New run"
    ABOUT = (
        "Make a run. Choose a section on the left and a setting on the right; what you type is "
        "checked at once, and a sentence below the setting says what is wrong. What differs from "
        "the start is marked *; ^z puts a setting back. Beside it stand what the run will cost, "
        "its learning rate, its layers and its pictures as augmentation changes them (v shows the "
        "next). The last line is the same run as a command (^y copies it). ^r starts the run in a "
        "process of its own. esc goes from a setting to the sections, and esc again "
        "leaves the form, so that the digits go to other screens; ^p goes to any place at once."
    )
    CSS_PATH = "../styles/new.tcss"
    AUTO_FOCUS = "#fields"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "start", "Start", id="new.start"),
        Binding("v,ctrl+o", "next_view", "View", id="new.view"),
        Binding("ctrl+z", "reset", "Reset", id="new.reset"),
        Binding("ctrl+y", "copy_command", "Copy command", id="new.copy"),
        Binding("a,ctrl+l", "draw_again", "Other draws", id="new.draw"),
        Binding("right,enter,tab", "into_fields", "Settings", show=False, id="new.into"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.draft = Draft({})
        self.config: RunConfig | None = None
        self.problems: dict[str, str] = {}
        self.parent_run: RunFolder | None = None
        self._notes: dict[str, str] = {}
        self._section = SECTIONS[0]
        self._due: Timer | None = None
        self._asker: Asker | None = None

    @property
    def asker(self) -> Asker:
        """Who knows what the helper answered."""
        if self._asker is None:
            self._asker = Asker(self, self.lab.helper, self._show_found)
        return self._asker

    def body(self) -> ComposeResult:
        """Yield the form, what it means, and the command."""
        yield Static(id="banner")
        with Container(id="main"):
            with Horizontal(id="form"):
                yield Sections(id="sections")
                with Vertical():
                    yield FormRows(id="fields")
                    yield Static(id="about")
            yield Beside(id="live")
        yield Static(id="command")

    def on_mount(self) -> None:
        """Fill the form."""
        super().on_mount()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show_found())
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.query_one(Sections).turn_to(self._section)
        self._take_draft()
        self.check()

    def on_screen_resume(self) -> None:
        """Take what another screen wants to be filled in; look again whether data came."""
        super().on_screen_resume()
        if self._asker is not None:
            if self.lab.draft is not None:
                self.query_one(FormRows).focus()
            self._take_draft()
            self._asker.forget_errors()
            self.check()

    def _take_draft(self) -> None:
        config, parent = self.lab.draft, self.lab.fork_of
        self.lab.draft = self.lab.fork_of = None
        if config is not None:
            name = f"run {parent.id}" if parent else "a run's settings"
            self.begin(Draft.of(config, name), parent)

    def begin(self, draft: Draft, parent: RunFolder | None = None) -> None:
        """Fill the form anew; with a parent, its weights are taken."""
        self.draft, self.parent_run = draft, parent
        self._notes = {}
        self.set_class(parent is not None, "-fork")
        if parent is not None:
            told = f"fork of {parent.id}: weights are copied where shapes match"
            self.query_one("#banner", Static).update(Text(told))
        self.check()

    # What is typed and chosen

    def on_form_rows_typed(self, event: FormRows.Typed) -> None:
        """Take what was typed, and check it when nothing more comes."""
        if event.path not in self.draft.fields:
            return  # another kind was chosen meanwhile
        self._notes = {}
        self.draft.type_in(event.path, event.text)
        if self._due is not None:
            self._due.stop()
        self._due = self.set_timer(_PATIENCE, self.check)

    def on_form_rows_stepped(self, event: FormRows.Stepped) -> None:
        """Take a choice."""
        self.put(event.path, event.value)

    def on_form_rows_picked(self, event: FormRows.Picked) -> None:
        """Let a person choose from all values."""
        choose(self, event.field)

    def on_form_rows_moved(self) -> None:
        """Tell about the row at the cursor, and where it is."""
        row = self.query_one(FormRows).row
        if row is not None and row.section != self._section:
            self._section = row.section
            self.query_one(Sections).turn_to(self._section)
        self._show_about()

    def on_form_rows_turned(self, event: FormRows.Turned) -> None:
        """Go to another section, or to the list of them."""
        sections = self.query_one(Sections)
        if event.step:
            place = (SECTIONS.index(self._section) + event.step) % len(SECTIONS)
            sections.highlighted = place
        else:
            sections.focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the section."""
        if event.option_id in SECTIONS and event.option_id != self._section:
            self._section = event.option_id
            self._show_rows()
            self.query_one(FormRows).go_to(self._section)

    def on_option_list_option_selected(self) -> None:
        """Go into the section."""
        self.action_into_fields()

    def put(self, path: str, value: object) -> None:
        """Make a setting, and tell what that dropped."""
        self._notes = {path: " ".join(self.draft.put(path, value))}
        self.check()

    def go_to(self, path: str) -> None:
        """Put the cursor on a setting."""
        if path not in [field.path for field in in_section(self._section, self.draft.fields)]:
            self._section = section_of(path)
            self.query_one(Sections).turn_to(self._section)
            self._show_rows()
        rows = self.query_one(FormRows)
        rows.go_to(self._section, path)
        rows.focus()

    # What is so

    def check(self) -> None:
        """Find out what is wrong, ask for what it means, and show both."""
        if self._due is not None:
            self._due.stop()
            self._due = None
        self.config, self.problems = self.draft.check()
        self.lab.form_config = self.config
        if self.config is not None:
            problem = starting.problem_of(self.config)
            self.problems = {path_in(problem, self.draft.fields): problem} if problem else {}
            self.asker.look(self.config, is_present=not self.problems.get("dataset"))
        elif "dataset" not in self.problems:
            absent = starting.data_problem(self.draft.text("dataset"))
            self.problems |= {"dataset": absent} if absent else {}
        self._show_found()

    def _show_found(self) -> None:
        """Show everything again, with what the helper answered meanwhile."""
        if not self.is_mounted:
            return
        if self.config is not None:
            for error in self.asker.errors(self.config):
                self.problems.setdefault(path_in(str(error), self.draft.fields), str(error))
        self._show_rows()
        self._show_about()
        self._show_command()
        self.query_one(Beside).show(self.config, self.asker)

    def _show_rows(self) -> None:
        """Show the section, or one after the other where there is room for many rows."""
        rows = {name: rows_of(name, self.draft, self.problems, self._notes) for name in SECTIONS}
        shown = (self._section,) if self.has_class("-short") else SECTIONS
        self.query_one(FormRows).fill([row for name in shown for row in rows[name]])
        self.query_one(Sections).mark(rows)

    def _show_about(self) -> None:
        rows = self.query_one(FormRows)
        if rows.row is None:
            return
        path = rows.row.field.path
        was = self.draft.first_text(path) if self.draft.is_changed(path) else ""
        place = self.query_one("#about", Static)
        place.update(about(rows.row, was, rows.look, place.scrollable_content_region.size))

    def _show_command(self) -> None:
        command = self.command
        told = Text(f"$ {command}") if command else Text("no command while it is wrong", "dim")
        self.query_one("#command", Static).update(told)

    @property
    def command(self) -> str:
        """The same run as a command; nothing while the form is wrong."""
        if self.config is None:
            return ""
        return starting.command(self.config, self.draft, self.lab.root, self.parent_run)

    def on_resize(self) -> None:
        """Fit the views to the new size."""
        super().on_resize()
        self.call_after_refresh(self._show_found)

    def tick(self) -> None:
        """Say how the form stands."""
        changed = len(self.draft.changes())
        wrong = len(self.problems)
        if wrong:
            right = Text(f"{wrong} mistake{'s' * (wrong != 1)}", self.lab.palette.bad)
        else:
            right = Text(f"{changed} changed, ^r starts it" if changed else "^r starts it")
        self.heading(f"New run from {self.draft.text(START)}", right)

    # Keys

    def action_into_fields(self) -> None:
        """Go from the list of sections to the rows."""
        self.query_one(FormRows).focus()

    def action_next_view(self) -> None:
        """Show another view: the schedule, pictures, layers."""
        self.query_one(Beside).next_view()
        self._show_found()
        self.call_after_refresh(self._show_found)  # once the view has its size

    def action_draw_again(self) -> None:
        """Draw the random changes of the pictures anew."""
        self.asker.draw += 1
        self.check()

    def action_reset(self) -> None:
        """Put the setting at the cursor back."""
        row = self.query_one(FormRows).row
        if row is not None and row.field.path != START:
            self._notes = {row.field.path: " ".join(self.draft.reset(row.field.path))}
            self.check()
            self.query_one(FormRows).show_text()

    def action_copy_command(self) -> None:
        """Put the command into the clipboard."""
        if self.command:
            self.app.copy_to_clipboard(self.command)
            self.tell(f"Copied: {self.command}")

    def action_start(self) -> None:
        """Start the run and show it, unless something is wrong."""
        self.check()
        if self.config is None or self.problems:
            path, problem = next(iter(self.problems.items()))
            self.tell(problem, "error")
            if path in self.draft.fields:
                self.go_to(path)
            return
        folder = self.attempt(
            starting.start, self.config, self.lab.root, self.draft.label, self.parent_run
        )
        if folder is not None:
            self.lab.open_run(folder)
