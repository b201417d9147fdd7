"""What stands below pictures: the class that they have, and the one they were called."""

from collections.abc import Sequence

from rich.text import Text

from tui import format as fmt
from tui.mistakes import Judgement
from tui.palette import Palette


def caption(
    judged: Judgement, place: int, classes: Sequence[str], palette: Palette, width: int
) -> list[Text]:
    """Return `true → called 99.1 %` in as many lines, for all pictures alike, as `width` needs."""
    true, called = classes[judged.labels[place]], classes[judged.predicted[place]]
    longest = max(map(len, classes))
    sure = fmt.percent(float(judged.confidence[place]), 1 if width >= 14 else 0)
    is_right = true == called
    color = palette.good if is_right else palette.bad
    if 2 * longest + 4 + len("100.0 %") <= width:
        text = Text(true, style=palette.good) if is_right else Text(true)
        if not is_right:
            text.append(f" > {called}", color)
        return [text.append(f"  {sure}", "dim")]
    room = width - len(sure) - 3
    name = called if len(called) <= room else called[:room].rstrip()
    second = Text(f"> {name}", style=color).append(f" {sure}", "not bold dim")
    return [Text(true[:width]), second]


def course_of(num_wrong: int, epochs: int, since: int, forgotten: int) -> str:
    """Return how a wrong picture fared before: `right in 3 of 15 epochs, wrong since 12`."""
    right = epochs - num_wrong
    text = f"right in {right} of {epochs} epoch{'s' * (epochs != 1)}, wrong since {since}"
    return text + (f", forgotten {forgotten}x" if forgotten > 1 else "")
