"""Inputs of an exact size, the same for every system."""

from __future__ import annotations

import json
from typing import Any

BYTES = 100


def inputs(number: int, size: int = BYTES) -> dict[str, Any]:
    """A JSON object of `size` bytes that carries its own number."""
    bare = len(json.dumps({"number": number, "padding": ""}))
    return {"number": number, "padding": "x" * max(0, size - bare)}
