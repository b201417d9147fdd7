"""The three lines around every screen: heading, keys, and the way to the other screens."""

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.events import Click
from textual.widgets import Static

PLACES = (
    ("runs", "Runs"),
    ("new", "New"),
    ("run", "Run"),
    ("study", "Study"),
    ("compare", "Compare"),
    ("data", "Data"),
    ("replay", "Replay"),
)  # in the order of their keys, 1 to 7
_ALWAYS = (
    ("?", "app.help", "Help"),
    ("^p", "app.command_palette", "Commands"),
    ("q", "app.quit", "Quit"),
)
_SHORT_KEYS = {
    "enter": "↵", "escape": "esc", "space": "space", "left_square_bracket": "[", "up": "↑",
    "right_square_bracket": "]", "question_mark": "?", "slash": "/", "plus": "+", "minus": "-",
    "left": "←", "right": "→", "down": "↓", "full_stop": ".", "comma": ",", "tab": "tab",
    "equals_sign": "=", "delete": "del", "backspace": "⌫", "less_than_sign": "<",
    "greater_than_sign": ">", "home": "home", "end": "end",
}  # fmt: skip


def key_text(key: str, ascii_only: bool = False) -> str:
    """Return how a key is written: `^s`, `[`, `↵`."""
    if key.startswith("ctrl+"):
        return f"^{key_text(key.removeprefix('ctrl+'))}"
    short = _SHORT_KEYS.get(key, key)
    return short if short.isascii() or not ascii_only else key


class Heading(Horizontal):
    """The first line: where one is on the left, what is so on the right."""

    def compose(self) -> ComposeResult:
        """Make both ends."""
        yield Static(classes="left")
        yield Static(classes="right")

    _told: tuple[Text | str, Text | str] | None = None

    def tell(self, left: Text | str, right: Text | str = "") -> None:
        """Show both texts; the screen is laid out anew only where their place changes."""
        if (left, right) == self._told:
            return
        before, self._told = self._told, (left, right)
        moved = before is None or cell_len(str(before[1])) != cell_len(str(right))
        self.query_one(".left", Static).update(left, layout=moved)
        self.query_one(".right", Static).update(right, layout=moved)


class Bar(Static):
    """A line of things that can be clicked: each carries its action as `action` in its style."""

    async def on_click(self, event: Click) -> None:
        """Do what was clicked."""
        action = event.style.meta.get("action")
        if action:
            await self.run_action(action)


class KeyBar(Bar):
    """The keys of the screen, as many as fit; a click on one presses it."""

    def on_mount(self) -> None:
        """Follow what has the focus."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.draw())
        self.call_after_refresh(self.draw)

    def on_resize(self) -> None:
        """Fit the new width."""
        self.draw()

    def draw(self) -> None:
        """Draw the keys that fit."""
        room = self.size.width - 2
        line = Text(no_wrap=True)
        for binding, enabled in self._shown():
            key = key_text(binding.key_display or binding.key, self.app.has_class("-ascii"))
            entry = Text.assemble(
                (f" {key} ", self._key_style(enabled)),
                (f"{self._word(binding)} ", "" if enabled else "dim"),
            )
            if line.cell_len + entry.cell_len > room:
                break
            entry.apply_meta({"action": f"app.simulate_key({binding.key!r})"})
            line.append_text(entry)
        if line != self._line:
            self._line = line
            self.update(line, layout=False)

    _line: Text | None = None

    def _word(self, binding: Binding) -> str:
        word_for = getattr(self.screen, "word_for", None)
        return (word_for(binding.id) if word_for else "") or binding.description

    def _key_style(self, enabled: bool) -> str:
        theme = self.app.current_theme
        return f"bold {theme.accent or theme.primary}" if enabled else "dim"

    def _shown(self) -> list[tuple[Binding, bool]]:
        """Return the bindings to show, each action once.

        First those that the screen names, then those of what has the focus, then the screen's
        others; what cannot be done now comes last.
        """
        shown: dict[str, tuple[tuple[bool, int], Binding, bool]] = {}
        first = getattr(self.screen, "FIRST_KEYS", ())
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.description and binding.action not in shown:
                named = first.index(binding.id) - len(first) if binding.id in first else 0
                place = named or int(active.node is self.screen)
                shown[binding.action] = ((not active.enabled, place), binding, active.enabled)
        ordered = sorted(shown.values(), key=lambda entry: entry[0])
        return [(binding, enabled) for _, binding, enabled in ordered]


class NavBar(Bar):
    """The last line: every screen with its key."""

    def on_mount(self) -> None:
        """Draw once; the app tells when the mode changed."""
        self.draw()

    def on_resize(self) -> None:
        """Fit the new width."""
        self.draw()

    def draw(self) -> None:
        """Draw the places, the present one stressed, and what is the same everywhere."""
        accent = self.app.current_theme.primary
        left = Text(no_wrap=True)
        for number, (mode, name) in enumerate(PLACES, start=1):
            here = mode == self.app.current_mode
            style = f"bold {accent} reverse" if here else ""
            entry = Text.assemble((f" {number} ", style or f"bold {accent}"), (f"{name} ", style))
            entry.apply_meta({"action": f"app.go({mode!r})"})
            left.append_text(entry)
        entries = [self._always(*each) for each in _ALWAYS]
        room = self.size.width - 2 - left.cell_len
        while entries and room < sum(entry.cell_len for entry in entries):
            entries.pop(len(entries) // 2)  # the help and the way out go last
        gap = max(0, room - sum(entry.cell_len for entry in entries))
        self.update(Text.assemble(left, " " * gap, *entries))

    def _always(self, key: str, action: str, name: str) -> Text:
        entry = Text.assemble((f" {key} ", f"bold {self.app.current_theme.primary}"), f"{name} ")
        entry.apply_meta({"action": action})
        return entry
