"""What the console is started with."""

from dataclasses import dataclass, field
from pathlib import Path

from exchange.workflows.settings import SCHEMA_NAME

PORT = 8099
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class ConsoleOptions:
    """dsn: a login that may `set role` to the schema's viewer, operator and admin.
    users: the file of `ignition-workflows console-user`. proxy_header: the header in which a proxy
    at one of trusted_proxies names the person it has let in. frame_ancestors: origins that may show
    the console in a frame. read_only: nobody changes anything. is_https: cookies go over TLS only.
    metrics_token: who has it may read /metrics; without one a program on the same machine may.
    """

    dsn: str
    schema: str = SCHEMA_NAME
    users: Path | None = None
    proxy_header: str | None = None
    trusted_proxies: tuple[str, ...] = LOOPBACK
    frame_ancestors: tuple[str, ...] = ()
    read_only: bool = False
    is_https: bool = False
    poll_seconds: float = 1.0
    idle_seconds: float = 30 * 60
    session_seconds: float = 12 * 3600
    login_tries: int = 5
    login_pause_seconds: float = 60.0
    environment: str = ""
    metrics_token: str | None = field(default=None, repr=False)
