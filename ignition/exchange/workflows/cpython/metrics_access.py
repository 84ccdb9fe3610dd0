"""Who may read /metrics: whoever has the token; where there is none, only a program on the same machine.

A reverse proxy on this machine comes from a loopback address, too, and so may a page in a browser that was led
astray by DNS. So without a token the request must also name a loopback host and bear no trace of a proxy.
"""

import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from exchange.workflows.cpython.failures import ExitCode, Failure

LEAST_TOKEN_LENGTH = 16
TOKEN_VARIABLE = "WORKFLOWS_METRICS_TOKEN"
TRACES_OF_A_PROXY = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@dataclass(frozen=True)
class Refusal:
    status: int
    reason: str

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"} if self.status == 401 else {}


def refusal(token: str | None, peer: str, headers: Mapping[str, str]) -> Refusal | None:
    """Why this request is not answered, or None. The names of `headers` are in lower case."""
    if token is not None:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        is_right = secrets.compare_digest(given.strip().encode(), token.encode())
        if scheme.lower() == "bearer" and is_right:
            return None
        return Refusal(401, "this needs the token: Authorization: Bearer TOKEN")
    is_near = is_loopback(peer) and is_loopback(host_of(headers.get("host", "")))
    if is_near and not any(name in headers for name in TRACES_OF_A_PROXY):
        return None
    return Refusal(403, f"only a program on this machine may read this; set {TOKEN_VARIABLE}")


def host_of(header: str) -> str:
    """The name in a Host header, without its port."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]


def is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_token(token: str | None) -> str | None:
    """The token, None where it is empty. Raises Failure for one that is guessed too easily."""
    if not token:
        return None
    if len(token) < LEAST_TOKEN_LENGTH or not token.isascii() or not token.isprintable():
        raise Failure(
            ExitCode.USAGE,
            f"the metrics token must have at least {LEAST_TOKEN_LENGTH} plain characters",
            "make one with: openssl rand -hex 24",
        )
    return token
