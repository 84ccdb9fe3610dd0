"""Who asks, and whether the person may: the one place where the console decides that.

Every response carries the headers that keep scripts, frames and caches of others out. A request
that would change something must come from a page of this console (its Origin) and carry the token
of its session; what the role does not allow is refused here, and again by the database.
"""

import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from exchange.workflows.cpython.console.options import ConsoleOptions
from exchange.workflows.cpython.console.sessions import Session, Sessions
from exchange.workflows.cpython.console.users import User, UserFile

COOKIE = "workflows_console"
CSRF_FIELD = "csrf"


class NotLoggedIn(Exception):
    pass


@dataclass
class Forbidden(Exception):
    """reason: a sentence for the person."""

    reason: str
    status: int = 403


@dataclass(frozen=True)
class Visitor:
    user: User
    session: Session


class Guard:
    def __init__(self, options: ConsoleOptions, users: UserFile, sessions: Sessions):
        self.options = options
        self.users = users
        self.sessions = sessions

    def visitor(self, request: Request, role: str, is_use: bool = True) -> Visitor:
        """The logged-in person. Raises NotLoggedIn, or Forbidden where the role is not enough."""
        session = self.sessions.find(request.cookies.get(COOKIE), is_use)
        name = self.proxied_name(request)
        if name is not None and (session is None or session.user_name != name):
            session = self._start_proxied(request, name)
        if session is None:
            raise NotLoggedIn
        user = self.users.find(session.user_name)
        if user is None:
            if name is None:
                raise NotLoggedIn
            raise Forbidden(f"{name} is logged in, but not among the users of this console")
        if not user.may(role):
            raise Forbidden(f"this needs the role {role}; {user.name} has the role {user.role}")
        return Visitor(user, session)

    def proxied_name(self, request: Request) -> str | None:
        """The person that a trusted proxy names. Anybody else's header counts for nothing."""
        header = self.options.proxy_header
        if header is None or not self._is_proxied(request):
            return None
        return request.headers.get(header) or None

    def address_of(self, request: Request) -> str:
        """Where the browser is: the last address that a trusted proxy has added, else the peer's."""
        peer = request.client.host if request.client else ""
        forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        return forwarded if forwarded and self._is_proxied(request) else peer

    def _is_proxied(self, request: Request) -> bool:
        return request.client is not None and request.client.host in self.options.trusted_proxies

    def check_origin(self, request: Request) -> None:
        """Refuse what another site's page sends."""
        site = request.headers.get("sec-fetch-site")
        origin = request.headers.get("origin")
        if site is not None and site not in ("same-origin", "none"):
            raise Forbidden("this came from another site's page; nothing was changed")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            raise Forbidden("this came from another site's page; nothing was changed")

    def check_token(self, session: Session, token: object) -> None:
        if not isinstance(token, str) or not secrets.compare_digest(token, session.csrf):
            raise Forbidden(
                "this form is of a session that is over; nothing was changed: reload the page"
            )

    def check_writing(self) -> None:
        if self.options.read_only:
            raise Forbidden("this console is read-only; nothing was changed")

    def keep(self, response: Response, token: str) -> Response:
        """Give the browser the cookie of its session."""
        is_framed = bool(self.options.frame_ancestors)
        response.set_cookie(
            COOKIE,
            token,
            httponly=True,
            secure=self.options.is_https,
            samesite="none" if is_framed and self.options.is_https else "strict",
            path="/",
        )
        return response

    def finish(self, request: Request, response: Response) -> Response:
        """Add the cookie where this request began the session of a person whom a proxy let in."""
        token = getattr(request.state, "new_token", None)
        return response if token is None else self.keep(response, token)

    def _start_proxied(self, request: Request, name: str) -> Session:
        token = self.sessions.start(name)
        request.state.new_token = token
        session = self.sessions.find(token)
        assert session is not None
        return session


def security_headers(options: ConsoleOptions) -> dict[str, str]:
    ancestors = " ".join(options.frame_ancestors) or "'none'"
    headers = {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            " connect-src 'self'; form-action 'self'; base-uri 'none';"
            f" frame-ancestors {ancestors}"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
    if not options.frame_ancestors:
        headers["X-Frame-Options"] = "DENY"
    return headers
