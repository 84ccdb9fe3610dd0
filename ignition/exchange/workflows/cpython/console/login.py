"""Logging in and out."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from exchange.workflows.cpython.console.guard import COOKIE, CSRF_FIELD
from exchange.workflows.cpython.console.log import LOG
from exchange.workflows.cpython.console.passwords import TooManyTries
from exchange.workflows.cpython.console.site import Site, local_path


def routes(site: Site) -> list[Route]:
    views = LoginRoutes(site)
    return [
        Route("/login", views.show, methods=["GET"]),
        Route("/login", views.log_in, methods=["POST"]),
        Route("/logout", views.log_out, methods=["POST"]),
    ]


class LoginRoutes:
    def __init__(self, site: Site):
        self._site = site

    async def show(self, request: Request) -> Response:
        return self._form(request, request.query_params.get("next"))

    async def log_in(self, request: Request) -> Response:
        self._site.guard.check_origin(request)
        async with request.form(max_fields=10, max_files=0) as form:
            name, password, wanted = (
                str(form.get(field, "")) for field in ("name", "password", "next")
            )
        address = self._site.guard.address_of(request)
        try:
            user = await self._site.passwords.verify(name, password, address)
        except TooManyTries as error:
            return self._form(request, wanted, name, str(error), 429)
        if user is None:
            return self._form(request, wanted, name, "the name or the password is wrong", 401)
        self._site.sessions.end(request.cookies.get(COOKIE))
        LOG.info("event=logged_in name=%s role=%s", user.name, user.role)
        response = RedirectResponse(local_path(wanted), 303)
        return self._site.guard.keep(response, self._site.sessions.start(user.name))

    async def log_out(self, request: Request) -> Response:
        self._site.guard.check_origin(request)
        visitor = self._site.guard.visitor(request, "viewer")
        async with request.form(max_fields=10, max_files=0) as form:
            self._site.guard.check_token(visitor.session, form.get(CSRF_FIELD))
        self._site.sessions.end(request.cookies.get(COOKIE))
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE)
        return response

    def _form(
        self,
        request: Request,
        wanted: str | None,
        name: str = "",
        problem: str | None = None,
        status: int = 200,
    ) -> Response:
        shown = {"title": "Log in", "next": local_path(wanted), "name": name, "problem": problem}
        frame = self._site.frame(None, {}, request.url.path)
        return self._site.html("login.html", shown, status, **frame)
