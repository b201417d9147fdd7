"""The live view of a search on a terminal: progress, trainings, the best, what may matter."""

from itertools import zip_longest

from rich.console import Group, RenderableType
from rich.text import Text

from tui import format as fmt
from tui.live import clipped, spread
from tui.tuning.chart import ValueChart
from tui.tuning.confirming import candidate_table
from tui.tuning.panels import belief_block, belief_line, best_line, last_trials, trouble_lines
from tui.tuning.running import States, running_table
from tui.tuning.session import Session
from tui.tuning.slots import slot_bar
from tui.tuning.words import about, crew

_HINT = "^C: put running trials back and stop; `dli tune` again continues"
_LEFT = " left in this stage"
_WIDE = 110  # columns from which on lists stand beside the chart
_LEAST_CHART, _MOST_CHART = 6, 24  # rows
_MOST_BELIEFS = 8
_GAP = 3


class TuningView:
    """Draws a search that runs.

    Args:
        color: whether the terminal shows colours.
    """

    def __init__(self, color: bool) -> None:
        self._chart = ValueChart(color)

    def __call__(self, session: Session, states: States, size: tuple[int, int]) -> RenderableType:
        """Return the view for `size` columns and rows; it never needs more."""
        width, height = size
        top, below = self._top(session, width), self._below(session, width)
        room = max(height - len(top) - len(below) - 1, 0)
        fill = self._confirming if session.is_confirming else self._searching
        middle = fill(session, states, width, room)
        middle += [Text()] * (room - len(middle))
        lines = [*top, *middle, *below][: height - 1]
        hint = Text(_HINT, style="dim")
        return Group(*[clipped(line, width) for line in (*lines, hint)])

    def _top(self, session: Session, width: int) -> list[Text]:
        """Return what is searched, how far it is, and how fast."""
        if session.opened is None:
            return [Text("opening the study", style="bold")]
        stage = session.stage.stage if session.stage else "starting"
        title = Text.assemble((session.opened.id, "bold"), (f"  {stage}", "bold cyan"))
        elapsed = Text(fmt.duration(session.seconds), style="dim")
        workers = Text(crew(session), style="dim")
        return [
            spread(title, elapsed, width),
            spread(Text(about(session), style="dim"), workers, width),
            Text(),
            *slot_bar(session, width),
            _speed(session),
            Text(),
        ]

    def _below(self, session: Session, width: int) -> list[Text]:
        """Return the best so far, what may matter, and what went wrong."""
        lines = [best_line(session)]
        if not session.is_confirming and width < _WIDE:
            lines.append(belief_line(session, width))
        return [*lines, *trouble_lines(session)]

    def _confirming(self, session: Session, states: States, width: int, room: int) -> list[Text]:
        """Return the running trainings and, as far as there is room, the candidates."""
        lines = running_table(session, states, width, max(room // 2, 3))
        table = candidate_table(session, states, width, room - len(lines) - 2)
        return [*lines, Text(), *table][:room]

    def _searching(self, session: Session, states: States, width: int, room: int) -> list[Text]:
        """Return the running trials, and in what is left the chart and lists.

        There is no chart where it would hide more than half of the trials.
        """
        number = len(session.running)
        for_running = room - _LEAST_CHART - 2
        shown = number if number < for_running else for_running - 2
        if 2 * shown < number or for_running < 2:
            return running_table(session, states, width, room - 1)
        lines = running_table(session, states, width, for_running)
        return [*lines, Text(), *self._charts(session, width, room - len(lines) - 2), Text()]

    def _charts(self, session: Session, width: int, room: int) -> list[Text]:
        """Return the chart, with lists beside it or below it if there is room."""
        if width < _WIDE:
            rows = min(room, _MOST_CHART)
            lists = last_trials(session, room - rows - 1)
            return [*self._chart(session, width, rows), *[Text()] * bool(lists), *lists]
        left = (width * 3) // 5
        right = width - left - _GAP
        beside = belief_block(session, right, min(_MOST_BELIEFS + 1, room))
        beside += [Text(), *last_trials(session, room - len(beside) - 1)]
        pairs = zip_longest(self._chart(session, left, room), beside[:room], fillvalue=Text())
        return [_beside(one, other, left, right) for one, other in pairs]


def _beside(one: Text, other: Text, left: int, right: int) -> Text:
    """Return one line of two texts."""
    first = one.copy()
    first.truncate(left, pad=True)
    line = Text.assemble(first, " " * _GAP, clipped(other.copy(), right))
    line.rstrip()
    return line


def _speed(session: Session) -> Text:
    per_hour, left = session.per_hour(), session.remaining_seconds()
    if per_hour is None or left is None:
        return Text("speed and time left are known after two trials", style="dim")
    noun = "training" if session.is_confirming else "trial"
    line = Text(fmt.per_hour(per_hour, noun))
    if left < 1:
        return line
    return line.append("   about ", "dim").append(fmt.duration(left)).append(_LEFT, "dim")
