"""Actions: a POST that does what a form asks for, as the person who sent it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from exchange.workflows.cpython.console.guard import CSRF_FIELD, Visitor
from exchange.workflows.cpython.console.page import Acting, Action, Ask, Done, Download
from exchange.workflows.cpython.console.site import Site, local_path
from exchange.workflows.cpython.failures import ExitCode, Failure

MOST_FIELDS = 2000
PLACE_FIELD = "back"


def route_of(site: Site, action: Action) -> Route:
    async def act(request: Request) -> Response:
        guard = site.guard
        guard.check_origin(request)
        visitor = guard.visitor(request, action.role)
        if not action.is_reading:
            guard.check_writing()
        async with request.form(max_fields=MOST_FIELDS, max_files=0) as form:
            guard.check_token(visitor.session, form.get(CSRF_FIELD))
            client = site.database.as_role(visitor.user.role)
            acting = Acting(
                client,
                visitor.user,
                dict(request.path_params),
                form,
                site.passwords,
                guard.address_of(request),
            )
            back = local_path(acting.text(PLACE_FIELD))
            try:
                answer = await action.perform(acting)
            except Failure as failure:
                if failure.exit_code == ExitCode.UNEXPECTED:
                    return site.failure_page(request, visitor, failure)
                visitor.session.messages.append(("bad", sentence(failure)))
                return RedirectResponse(back, 303)
        return _answer(site, visitor, answer, back)

    return Route(action.path, act, methods=["POST"])


def _answer(site: Site, visitor: Visitor, answer: Done | Ask | Download, back: str) -> Response:
    if isinstance(answer, Download):
        return Response(
            answer.text,
            media_type=answer.media_type,
            headers={"Content-Disposition": f'attachment; filename="{answer.file_name}"'},
        )
    if isinstance(answer, Ask):
        shown: dict[str, Any] = {"title": answer.title, "back": back, **answer.shown}
        return site.html(f"pages/{answer.template}", shown, **site.frame(visitor, {}, back))
    visitor.session.messages.append(("good" if answer.is_good else "warn", answer.message))
    return RedirectResponse(answer.go_to or back, 303)


def sentence(failure: Failure) -> str:
    """A failure as the person reads it, with each value that does not fit."""
    problems = failure.detail.get("errors") if isinstance(failure.detail, dict) else None
    if isinstance(problems, list) and problems:
        return "; ".join(f"{one['path']} {one['problem']}" for one in problems)
    return failure.line()
