"""What the demo shows: the live table, the tables at the end, and whether the promises held."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table

from examples.temperature_alarms.observer import QUEUE_DEPTH, Answer, Observer
from examples.temperature_alarms.readings import count_crossings
from examples.temperature_alarms.replay import Replay

DBA_QUERIES = [
    """select process_id, status, listen_mode, threads, definitions, queues
from workflows.worker_status order by started_at;""",
    """select status, state, attempt, reclaim_count, count(*) as workflows
from workflows.workflow_status group by 1, 2, 3, 4 order by 3, 4;""",
    "select check_name, status, measured from workflows.health;",
]


def progress_table(observer: Observer, replay: Replay) -> Table:
    """One row that changes while the demo runs."""
    _, [(enqueued, running, waiting, success)] = observer.rows(
        "select enqueued, running, waiting, (select count(*) from workflows.workflow_status"
        " where status = 'SUCCESS') from workflows.queue_depth where queue_name = 'default'"
    )
    table = plain_table(
        "replaying", "tag changes", "alarms", "ENQUEUED", "RUNNING", "WAITING", "SUCCESS"
    )
    table.add_row(
        replay.measured_at,
        f"{replay.replayed:,}",
        str(len(replay.workflow_ids)),
        *(str(count) for count in (enqueued, running, waiting, success)),
    )
    return table


def print_report(console: Console, observer: Observer, replay: Replay) -> bool:
    """Prints every table; answers whether each promise of the demo held."""
    held = print_promises(console, observer, replay)
    print_waiting_times(console, observer)
    if replay.depth_at_the_kill:
        print_answer(console, f"{QUEUE_DEPTH}  -- right after the kill", replay.depth_at_the_kill)
    for sql in DBA_QUERIES:
        print_answer(console, sql, observer.rows(sql))
    return held


PROMISES = {
    "workflows that ended in SUCCESS": (
        "select count(*) from workflows.workflow_status where status = 'SUCCESS'"
    ),
    "alarm rows": "select count(*) from plant.alarm",
    "crossings with an acknowledged alarm row": (
        "select count(distinct measured_at) from plant.alarm where acknowledged_at is not null"
    ),
}
AT_LEAST_ONE = {
    "workflows with a step tried again": (
        "select count(distinct workflow_id) from workflows.step where attempts > 1"
    ),
    "workflows taken over from the killed worker": (
        "select count(*) from workflows.workflow_status where reclaim_count > 0"
    ),
}


def print_promises(console: Console, observer: Observer, replay: Replay) -> bool:
    """What was promised, what was counted, and whether the two agree."""
    alarms = count_crossings()
    enqueued = len(replay.workflow_ids)
    lines = [("workflows enqueued", str(alarms), enqueued, enqueued == alarms)]
    for text, sql in PROMISES.items():
        counted = observer.number(sql)
        lines.append((text, str(alarms), counted, counted == alarms))
    for text, sql in AT_LEAST_ONE.items():
        counted = observer.number(sql)
        lines.append((text, "at least 1", counted, counted > 0))
    console.print("\n[bold]What was promised, and what was counted[/]")
    table = plain_table("", "promised", "counted", "")
    for text, promised, counted, is_held in lines:
        table.add_row(text, promised, str(counted), "[green]yes[/]" if is_held else "[red]NO[/]")
    console.print(table)
    broken = [text for text, _, _, is_held in lines if not is_held]
    if broken:
        console.print(f"[red bold]Not as promised:[/] {'; '.join(broken)}.")
    return not broken


def print_waiting_times(console: Console, observer: Observer) -> None:
    """From enqueue to start and to end; the recovered ones apart, for they waited for a lease."""
    _, rows = observer.rows("""
        select case when reclaim_count > 0 then 'recovered' else 'undisturbed' end as workflows,
               count(*),
               percentile_cont(array[0.5, 0.99]) within group
                 (order by extract(epoch from started_at - enqueued_at)) as to_start,
               percentile_cont(array[0.5, 0.99]) within group
                 (order by extract(epoch from ended_at - enqueued_at)) as to_end
        from workflows.workflow_status where status = 'SUCCESS' group by 1 order by 1 desc""")
    console.print("\n[bold]Seconds from enqueue, three of them asleep[/]")
    table = plain_table("workflows", "count", "to start p50", "p99", "to end p50", "p99")
    for workflows, count, to_start, to_end in rows:
        times = [f"{seconds:.3f}" for seconds in [*to_start, *to_end]]
        table.add_row(workflows, str(count), *times)
    console.print(table)


def print_answer(console: Console, sql: str, answer: Answer) -> None:
    """A view as a DBA sees it in psql."""
    names, rows = answer
    console.print(f"\n[bold]{sql}[/]", highlight=False, soft_wrap=True)
    table = plain_table(*names)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)


def plain_table(*names: str) -> Table:
    """Columns under a line, narrow enough for a terminal of 80."""
    return Table(*names, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 0))
