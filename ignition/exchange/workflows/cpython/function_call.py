"""A call of one of the schema's functions as a statement, its arguments by their names."""

import json
from collections.abc import Mapping
from typing import Any

from psycopg import sql


def statement(
    schema: str, function: str, arguments: Mapping[str, Any]
) -> tuple[sql.Composed, dict[str, Any]]:
    """The statement and its values. An argument that is None is left out: the function's own
    default holds."""
    given = {name: value for name, value in arguments.items() if value is not None}
    names = sql.SQL(", ").join(
        sql.SQL("{} => {}::text" if isinstance(value, str) else "{} => {}").format(
            sql.Identifier(f"p_{name}"), sql.Placeholder(name)
        )
        for name, value in given.items()
    )
    return sql.SQL("select {}({})").format(sql.Identifier(schema, function), names), given


def decoded(row: tuple[Any, ...] | None) -> Any:
    """What the function answered: JSON where its text is JSON."""
    answer = row[0] if row else None
    if not isinstance(answer, str):
        return answer
    try:
        return json.loads(answer)
    except ValueError:
        return answer
