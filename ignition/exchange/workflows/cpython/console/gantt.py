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
    """One bar before it has a place; `end` is None for what still runs."""

    row: str
    tone: str
    begin: datetime
    end: datetime | None
    text: str


def gantt_of(
    steps: Sequence[Mapping[str, Any]],
    attempts: Sequence[Mapping[str, Any]],
    started_at: str | None,
    ended_at: str | None,
) -> Gantt | None:
    """The attempts in one row, then each step in its own, from the first start to the last end, now for what still
    runs. None without either."""
    spans = [*filter(None, map(_of_attempt, attempts)), *filter(None, map(_of_step, steps))]
    if not spans:
        return None
    now = datetime.now(UTC)
    first = min([span.begin for span in spans] + [_time(started_at) or now])
    last = max([span.end or now for span in spans] + [_time(ended_at) or first])
    whole = max((last - first).total_seconds(), 0.001)
    scale = (WIDTH - LABEL_WIDTH) / whole
    rows: dict[str, int] = {}
    bars = []
    for span in spans:
        is_first = span.row not in rows
        seconds = max(((span.end or now) - span.begin).total_seconds(), 0.0)
        bars.append(
            Bar(
                label=span.row if is_first else "",
                tone=span.tone,
                x=round(LABEL_WIDTH + (span.begin - first).total_seconds() * scale, 1),
                y=rows.setdefault(span.row, len(rows)) * ROW_HEIGHT,
                width=round(max(seconds * scale, LEAST_BAR), 1),
                text=span.text.replace("{span}", duration(seconds)),
            )
        )
    return Gantt(bars, _ticks(whole, scale), WIDTH, (len(rows) + 1) * ROW_HEIGHT)


def _of_attempt(attempt: Mapping[str, Any]) -> _Span | None:
    """Where nobody kept the begin of an attempt there is a mark at its end."""
    begin, end = _time(attempt["claimed_at"]), _time(attempt["ended_at"])
    outcome = attempt["outcome"] or "runs"
    since = ", {span}" if begin else ""
    reason = f": {attempt['reason']}" if attempt["reason"] else ""
    found = begin or end
    text = f"attempt {attempt['attempt']}: {outcome}{since}{reason}"
    return _Span("attempts", tone(outcome), found, end, text) if found else None


def _of_step(step: Mapping[str, Any]) -> _Span | None:
    """A sleep is recorded when it begins, and lasts until it is due."""
    begin = _time(step["started_at"])
    end = _time(step["due_at"] if step["kind"] == "sleep" else step["ended_at"])
    tries = f", {step['attempts']} tries" if (step.get("attempts") or 1) > 1 else ""
    text = f"{step['step_key']}: {step['status']}, {{span}}{tries}"
    return _Span(step["step_key"], tone(step["status"]), begin, end, text) if begin else None


def _ticks(whole: float, scale: float) -> list[tuple[float, str]]:
    return [
        (round(LABEL_WIDTH + whole * part * scale, 1), duration(whole * part))
        for part in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
