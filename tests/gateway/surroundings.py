"""What a test does to the world around the scripts of a stand-in gateway."""

import textwrap
from collections.abc import Iterable
from typing import Any

ANSWER_SECONDS = 30.0


class Surroundings:
    """Role, tags and databases of a gateway."""

    def set_active(self, is_active: bool) -> None:
        """Make this node of a redundant pair the active one, or the warm standby."""
        self._ask("set_redundancy", is_enabled=True, is_active=is_active)

    def set_redundancy(
        self,
        is_enabled: bool,
        is_master: bool = True,
        is_active: bool = True,
        is_hidden: bool = False,
    ) -> None:
        """is_hidden: scripts find no redundancy manager, as where the interface has changed."""
        self._ask(
            "set_redundancy",
            is_enabled=is_enabled,
            is_master=is_master,
            is_active=is_active,
            is_hidden=is_hidden,
        )

    def set_scripting_project(self, project: str) -> None:
        """The gateway scripting project, in which the event scripts of tags run."""
        self._ask("set_scripting_project", project=project)

    def create_tag(self, path: str, value: Any = None, script: str | None = None) -> None:
        """A tag in memory; `script` is its value-changed script, with the header line or only the body."""
        if script is not None and not script.startswith("def "):
            script = textwrap.indent(textwrap.dedent(script).strip(), "\t")
        self._ask("create_tag", path=path, value=value, script=script)

    def write_tag(self, path: str, value: Any, quality: str = "Good") -> None:
        """A new value, as from a device."""
        self._ask("change_tag", path=path, value=value, quality=quality)

    def read_tag(self, path: str) -> Any:
        return self._ask("read_tag", path=path)["value"]

    def set_write_quality(self, path: str, quality: str) -> None:
        """What writing this tag answers from now on; nothing but Good writes."""
        self._ask("set_write_quality", path=path, quality=quality)

    def missed_events(self, path: str) -> int:
        """How many events of this tag were dropped."""
        return self._ask("missed_events", path=path)

    def storm(
        self,
        paths: Iterable[str],
        changes: int,
        *,
        per_second: float | None = None,
        threads: int = 1,
        seconds: float = 120,
    ) -> float:
        """Change tags from Java threads, values counting up; how many seconds it took."""
        return self._ask(
            "storm",
            seconds,
            paths=list(paths),
            changes=changes,
            per_second=per_second,
            threads=threads,
        )

    def lose_database(self, name: str) -> None:
        """Cut every connection and refuse new ones, until restore_database."""
        self._ask("lose_database", name=name)

    def restore_database(self, name: str) -> None:
        self._ask("restore_database", name=name)

    def cut_connections(self, name: str) -> None:
        """Cut every connection once; new ones are made."""
        self._ask("cut_connections", name=name)

    def pool_figures(self, name: str) -> dict[str, int]:
        """{"active": borrowed connections, "idle": ...}"""
        return self._ask("pool_figures", name=name)

    def open_transactions(self) -> int:
        return self._ask("open_transactions")

    def _ask(self, request: str, seconds: float = ANSWER_SECONDS, **arguments: Any) -> Any:
        raise NotImplementedError
