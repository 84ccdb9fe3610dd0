"""The steps of a workflow as bars over time."""

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


def gantt_of(
    steps: Sequence[Mapping[str, Any]], started_at: str | None, ended_at: str | None
) -> Gantt | None:
    """Bars from the first start to the last end, now for what still runs. None without steps."""
    spans = [(step, _time(step["started_at"]), _end(step)) for step in steps]
    spans = [one for one in spans if one[1] is not None]
    if not spans:
        return None
    now = datetime.now(UTC)
    begins = [begin for _, begin, _ in spans if begin] + [_time(started_at) or now]
    ends = [end or now for _, _, end in spans] + ([_time(ended_at) or now] if ended_at else [])
    first, last = min(begins), max(ends)
    whole = max((last - first).total_seconds(), 0.001)
    scale = (WIDTH - LABEL_WIDTH) / whole
    bars = []
    for place, (step, begin, end) in enumerate(spans):
        assert begin is not None
        seconds = max(((end or now) - begin).total_seconds(), 0.0)
        bars.append(
            Bar(
                label=step["step_key"],
                tone=tone(step["status"]),
                x=round(LABEL_WIDTH + (begin - first).total_seconds() * scale, 1),
                y=place * ROW_HEIGHT,
                width=round(max(seconds * scale, LEAST_BAR), 1),
                text=_text(step, seconds),
            )
        )
    return Gantt(bars, _ticks(whole, scale), WIDTH, len(bars) * ROW_HEIGHT + ROW_HEIGHT)


def _end(step: Mapping[str, Any]) -> datetime | None:
    """A sleep is recorded when it begins, and lasts until it is due."""
    return _time(step["due_at"] if step["kind"] == "sleep" else step["ended_at"])


def _text(step: Mapping[str, Any], seconds: float) -> str:
    tries = f", {step['attempts']} tries" if (step.get("attempts") or 1) > 1 else ""
    return f"{step['step_key']}: {step['status']}, {duration(seconds)}{tries}"


def _ticks(whole: float, scale: float) -> list[tuple[float, str]]:
    return [
        (round(LABEL_WIDTH + whole * part * scale, 1), duration(whole * part))
        for part in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
