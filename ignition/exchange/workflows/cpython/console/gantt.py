"""The attempts and steps of a workflow as bars over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from exchange.workflows.cpython.console.render import duration, tone

WIDTH = 1000
LABEL_WIDTH = 260
ROW_HEIGHT = 22
LEAST_BAR = 2.0


@dataclass(frozen=True)
class Bar:
    label: str
    tone: str
    x: float
    y: int
    width: float
    text: str


@dataclass(frozen=True)
class Gantt:
    """Coordinates for an SVG that is `width` wide; ticks are (x, what it says)."""

    bars: list[Bar]
    ticks: list[tuple[float, str]]
    width: int
    height: int


@dataclass(frozen=True)
class _Span:
    """One bar before it has a place; `end` is None for what still runs. Its text is name, length, note."""

    begin: datetime
    end: datetime | None
    tone: str
    name: str
    note: str
    has_length: bool = True


def gantt_of(
    steps: Sequence[Mapping[str, Any]],
    attempts: Sequence[Mapping[str, Any]],
    started_at: str | None,
    ended_at: str | None,
) -> Gantt | None:
    """The attempts in one row, then each step in its own, from the first start to the last end, now for what still
    runs. None without either."""
    rows = [("attempts", [span for span in map(_of_attempt, attempts) if span])]
    rows += [(step["step_key"], [span]) for step in steps if (span := _of_step(step))]
    rows = [(label, spans) for label, spans in rows if spans]
    if not rows:
        return None
    now = _time(ended_at) or datetime.now(UTC)  # nothing of it runs once it has ended
    every = [span for _, spans in rows for span in spans]
    first = min([span.begin for span in every] + [_time(started_at) or now])
    last = max([span.end or now for span in every] + [_time(ended_at) or first])
    whole = max((last - first).total_seconds(), 0.001)
    scale = (WIDTH - LABEL_WIDTH) / whole
    bars = []
    for row, (label, spans) in enumerate(rows):
        for number, span in enumerate(spans):
            seconds = max(((span.end or now) - span.begin).total_seconds(), 0.0)
            length = f", {duration(seconds)}" if span.has_length else ""
            bars.append(
                Bar(
                    label="" if number else label,
                    tone=span.tone,
                    x=round(LABEL_WIDTH + (span.begin - first).total_seconds() * scale, 1),
                    y=row * ROW_HEIGHT,
                    width=round(max(seconds * scale, LEAST_BAR), 1),
                    text=f"{span.name}{length}{span.note}",
                )
            )
    return Gantt(bars, _ticks(whole, scale), WIDTH, (len(rows) + 1) * ROW_HEIGHT)


def _of_attempt(attempt: Mapping[str, Any]) -> _Span | None:
    """Where nobody kept the begin of an attempt there is a mark at its end."""
    begin, end = _time(attempt["claimed_at"]), _time(attempt["ended_at"])
    outcome = attempt["outcome"] or "runs"
    name = f"attempt {attempt['attempt']}: {outcome}"
    note = f": {attempt['reason']}" if attempt["reason"] else ""
    found = begin or end
    return _Span(found, end, tone(outcome), name, note, begin is not None) if found else None


def _of_step(step: Mapping[str, Any]) -> _Span | None:
    """A sleep is recorded when it begins, and lasts until it is due."""
    begin = _time(step["started_at"])
    end = _time(step["due_at"] if step["kind"] == "sleep" else step["ended_at"])
    note = f", {step['attempts']} tries" if (step.get("attempts") or 1) > 1 else ""
    name = f"{step['step_key']}: {step['status']}"
    return _Span(begin, end, tone(step["status"]), name, note) if begin else None


def _ticks(whole: float, scale: float) -> list[tuple[float, str]]:
    return [
        (round(LABEL_WIDTH + whole * part * scale, 1), duration(whole * part))
        for part in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
