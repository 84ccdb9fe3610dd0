"""`?` placeholders, which every connector takes, to psycopg's `%s`."""

from __future__ import annotations

import functools
import re

# What a placeholder cannot be part of: quoted text and names, dollar quotes, comments.
_TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | \$((?:[A-Za-z_]\w*)?)\$.*?\$\1\$ | --[^\n]* | /\*.*?\*/ | \?\? | \? | %""",
    re.VERBOSE | re.DOTALL,
)


@functools.lru_cache(maxsize=1000)
def to_psycopg(sql: str) -> str:
    """`?` becomes `%s` and `??` the operator `?`; what is quoted or commented out stays as it is."""
    return _TOKEN.sub(_replace, sql)


def _replace(match: re.Match[str]) -> str:
    token = match.group()
    if token == "?":
        return "%s"
    if token == "??":
        return "?"
    return token.replace("%", "%%")
