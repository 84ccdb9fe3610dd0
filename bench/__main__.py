"""`python -m bench`: our figures, the bare limit and the peers, side by side on one server."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench import table
from bench.ledger import Ledger
from bench.measurements.shelf import ALL
from bench.place import Place
from bench.reading import Measurement, Size
from bench.server import SETTINGS, private_server
from bench.systems import shelf
from bench.systems.system import System

DEFAULT_SCALE = 1_000_000

console = Console(width=table.WIDTH)
progress = Console(stderr=True)


def main(
    only: Annotated[str, typer.Option(help="measurements whose name contains one of a,b,c")] = "",
    systems: Annotated[str, typer.Option(help="systems, comma-separated")] = ",".join(shelf.NAMES),
    repeats: Annotated[int, typer.Option(help="interleaved repeats")] = 3,
    seconds: Annotated[float, typer.Option(help="about how long one sample works")] = 2.0,
    scale: Annotated[
        int, typer.Option(envvar="SCALE", help="rows of finished or queued workflows")
    ] = DEFAULT_SCALE,
    dsn: Annotated[
        str, typer.Option(help="a server of yours, as superuser; else a private one")
    ] = "",
    json_file: Annotated[
        Path | None, typer.Option("--json", help="write all readings here")
    ] = None,
    list_only: Annotated[
        bool, typer.Option("--list", help="name the measurements and end")
    ] = False,
) -> None:
    """Measure and print one table."""
    chosen = [m for m in ALL if not only or any(part.strip() in m.name for part in only.split(","))]
    if list_only or not chosen:
        for measurement in ALL:
            console.print(f"{measurement.name}  [dim]{measurement.about}[/]")
        raise typer.Exit(0 if list_only else 2)
    size = size_for(seconds, scale)
    names = [name.strip() for name in systems.split(",") if name.strip()]
    with ExitStack() as stack:
        place = Place(dsn or stack.enter_context(private_server()))
        ledger = Ledger()
        try:
            measure(place, chosen, names, repeats, size, ledger)
        except KeyboardInterrupt:
            progress.print("interrupted: what was measured so far follows")
        title = f"PostgreSQL {place.server_version()}, {machine()}, {repeats} interleaved repeats"
    table.show(console, title, ledger, chosen)
    if json_file:
        facts = {"title": title, "settings": SETTINGS, "size": asdict(size), **ledger.as_json()}
        json_file.write_text(json.dumps(facts, indent=1))


def size_for(seconds: float, scale: int) -> Size:
    """The long measurements grow with the scale up to the sizes that are promised."""
    return Size(
        seconds=seconds,
        rows=scale,
        snapshot_rows=min(120_000, max(24_000, scale)),
        blocked=10_000,
        pickups=max(20, min(200, int(30 * seconds))),
    )


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def measure(
    place: Place,
    measurements: Sequence[Measurement],
    names: Sequence[str],
    repeats: int,
    size: Size,
    ledger: Ledger,
) -> None:
    for measurement in measurements:
        for repeat in range(repeats):
            for system in _present(measurement, names, ledger, turn=repeat):
                progress.print(
                    f"{measurement.name} {repeat + 1}/{repeats} {system.name}", style="dim"
                )
                try:
                    readings = measurement.sample(place, system, size)
                except Exception as error:  # one peer's failure is a line of the table, not the end
                    progress.print(f"{system.name}: {str(error)[:600]}", style="red", markup=False)
                    ledger.absent(measurement, system.name, str(error).strip().splitlines()[0][:80])
                    continue
                ledger.add(measurement, system.name, readings)


def _present(
    measurement: Measurement, names: Sequence[str], ledger: Ledger, turn: int
) -> Iterator[System]:
    """The systems that can be measured; each repeat begins with another one."""
    systems = []
    for name in measurement.systems:
        if name not in names:
            continue
        system = shelf.take(name)
        if reason := system.missing():
            ledger.absent(measurement, name, reason)
        else:
            systems.append(system)
    for position in range(len(systems)):
        yield systems[(position + turn) % len(systems)]


if __name__ == "__main__":
    typer.run(main)
