"""Templates and the few filters they share. Everything a workflow carries is shown as text."""

import functools
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup

TONES = {
    "SUCCESS": "good", "COMPLETE": "good", "ok": "good", "active": "good", "obeyed": "good",
    "approved": "good", "enqueued": "good", "success": "good",
    "runs": "busy", "RUNNING": "busy", "STARTING": "busy", "RESUMING": "busy", "accepted": "busy",
    "ERROR": "bad", "error": "bad", "ABORTED": "bad", "lost": "bad", "failed": "bad",
    "rejected": "bad", "refused": "bad", "dead letter": "bad", "step in doubt": "bad",
    "try failed": "bad", "worker lost": "bad",
    "HELD": "warn", "PAUSED": "warn", "HOLDING": "warn", "PAUSING": "warn", "STOPPING": "warn",
    "ABORTING": "warn", "CANCELLING": "warn", "BLOCKED": "warn", "warning": "warn",
    "late": "warn", "expired": "warn", "draft": "warn", "overtaken": "warn", "prompt": "warn",
    "held": "warn", "draining": "warn", "standby": "warn", "in force": "warn",
    "left out": "warn", "open": "good",
}  # fmt: skip


class Renderer:
    def __init__(self) -> None:
        self._templates = all_templates()

    def page(self, template: str, shown: Mapping[str, Any]) -> str:
        return self._templates.get_template(template).render(shown)

    def live_part(self, template: str, shown: Mapping[str, Any]) -> str:
        """The block `live` of a page alone: what is sent again when it has changed."""
        return self.page(template, {**shown, "is_part": True})


@functools.cache
def all_templates() -> jinja2.Environment:
    """One for the process: a template is compiled once."""
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("exchange.workflows.cpython.console"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    templates.filters.update(
        moment=moment,
        duration=duration,
        number=number,
        tone=tone,
        as_json=as_json,
        query=query,
        millis=millis,
        bytes=size,
    )
    return templates


def moment(value: Any) -> Markup | str:
    """A time in UTC; the browser turns it into local time where the person prefers that."""
    if value in (None, ""):
        return ""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), at.strftime("%Y-%m-%d %H:%M:%S")
    )


def duration(seconds: Any) -> str:
    """Seconds as a person says them: 850 ms, 12.3 s, 4 min 10 s, 3 h 20 min, 2 d 5 h."""
    if seconds in (None, ""):
        return ""
    seconds = float(seconds)
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    for unit, size, below, part in (("min", 60, 3600, "s"), ("h", 3600, 86400, "min")):
        if seconds < below:
            rest = seconds % size if part == "s" else seconds % size / 60
            return f"{int(seconds // size)} {unit} {int(rest)} {part}"
    return f"{int(seconds // 86400)} d {int(seconds % 86400 // 3600)} h"


def millis(value: Any) -> str:
    return "" if value is None else duration(float(value) / 1000)


def size(count: Any) -> str:
    """A number of bytes as a person says it: 912 B, 16 kB, 3.4 GB."""
    if count is None:
        return ""
    unit, amount = "B", float(count)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if amount < 1000 or unit == "TB":
            break
        amount /= 1024
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"


def number(value: Any) -> str:
    """1234567 as 1,234,567; a count that stops at 10,001 as over 10,000."""
    if value is None:
        return ""
    return "over 10,000" if value == 10001 else f"{value:,}"


def tone(word: Any) -> str:
    """The class of a status, state or outcome: good, busy, warn, bad or plain."""
    return TONES.get(str(word), "plain")


def as_json(value: Any) -> str:
    """A value as indented JSON, times as text."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def query(words: Mapping[str, Any], **changes: Any) -> str:
    """A query string with some of its words changed; None and '' leave a word out."""
    merged = {**words, **changes}
    return urlencode({k: v for k, v in merged.items() if v not in (None, "")})
