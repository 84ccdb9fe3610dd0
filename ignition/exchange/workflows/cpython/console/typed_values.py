"""What a person typed, or an address names, as a value. Raises Failure where it is none."""

import re
from datetime import UTC, datetime
from typing import Any

from exchange.workflows.cpython.failures import ExitCode, Failure


def whole_number(text: Any, what: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", str(text)):
        raise Failure(ExitCode.USAGE, f"{what} must be a whole number, not {text}")
    return int(text)


def utc(text: str) -> str:
    """The value of a datetime-local field, which is in UTC here; the database checks it."""
    return text if text.endswith("Z") else f"{text}Z"


def moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(utc(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Failure(ExitCode.USAGE, f"{text} is not a time", "such as 2026-01-31T08:00") from None
