"""The one table."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.ledger import OURS, Ledger, Line
from bench.reading import Aim, Measurement
from bench.systems.shelf import take

WIDTH = 160


def show(console: Console, title: str, ledger: Ledger, measurements: Sequence[Measurement]) -> None:
    table = Table(title=title, title_justify="left", caption_justify="left", pad_edge=False)
    table.caption = (
        "median (lowest - highest of the repeats); ours is: how many times better ours is than that"
        " line, median of the repeats side by side; every workflow carries the payload given."
    )
    for heading, justify in (
        ("measurement", "left"),
        ("system", "left"),
        ("figure", "right"),
        ("range", "right"),
        ("ours is", "right"),
        ("proc x thr", "right"),
        ("in flight", "right"),
        ("payload", "right"),
        ("history", "left"),
        ("note", "left"),
    ):
        table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for measurement in measurements:
        _add(table, ledger, measurement)
        table.add_section()
    console.print(table)
    for name in dict.fromkeys(name for measurement in measurements for name in measurement.systems):
        system = take(name)
        console.print(f"  {f'{name} {system.version()}':22} {system.note}")
    for measurement in measurements:
        if measurement.about:
            console.print(f"  {measurement.name + ':':30} {measurement.about}")
    _show_aims(console, ledger, measurements)


def _add(table: Table, ledger: Ledger, measurement: Measurement) -> None:
    previous = ""
    for line in ledger.lines(measurement):
        label = f"{measurement.name}: {line.quantity}"
        table.add_row(label if label != previous else "", *_cells(ledger, line))
        previous = label
    for system in measurement.systems:
        if reason := ledger.absences.get((measurement.name, system)):
            table.add_row(measurement.name, system, "-", *[""] * 6, f"not measured: {reason}")


def _cells(ledger: Ledger, line: Line) -> list[str]:
    stated = line.conditions
    advantage = ledger.advantage(line)
    spread = f"{number(min(line.samples))} - {number(max(line.samples))}"
    return [
        f"[bold]{line.system}[/]" if line.system == OURS else line.system,
        f"{number(line.median)} {line.unit}",
        spread if len(line.samples) > 1 else "",
        f"{median(advantage):.2f}x" if advantage else "",
        f"{stated.processes} x {stated.threads}",
        str(stated.in_flight),
        f"{stated.payload_bytes} B",
        stated.history,
        stated.note,
    ]


def _show_aims(console: Console, ledger: Ledger, measurements: Sequence[Measurement]) -> None:
    for measurement in measurements:
        for aim in measurement.aims:
            reached = ledger.reached(measurement, aim)
            if reached is not None:
                console.print(
                    f"  {_verdict(aim, reached)}  {measurement.name}: {_words(aim, reached)}"
                )


def is_met(aim: Aim, reached: float) -> bool:
    return reached <= aim.bound if aim.at_most else reached >= aim.bound


def _verdict(aim: Aim, reached: float) -> str:
    return "[green]met   [/]" if is_met(aim, reached) else "[red]missed[/]"


def _words(aim: Aim, reached: float) -> str:
    bound = f"{'<=' if aim.at_most else '>='} {number(aim.bound)}"
    against = {"": "", "peers": " x the best peer"}.get(aim.against, f" x {aim.against}")
    return f"{aim.quantity} {bound}{against}: reached {number(reached)}"


def number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 20 else f"{value:.2f}"
