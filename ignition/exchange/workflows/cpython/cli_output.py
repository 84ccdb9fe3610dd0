"""How answers are drawn for people: tables, a timeline, times and spans."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.table import Table
from rich.text import Text

STATUS_STYLE = {
    "SUCCESS": "green",
    "RUNNING": "cyan",
    "ENQUEUED": "blue",
    "WAITING": "blue",
    "DELAYED": "blue",
    "BLOCKED": "yellow",
    "HELD": "yellow",
    "RETRYING": "yellow",
    "ERROR": "red",
    "CANCELLED": "magenta",
    "STOPPED": "magenta",
    "ABORTED": "red",
}
_BAR_WIDTH = 30


def status_text(status: str | None, state: str | None = None) -> Text:
    words = status or ""
    if state and state not in (status, "COMPLETE", "IDLE"):
        words += f" ({state})"
    return Text(words, style=STATUS_STYLE.get(status or "", ""))


def parse_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def utc_time(text: str | None) -> str:
    """A time of the wire to the second, as --since and --until take it."""
    moment = parse_time(text)
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}" if moment else ""


def span(seconds: float | None) -> str:
    """A length of time in the unit a person would pick."""
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{seconds:.1f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    if seconds < 172800:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.1f} d"


def seconds_between(start: str | None, end: str | None) -> float | None:
    """From one time of the wire to another; to now where the end is open."""
    first = parse_time(start)
    if first is None:
        return None
    return ((parse_time(end) or datetime.now(UTC)) - first).total_seconds()


def shorten(value: Any, width: int = 60) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= width else text[: width - 3] + "..."


def visible(text: str) -> str:
    """Text of the database as a terminal may have it: what would move its cursor or clear it is spelled out."""
    return "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)


def plain_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], right: str = "") -> Table:
    """Columns named as in the database; those named in `right` are aligned right."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        is_number = column in right.split()
        table.add_column(column, justify="right" if is_number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else _cell(cell) for cell in row))
    return table


def queue_table(queues: Sequence[dict[str, Any]]) -> Table:
    counts = ["enqueued", "delayed", "blocked", "running", "waiting", "held", "dead_letters"]
    rows = [
        [
            queue["queue_name"],
            Text(_standstill(queue), style="yellow"),
            *(queue.get(count) for count in counts),
            queue.get("max_running"),
            span(queue.get("oldest_enqueued_seconds")),
        ]
        for queue in queues
    ]
    columns = ["queue_name", "", *counts, "max_running", "oldest"]
    return plain_table(columns, rows, right=" ".join([*counts, "max_running", "oldest"]))


def _standstill(queue: dict[str, Any]) -> str:
    """Why nothing new of a queue starts."""
    words = [queue.get("maintenance") and "maintenance", queue.get("is_paused") and "paused"]
    words.append(queue.get("is_open") is False and "closed")
    return ", ".join(word for word in words if word)


def workflow_table(workflows: Sequence[dict[str, Any]]) -> Table:
    rows = [
        [
            w["workflow_id"],
            w["workflow_name"],
            w["queue_name"],
            status_text(w["status"], w.get("state")),
            w.get("attempt"),
            utc_time(w.get("enqueued_at")),
            span(seconds_between(w.get("started_at"), w.get("ended_at"))),
            shorten(w.get("reason") or "", 40),
        ]
        for w in workflows
    ]
    columns = ["workflow_id", "workflow_name", "queue_name", "status"]
    return plain_table([*columns, "attempt", "enqueued", "took", "reason"], rows, "attempt took")


def step_timeline(steps: Sequence[dict[str, Any]]) -> Table:
    """One line per step with a bar that shows when it ran."""
    starts = [t for t in (parse_time(step.get("started_at")) for step in steps) if t]
    ends = [t for t in (parse_time(step.get("ended_at")) for step in steps) if t]
    begin = min(starts, default=None)
    length = (max(ends + starts) - begin).total_seconds() if begin else 0.0
    rows = []
    for step in steps:
        started, ended = parse_time(step.get("started_at")), parse_time(step.get("ended_at"))
        offset = (started - begin).total_seconds() if started and begin else 0.0
        took = (ended - started).total_seconds() if started and ended else None
        rows.append(
            [
                step["step_key"],
                status_text(step.get("status")),
                step.get("attempts"),
                f"+{span(offset)}",
                span(took),
                Text(_bar(offset, took or 0.0, length), style="cyan"),
                shorten(_step_outcome(step), 60),
            ]
        )
    columns = ["step", "status", "attempts", "start", "took", "", "output"]
    return plain_table(columns, rows, right="attempts start took")


def _bar(offset: float, took: float, length: float) -> str:
    scale = _BAR_WIDTH / length if length > 0 else 0.0
    first = min(int(offset * scale), _BAR_WIDTH - 1)
    width = max(1, min(round(took * scale), _BAR_WIDTH - first))
    return " " * first + "\N{FULL BLOCK}" * width


def _step_outcome(step: dict[str, Any]) -> Any:
    error = step.get("error")
    if error:
        return f"{error.get('class')}: {error.get('message')}" if isinstance(error, dict) else error
    return "" if step.get("output") is None else step["output"]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return visible(f"{value:g}" if isinstance(value, float) else str(value))
