"""The helper's answers as they were once: `DLI_UPDATE_GOLDENS=1` asks the real one again."""

import json
from pathlib import Path
from typing import Any

from engine.config import RunConfig
from tests.tui.screens import golden
from tui.helper import Helper, OnProgress

ANSWERS = Path(__file__).parents[1] / "recorded" / "answers.json"


class RecordedHelper(Helper):
    """Answers at once and always the same, so that a screen can be compared."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Any] = json.loads(ANSWERS.read_text()) if ANSWERS.is_file() else {}

    async def ask(
        self,
        what: str,
        config: RunConfig,
        on_progress: OnProgress | None = None,  # it takes no time
        **others: Any,
    ) -> dict[str, Any]:
        """Return what the real helper said to this question."""
        question = f"{what} {config.digest()} {json.dumps(others, sort_keys=True)}"
        if golden.UPDATE and question not in self._known:
            self._known[question] = await super().ask(what, config, **others)
            ANSWERS.write_text(json.dumps(self._known, indent=1, sort_keys=True) + "\n")
        answer: dict[str, Any] = self._known[question]
        return answer
