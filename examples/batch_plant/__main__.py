"""A plant at work with the web console in front of it: `make console`. Ctrl-C ends all of it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path

import psycopg
from rich.console import Console

from examples.batch_plant.traffic import REPORTS, call, keep_busy, set_up_plant
from examples.temperature_alarms.__main__ import set_up, wait_for_workers
from examples.temperature_alarms.observer import Observer
from examples.temperature_alarms.processes import Server, embedded_server, running_workers
from exchange.workflows.cpython.console.app import create_app
from exchange.workflows.cpython.console.options import PORT, ConsoleOptions
from exchange.workflows.cpython.console.server import serve_app
from exchange.workflows.cpython.console.users import UserFile
from exchange.workflows.engine import instance

APPS = ("examples.temperature_alarms.alarms", "examples.batch_plant.flows")
PEOPLE = {"vera": "viewer", "olaf": "operator", "ada": "admin"}
PASSWORD = "only for the demo"
console = Console()


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped by SIGTERM"))
    port = int(os.environ.get("PORT", PORT))
    with embedded_server(keep=False) as server:
        console.print("PostgreSQL is up, the schema is being installed")
        set_up(server)
        instance.configure(server.dsn)
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            call(connection, "create_queue", REPORTS, {"actor": "ada"})
            work(server, connection, port)
    return 0


def work(server: Server, connection: psycopg.Connection, port: int) -> None:
    """Workers, traffic and the console, until Ctrl-C."""
    with running_workers(
        server, ["worker-1", "worker-2"], APPS, queues=("default", REPORTS)
    ) as workers:
        wait_for_workers(Observer(connection), workers)
        set_up_plant(connection)
        stopping = threading.Event()
        traffic = threading.Thread(target=keep_busy, args=(stopping,), name="traffic")
        traffic.start()
        app = create_app(
            ConsoleOptions(dsn=server.dsn, users=users(server.directory), environment="demo plant")
        )
        try:
            asyncio.run(serve_app(app, "127.0.0.1", port, say=say))
        finally:
            stopping.set()
            traffic.join()
            instance.shutdown()


def users(directory: Path) -> Path:
    file = UserFile(directory / "console-users.json")
    for name, role in PEOPLE.items():
        file.save(name, role, PASSWORD)
    assert file.path is not None
    return file.path


def say(url: str) -> None:
    console.print(f"\nThe console is at [bold]{url}[/]. Log in as")
    for name, role in PEOPLE.items():
        console.print(f"  {name:<5} the {role}")
    console.print(f"each with the password: {PASSWORD}")
    console.print("Ctrl-C ends the console, the workers and the server.")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
