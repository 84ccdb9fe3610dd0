"""Our exception for what system.db raised, by the SQLSTATE along the chain of causes."""

from __future__ import absolute_import, division, print_function

from java.sql import SQLException

from exchange.workflows import compat, errors
from exchange.workflows.database import refusals, sqlstates

_LONGEST_CHAIN = 20


def translate(error):
    """The exception to raise. What ends the script is raised as it is. The gateway wraps errors of the driver
    in its own; one without a driver's error in it says that there is no connection."""
    found = None
    for cause in _causes(error):
        if compat.is_ending(cause):
            raise cause
        if found is None and isinstance(cause, SQLException):
            found = cause
    if found is None:
        return errors.DatabaseError(_last_message(error), sqlstates.NO_STATE, is_lost=True)
    state = found.getSQLState()
    message, detail, hint = _told_by_server(found)
    if state is None:
        return errors.DatabaseError(_last_message(error), sqlstates.NO_STATE, is_lost=True)
    return refusals.from_database(str(state), message, detail, hint)


def _causes(error):
    for _ in range(_LONGEST_CHAIN):
        if error is None:
            return
        yield error
        get_cause = getattr(error, "getCause", None)
        error = get_cause() if get_cause is not None else None


def _last_message(error):
    """The text of the cause behind all others."""
    last = error
    for last in _causes(error):
        pass
    return compat.message_of(last)


def _told_by_server(found):
    """(message, detail, hint): an error of the driver has them apart, whichever class loader it comes from."""
    told = None
    get_told = getattr(found, "getServerErrorMessage", None)
    if get_told is not None:
        told = get_told()
    if told is None:
        return compat.message_of(found), None, None
    return told.getMessage() or compat.message_of(found), told.getDetail(), told.getHint()
