"""What a page and an action are. Each module of pages/ has PAGES and ACTIONS made of these."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.passwords import Passwords
from exchange.workflows.cpython.console.typed_values import moment, whole_number
from exchange.workflows.cpython.console.users import User
from exchange.workflows.cpython.failures import ExitCode, Failure

Asked = Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """name: its template is templates/pages/<name>.html, and its feed has the same name.
    path: where it is, as starlette writes routes. role: who may see it, from this role on.
    read(db, asked): what the template shows; it may depend on `asked` only, since all browsers share
    it. takes: the words of the query string that it understands. group: its place in the menu, None
    for a page that is reached from another. is_live: whether it follows the database by itself.
    poll_seconds: read at most so often, where that is less often than the console's other pages.
    """

    name: str
    path: str
    title: str
    read: Callable[[Client, Asked], Awaitable[dict[str, object]]]
    role: str = "viewer"
    takes: tuple[str, ...] = ()
    group: str | None = None
    is_live: bool = True
    poll_seconds: float | None = None


@dataclass(frozen=True)
class Acting:
    """A person who does something. `db` has the person's role; `user.name` is the actor that every
    function is given, so that the audit names a person. passwords: for a second person who signs
    at the browser of the first, which is at `address`."""

    db: Client
    user: User
    asked: Asked
    form: FormData
    passwords: Passwords
    address: str

    def text(self, name: str) -> str | None:
        """A field of the form, None where it is empty."""
        value = self.form.get(name)
        return value.strip() or None if isinstance(value, str) else None

    def required(self, name: str, what: str) -> str:
        value = self.text(name)
        if value is None:
            raise Failure(ExitCode.USAGE, f"{what} is missing", "fill it in and try again")
        return value

    def whole(self, name: str, what: str) -> int:
        return whole_number(self.required(name, what), what)

    def moment(self, name: str, what: str) -> datetime:
        return moment(self.required(name, what))

    def options(self, **given: Any) -> str:
        """Options of a call, as JSON: who acts, why where the form asks for it, and what is given.
        reason=None: the call takes the reason as an argument."""
        words = {"actor": self.user.name, "reason": self.text("reason"), **given}
        if words["reason"] is None:
            del words["reason"]
        return json.dumps(words)

    def texts(self, name: str) -> list[str]:
        """Every value of a field that may be chosen more than once."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]


@dataclass(frozen=True)
class Done:
    """What the person is told, and the page to go to; None: the one that the form was on.
    is_good: False where nothing was changed (an order that was rejected)."""

    message: str
    go_to: str | None = None
    is_good: bool = True


@dataclass(frozen=True)
class Ask:
    """Instead of an end, a question first: a template of pages/ with what it shows."""

    template: str
    title: str
    shown: dict[str, object]


@dataclass(frozen=True)
class Download:
    file_name: str
    media_type: str
    text: str


@dataclass(frozen=True)
class Action:
    """What a form posts to. perform raises Failure where the database refuses. is_reading: it
    changes nothing, and is allowed in a console that is read-only."""

    path: str
    perform: Callable[[Acting], Awaitable[Done | Ask | Download]]
    role: str = "operator"
    is_reading: bool = False
