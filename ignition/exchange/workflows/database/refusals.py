"""The exception for what the database answered."""

from __future__ import absolute_import, division, print_function

import json

from exchange.workflows import errors

BY_CODE = dict(
    (error.code, error)
    for error in (
        errors.StaleLease,
        errors.BadArgument,
        errors.UnknownId,
        errors.AlreadyFinished,
        errors.QueueRefused,
        errors.Duplicate,
        errors.ReplayMismatch,
        errors.SchemaVersionMismatch,
        errors.CommandRejected,
        errors.AppendOnly,
        errors.MigrationEdited,
    )
)


def from_database(sqlstate, message, detail=None, hint=None, is_lost=False):
    """The exception for an error that the database answered. `detail` is the DETAIL text: JSON from our functions."""
    known = BY_CODE.get(sqlstate)
    if known is None:
        return errors.DatabaseError(message, sqlstate, _detail_of(detail), hint, is_lost)
    return known(message, sqlstate, _detail_of(detail), hint)


def _detail_of(text):
    if not text:
        return {}
    try:
        detail = json.loads(text)
    except ValueError:
        return {"detail": text}
    return detail if isinstance(detail, dict) else {"detail": detail}
