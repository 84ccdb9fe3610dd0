"""A conversation with a stand-in gateway: Python statements in project scope, and :requests."""

import ast
import shlex
from collections.abc import Callable

from tests.gateway.gateway import GatewayError, ScriptError, StandInGateway

REQUESTS = {
    "log": "what scripts and the gateway said so far",
    "save": "save the project: a new interpreter takes over",
    "lose_database": "cut its connections and refuse new ones",
    "restore_database": "the other way",
    "set_active": "True or False: this node of a redundant pair",
    "create_tag": "path value: a tag in memory",
    "write_tag": "path value: a new value, as from a device",
    "threads": "those that the library started",
    "pool_figures": "connections of a database",
}
SECONDS = 600.0


def converse(
    gateway: StandInGateway, read: Callable[[str], str], write: Callable[[str], object]
) -> None:
    """Until the end of the input."""
    block = ""
    while True:
        try:
            line = read("... " if block else ">>> ")
        except EOFError:
            return
        if not block and line.startswith(":"):
            write(_request(gateway, line[1:]))
            continue
        block += line + "\n"
        try:
            printed = gateway.prompt(block if line else block + "\n", seconds=SECONDS)
        except (ScriptError, GatewayError) as error:
            printed = f"{error}\n"
        if printed is not None:
            write(printed)
            block = ""


def help_text() -> str:
    width = max(map(len, REQUESTS)) + 2
    return "".join(f"  :{name:{width}}{what}\n" for name, what in REQUESTS.items())


def _request(gateway: StandInGateway, line: str) -> str:
    name, *words = shlex.split(line) or [""]
    if name not in REQUESTS:
        return help_text()
    try:
        answer = getattr(gateway, name)(*map(_value, words))
    except (ScriptError, GatewayError, TypeError) as error:
        return f"{error}\n"
    return "" if answer is None else f"{answer}\n"


def _value(word: str) -> object:
    try:
        return ast.literal_eval(word)
    except (ValueError, SyntaxError):
        return word
