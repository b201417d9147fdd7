"""The UI's end of the helper process, which answers what needs torch, as JSON lines."""

from typing import Any

from engine.config import RunConfig


class Helper:
    """Asks the helper process; it is started when first asked, and again when it dies."""

    async def ask(self, what: str, config: RunConfig, **others: Any) -> dict[str, Any]:
        """Return the answer to a question about a config.

        Raises:
            DliError: the config cannot be built, or the helper cannot run.
        """
        raise NotImplementedError

    async def close(self) -> None:
        """End the helper process."""
