"""Who may log in: a JSON file of names with a role and an argon2 hash each.

It is read again whenever it changes, so that taking a person out takes effect at once.
"""

import functools
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import argon2

from exchange.workflows.cpython.failures import ExitCode, Failure

ROLES = ("viewer", "operator", "admin")
LEAST_PASSWORD_LENGTH = 12


@dataclass(frozen=True)
class User:
    name: str
    role: str

    def may(self, role: str) -> bool:
        """Whether this person may do what needs a role: each role may what the ones before may."""
        return ROLES.index(self.role) >= ROLES.index(role)


class UserFile:
    def __init__(self, path: Path | None):
        self.path = path
        self._hasher = argon2.PasswordHasher()
        self._read_at: int | None = None
        self._entries: dict[str, dict[str, Any]] = {}

    def find(self, name: str) -> User | None:
        entry = self._current().get(name)
        return User(name, entry["role"]) if entry else None

    def verify(self, name: str, password: str) -> User | None:
        """The user with this name and password, or None. Takes its time: call it in a thread."""
        nobody = _hash_of_nobody()  # whatever the name, so that the first one takes as long as any
        entry = self._current().get(name) or {}
        try:
            self._hasher.verify(entry.get("password_hash") or nobody, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return None
        return self.find(name)

    def users(self) -> list[User]:
        return [User(name, one["role"]) for name, one in sorted(self._current().items())]

    def save(self, name: str, role: str, password: str | None) -> None:
        """Add a user or change one. Without a password only a proxy can let the person in."""
        entries = dict(self._current())
        entry: dict[str, Any] = {"role": role}
        if password is not None:
            entry["password_hash"] = self._hasher.hash(password)
        entries[name] = entry
        self._write(entries)

    def remove(self, name: str) -> None:
        entries = dict(self._current())
        del entries[name]
        self._write(entries)

    def _current(self) -> dict[str, dict[str, Any]]:
        if self.path is None:
            return {}
        try:
            changed_at = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return {}
        if changed_at != self._read_at:
            self._entries = _read(self.path)
            self._read_at = changed_at
        return self._entries

    def _write(self, entries: dict[str, dict[str, Any]]) -> None:
        """Replaced as a whole, readable by its owner only."""
        assert self.path is not None
        written = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(entries, file, indent=2, sort_keys=True)
        written.replace(self.path)
        self._read_at = None


@functools.cache
def _hash_of_nobody() -> str:
    """As slow as a real one, so that a wrong name takes as long as a wrong password."""
    return argon2.PasswordHasher().hash(secrets.token_hex())


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        entries = json.loads(path.read_text())
        bad = [name for name, one in entries.items() if one["role"] not in ROLES]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _broken(path, str(error)) from None
    if bad:
        raise _broken(path, f"the role of {bad[0]} is none of {', '.join(ROLES)}")
    return entries


def _broken(path: Path, problem: str) -> Failure:
    return Failure(
        ExitCode.USAGE,
        f"the file of users {path} cannot be read: {problem}",
        "mend it, or write it anew with: ignition-workflows console-user set",
    )
