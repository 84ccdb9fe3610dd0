"""Proving who somebody is, with a pause after some wrong passwords."""

import asyncio
import math

from exchange.workflows.cpython.console.log import LOG
from exchange.workflows.cpython.console.sessions import LoginLimit
from exchange.workflows.cpython.console.users import User, UserFile


class TooManyTries(Exception):
    """str() of it is a sentence for the person."""


class Passwords:
    """The one place that looks at a password: for logging in and for a second signature, so that
    both count the same wrong ones."""

    def __init__(self, users: UserFile, limit: LoginLimit):
        self._users = users
        self._limit = limit

    async def verify(self, name: str, password: str, address: str) -> User | None:
        """The person, or None where the name or the password is wrong. Raises TooManyTries."""
        keys = (f"name {name}", f"address {address}")
        wait = self._limit.wait_seconds(*keys)
        if wait > 0:
            raise TooManyTries(f"too many wrong passwords; try again in {math.ceil(wait)} s")
        # Counted before it is known to be wrong: tries that come at once do not slip past.
        self._limit.note_failure(*keys)
        user = await asyncio.to_thread(self._users.verify, name, password)
        if user is None:
            LOG.warning("event=login_failed name=%r address=%s", name[:80], address)
            return None
        self._limit.forget(*keys)
        return user
