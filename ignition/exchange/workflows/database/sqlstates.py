"""What an SQLSTATE means for the caller. Behaviour follows these, never the text of a message."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat

# The connection or the server is of no use now: reconnect and send again, everything stays as it is.
LOST_STATES = frozenset(
    ("25006", "25P03", "25P04", "57P01", "57P02", "57P03", "57P04", "57P05", "53300", "40003")
)
# The statement was refused as a whole and changed nothing: send it again.
AGAIN_STATES = frozenset(("40001", "40P01", "55P03", "57014"))
# Nothing is wrong with what was sent; it cannot succeed before somebody mends the server or the grants.
WAIT_CLASSES = frozenset(("08", "0A", "0B", "25", "28", "3D", "3F", "42", "53", "55", "57", "58"))
WAIT_STATES = frozenset(("WF008",))
NOT_INSTALLED = frozenset(("3F000", "42883", "42P01"))
NO_STATE = "08006"
# There was no connection, or no place on the server, or it takes no writes: nothing took place.
_NEVER_BEGUN = frozenset(("08001", "08004", "25006", "53300", "57P03"))


def is_lost(error):
    """Whether the connection that raised this must not be used again, and the outcome is unknown."""
    state = sqlstate_of(error) or ""
    return getattr(error, "is_lost", False) or state[:2] == "08" or state in LOST_STATES


def is_unknown(error):
    """Whether what was called may have taken place all the same."""
    return is_lost(error) and sqlstate_of(error) not in _NEVER_BEGUN


def is_again(error):
    """Whether the same call may succeed at once."""
    return sqlstate_of(error) in AGAIN_STATES


def is_unavailable(error):
    """Whether the call must be kept and sent again later: a fault of the database, not of what was sent."""
    state = sqlstate_of(error) or NO_STATE
    return is_lost(error) or state in AGAIN_STATES | WAIT_STATES or state[:2] in WAIT_CLASSES


def sqlstate_of(error):
    """The SQLSTATE of an error or of the first of its causes that has one, else None."""
    for cause in _causes(error):
        state = getattr(cause, "sqlstate", None) or getattr(cause, "code", None)
        if _is_state(state):
            return state
        get_state = getattr(cause, "getSQLState", None)
        if get_state is not None:
            state = get_state()
            return None if state is None else str(state)
    return None


def _is_state(state):
    return isinstance(state, compat.string_types) and len(state) == 5


def _causes(error):
    for _ in range(10):
        if error is None:
            return
        yield error
        get_cause = getattr(error, "getCause", None)
        error = get_cause() if get_cause is not None else getattr(error, "__cause__", None)
