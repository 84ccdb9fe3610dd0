"""The demo, from an empty directory to the last table. KEEP=1 leaves the server up."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import psycopg
from rich.console import Console
from rich.live import Live

from examples.temperature_alarms.observer import Observer
from examples.temperature_alarms.processes import (
    Server,
    Worker,
    embedded_server,
    running_workers,
)
from examples.temperature_alarms.readings import all_readings, count_crossings
from examples.temperature_alarms.replay import Replay
from examples.temperature_alarms.report import print_report, progress_table
from exchange.workflows.cpython import installer

ALLOWED_SECONDS = 55.0
console = Console()


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped by SIGTERM"))
    started = time.monotonic()
    keep = "--keep" in sys.argv[1:] or os.environ.get("KEEP", "") not in ("", "0")
    console.rule("[bold]Ignition Workflows: temperature alarms")
    say(f"{len(all_readings()):,} readings of one year, {count_crossings()} rise through 68 F")
    with embedded_server(keep) as server:
        say(f"PostgreSQL is up in {server.directory}")
        set_up(server)
        say("schema workflows is installed, table plant.alarm is there")
        with (
            running_workers(server, ["worker-1", "worker-2"]) as workers,
            psycopg.connect(server.dsn, autocommit=True) as connection,
        ):
            observer = Observer(connection)
            wait_for_workers(observer, workers)
            replay = Replay(victim=workers[1], observer=observer)
            replay_and_wait(replay, observer, workers, started + ALLOWED_SECONDS)
            promises_held = print_report(console, observer, replay)
        say(f"{time.monotonic() - started:.1f} seconds from start to end")
        if keep:
            say_how_to_connect(server)
    return 0 if promises_held else 1


def set_up(server: Server) -> None:
    """Installs the queue and the application's own table into the empty database."""
    os.environ["WORKFLOWS_DSN"] = server.dsn
    with psycopg.connect(server.dsn) as connection:
        installer.install(connection)
        connection.execute(Path(__file__).with_name("plant.sql").read_bytes())


def wait_for_workers(observer: Observer, workers: list[Worker]) -> None:
    deadline = time.monotonic() + 15
    while observer.count_workers() < len(workers):
        for worker in workers:
            if not worker.is_alive():
                sys.exit(f"{worker.name} ended before it began to work:\n{worker.last_words()}")
        if time.monotonic() > deadline:
            sys.exit("the workers did not register within 15 seconds")
        time.sleep(0.05)
    say(f"{' and '.join(worker.name for worker in workers)} are waiting for work")


def replay_and_wait(
    replay: Replay, observer: Observer, workers: list[Worker], deadline: float
) -> None:
    """Replays the year under a live table, then waits until every workflow has ended."""
    told = Told(replay)
    with Live(progress_table(observer, replay), console=console, transient=True) as live:

        def show() -> None:
            live.update(progress_table(observer, replay))
            told.tell(observer)

        replay.run(show)
        say(f"the year is replayed: {len(replay.workflow_ids)} workflows enqueued")
        while observer.count_unfinished() > 0 and time.monotonic() < deadline:
            if not workers[0].is_alive():
                sys.exit(f"{workers[0].name} died:\n{workers[0].last_words()}")
            show()
            time.sleep(0.2)


class Told:
    """The two events worth a line, each told once."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._kill = False
        self._recovery = False

    def tell(self, observer: Observer) -> None:
        killed_at = self._replay.killed_at
        if killed_at is None:
            return
        if not self._kill:
            self._kill = True
            say(
                f"[red]kill -9 {self._replay.victim.name}[/] while it runs "
                f"{self._replay.killed_while_running} workflows; its lease has 20 s at most"
            )
        if not self._recovery and observer.count_recovered() > 0:
            self._recovery = True
            say(
                f"[green]its workflows are back in work[/] "
                f"{time.monotonic() - killed_at:.1f} seconds after the kill"
            )


def say_how_to_connect(server: Server) -> None:
    console.print("\nThe server was left up. Look around with")
    console.print(f"  {server.psql} '{server.dsn}'", soft_wrap=True, highlight=False)
    console.print(f"  export WORKFLOWS_DSN='{server.dsn}'", soft_wrap=True, highlight=False)
    console.print("  .venv/bin/ignition-workflows list", highlight=False)
    console.print("and stop it with")
    console.print(f"  {server.stop_command()}", soft_wrap=True, highlight=False)


def say(text: str) -> None:
    console.print(f"[dim]{time.strftime('%H:%M:%S')}[/] {text}", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
