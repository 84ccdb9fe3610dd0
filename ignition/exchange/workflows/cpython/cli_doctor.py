"""doctor: what is wrong between here and the database, and what to do about it."""

from exchange.workflows.cpython.cli_session import Session


def doctor(session: Session) -> None:
    """Check the connection, versions, roles and health, and say what to do."""
