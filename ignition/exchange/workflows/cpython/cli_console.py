"""console: the web console, and who may log in to it."""

import asyncio
import importlib.util
import json
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from exchange.workflows.cpython.cli_session import Session
from exchange.workflows.cpython.console.options import LOOPBACK, PORT, ConsoleOptions
from exchange.workflows.cpython.failures import ExitCode, Failure
from exchange.workflows.cpython.metrics_access import TOKEN_VARIABLE, check_token

NEEDED = ("argon2", "jinja2", "prometheus_client", "python_multipart", "starlette", "uvicorn")
HOST = "127.0.0.1"
Users = Annotated[
    Path,
    typer.Option(
        "--users",
        envvar="WORKFLOWS_CONSOLE_USERS",
        help="File of the people who may log in; console-user writes it.",
    ),
]
USERS = Path("console-users.json")


def console(
    session: Session,
    users: Users = USERS,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; 0.0.0.0 is every one.")
    ] = HOST,
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = PORT,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Nobody changes anything through it.")
    ] = False,
    proxy_header: Annotated[
        str | None,
        typer.Option("--proxy-header", help="Header in which a trusted proxy names the person."),
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option("--trusted-proxy", help="Address of such a proxy; may be repeated."),
    ] = None,
    frame_ancestor: Annotated[
        list[str] | None,
        typer.Option(
            "--frame-ancestor",
            help="Origin that may show the console in a frame, like https://gateway:8043.",
        ),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="TLS certificate, PEM.")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Its key, PEM.")] = None,
    behind_https: Annotated[
        bool, typer.Option("--behind-https", help="A proxy in front of it speaks TLS.")
    ] = False,
    environment: Annotated[
        str, typer.Option("--environment", help="Shown at the top of every page.")
    ] = "",
    metrics_token: Annotated[
        str | None,
        typer.Option(
            "--metrics-token",
            envvar=TOKEN_VARIABLE,
            help="Who has it may read /metrics; without one only a program on this machine may.",
        ),
    ] = None,
) -> None:
    """Serve the web console until it is told to stop."""
    _require_packages()
    from exchange.workflows.cpython.console.app import create_app
    from exchange.workflows.cpython.console.server import serve_app

    options = ConsoleOptions(
        dsn=session.checked_dsn(),
        schema=session.schema,
        users=users,
        proxy_header=proxy_header,
        trusted_proxies=tuple(trusted_proxy or LOOPBACK),
        frame_ancestors=tuple(frame_ancestor or ()),
        read_only=read_only,
        is_https=behind_https or certificate is not None,
        environment=environment,
        metrics_token=check_token(metrics_token),
    )
    if proxy_header is None and not _user_file(users).users():
        raise Failure(
            ExitCode.USAGE,
            f"nobody may log in: {users} names no user",
            "add one with: ignition-workflows console-user set NAME --role operator",
        )
    _check_roles(session)
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s"
    )

    def say(url: str) -> None:
        session.show({"url": url}, f"the console is at {url}")

    asyncio.run(serve_app(create_app(options), host, port, certificate, key, say))


def set_user(
    session: Session,
    name: Annotated[str, typer.Argument(show_default=False)],
    role: Annotated[str, typer.Option("--role", help="viewer, operator or admin.")],
    users: Users = USERS,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Only a trusted proxy lets this person in.")
    ] = False,
) -> None:
    """Add a person or change one. The password is asked for, or read from standard input."""
    _require_packages()
    from exchange.workflows.cpython.console.users import LEAST_PASSWORD_LENGTH, ROLES

    if role not in ROLES:
        raise Failure(ExitCode.USAGE, f"{role} is not a role", f"one of {', '.join(ROLES)}")
    password = None if no_password else _read_password(name)
    if password is not None and len(password) < LEAST_PASSWORD_LENGTH:
        raise Failure(ExitCode.USAGE, f"a password has at least {LEAST_PASSWORD_LENGTH} characters")
    _user_file(users).save(name, role, password)
    session.show({"name": name, "role": role}, f"{name} may log in as {role}")


def list_users(session: Session, users: Users = USERS) -> None:
    """Who may log in, and with which role."""
    _require_packages()
    found = _user_file(users).users()
    table = Table("name", "role")
    for one in found:
        table.add_row(one.name, one.role)
    session.show([{"name": one.name, "role": one.role} for one in found], table)


def remove_user(
    session: Session,
    name: Annotated[str, typer.Argument(show_default=False)],
    users: Users = USERS,
) -> None:
    """Take a person out; sessions of that person end at once."""
    _require_packages()
    try:
        _user_file(users).remove(name)
    except KeyError:
        raise Failure(ExitCode.REFUSED, f"{users} does not name {name}") from None
    session.show({"name": name}, f"{name} may not log in any more")


def _user_file(path: Path):  # type: ignore[no-untyped-def]
    from exchange.workflows.cpython.console.users import UserFile

    return UserFile(path)


def _read_password(name: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return typer.prompt(f"password of {name}", hide_input=True, confirmation_prompt=True)


def _require_packages() -> None:
    missing = [one for one in NEEDED if importlib.util.find_spec(one) is None]
    if missing:
        raise Failure(
            ExitCode.USAGE,
            f"the console needs packages that are not installed: {', '.join(missing)}",
            "run: pip install 'ignition-workflows[console]'",
        )


def _check_roles(session: Session) -> None:
    """The login must be able to take the role of each person."""
    roles = [f"{session.schema}_{role}" for role in ("viewer", "operator", "admin")]
    missing = session.value(
        "select json_agg(r)::text from unnest(%s::text[]) r"
        " where to_regrole(r) is null or not pg_has_role(current_user, r::name, 'member')",
        roles,
    )
    if missing is not None:
        names = ", ".join(json.loads(missing))
        raise Failure(
            ExitCode.NOT_ALLOWED,
            f"the console's login is not a member of {names}",
            f"let a DBA grant them: grant {names} to the login",
        )
