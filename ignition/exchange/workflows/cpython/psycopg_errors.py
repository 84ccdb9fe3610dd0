"""Our exceptions for those of psycopg."""

from __future__ import annotations

from typing import Any

import psycopg
import psycopg_pool

from exchange.workflows import errors
from exchange.workflows.database import refusals, sqlstates

Connection = psycopg.Connection[Any]


def translate(error: BaseException, conn: Connection | None = None) -> errors.WorkflowsError:
    """Our exception for one of psycopg's."""
    if isinstance(error, psycopg_pool.PoolTimeout | psycopg_pool.PoolClosed):
        return errors.DatabaseError(f"no connection: {error}", "08001", is_lost=True)
    state = getattr(error, "sqlstate", None)
    is_broken = conn is not None and (conn.closed or conn.broken)
    is_lost = is_broken or (state is None and isinstance(error, psycopg.OperationalError))
    diag = getattr(error, "diag", None)
    message = (diag and diag.message_primary) or str(error).strip() or type(error).__name__
    detail = diag.message_detail if diag else None
    hint = diag.message_hint if diag else None
    if state is None:
        state = sqlstates.NO_STATE if is_lost else "22000"
    return refusals.from_database(state, message, detail, hint, is_lost)
