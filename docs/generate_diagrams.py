"""Draws the diagrams of docs/concepts: what commands do is in the table `transition`, what the engine does here, and
the overview is a text of its own, overview.dot.

    python -m docs.generate_diagrams

Each .svg says which .dot it was drawn from. Without graphviz the .dot files are written, and a picture that does
not belong to its text any more is an error.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from exchange.workflows.cpython import installer
from tests.servers import running_server

DIAGRAMS = Path(__file__).parent / "concepts" / "diagrams"
TRANSITIONS = """
select command, from_state, coalesce(through_state, to_state) from workflows.transition
where outcome = 'accepted' order by command, from_state"""

# Commands that are accepted in the same states are drawn once, from a box around these.
BOXES = ("ABORT", "STOP", "PAUSE")
ANCHORS = {"ABORT": "STOPPING", "STOP": "HELD", "PAUSE": "RUNNING"}
ENGINE_MOVES = [
    ("start", "IDLE", "enqueue"),
    ("IDLE", "STARTING", "claim"),
    ("STARTING", "RUNNING", "begins"),
    ("HOLDING", "HELD", "on_hold"),
    ("PAUSING", "PAUSED", "step boundary"),
    ("RESUMING", "RUNNING", "on_resume"),
    ("STOPPING", "STOPPED", "on_stop"),
    ("CANCELLING", "CANCELLED", "on_stop"),
    ("ABORTING", "ABORTED", "on_abort"),
    ("RUNNING", "COMPLETE", "returns"),
    ("RUNNING", "ERROR", "raises, no try left"),
]
FINAL = {"COMPLETE": "good", "ERROR": "bad", "STOPPED": "end", "CANCELLED": "end", "ABORTED": "end"}
COLOURS = {
    "good": 'fillcolor="#e3f4e7", color="#4d9a5f"',
    "bad": 'fillcolor="#fde8e8", color="#c0504d"',
    "end": 'fillcolor="#f2f2f2", color="#888888"',
}
STYLE = """\
  graph [{graph}, bgcolor="white", pad=0.3, fontname="Helvetica", fontsize=12, fontcolor="#555555"]
  node [shape=box, style="rounded,filled", fillcolor="#e8eefc", color="#5b7bd5", fontname="Helvetica", fontsize=13, margin="0.16,0.09"]
  edge [color="#666666", fontname="Helvetica", fontsize=11, fontcolor="#333333", arrowsize=0.8]
  start [shape=circle, label="", width=0.18, fillcolor="#333333", color="#333333"]
"""


class Move(NamedTuple):
    source: str
    target: str
    label: str
    box: str = ""


def main() -> None:
    with running_server() as server:
        with psycopg.connect(server.dsn()) as connection:
            installer.install(connection)
            write("state", state_dot(connection))
            write("status", status_dot(connection))
    write("overview", (DIAGRAMS / "overview.dot").read_text())


def state_dot(connection: psycopg.Connection[Any], schema: str = "workflows") -> str:
    """The state diagram as graphviz text."""
    rows = connection.execute(TRANSITIONS.replace("workflows.", schema + ".").encode()).fetchall()
    boxes = [(name, accepted_in(rows, name)) for name in BOXES]
    moves = command_moves(rows, boxes)
    lines = ["digraph state {", STYLE.format(graph=GRAPH).rstrip()]
    lines += [f"  {state} [{COLOURS[kind]}]" for state, kind in FINAL.items()]
    lines += notes(rows)
    lines += box_lines(boxes)
    lines += [edge(Move(*move), 'color="#9bb0e0", fontcolor="#5b7bd5"') for move in ENGINE_MOVES]
    lines += [edge(move, extra_of(move)) for move in moves]
    return "\n".join([*lines, "}", ""])


GRAPH = "rankdir=TB, compound=true, nodesep=0.45, ranksep=0.45"


def accepted_in(rows: list[tuple[str, str, str]], command: str) -> set[str]:
    """The states in which a command is accepted and goes over a state of its own."""
    return {
        source
        for one, source, target in rows
        if one == command and target not in (*FINAL, "PAUSED")
    }


def notes(rows: list[tuple[str, str, str]]) -> list[str]:
    """What is said in a state instead of being drawn: what takes effect at once in IDLE, and RESET."""
    at_once = [command for command, source, _ in rows if source == "IDLE"]
    said = {
        source: "RESET begins another workflow" for command, source, _ in rows if command == "RESET"
    }
    said["IDLE"] = "at once: " + ", ".join(at_once[:3]) + ",<br/>" + ", ".join(at_once[3:])
    return [
        f'  {state} [label=<{state}<br/><font point-size="9">{text}</font>>]'
        for state, text in said.items()
    ]


def command_moves(
    rows: list[tuple[str, str, str]], boxes: list[tuple[str, set[str]]]
) -> list[Move]:
    """One arrow per command from a box, and from each state outside of it."""
    sources: dict[tuple[str, str], set[str]] = {}
    for command, source, target in rows:
        if source != "IDLE" and command != "RESET":
            sources.setdefault((command, target), set()).add(source)
    moves = []
    for (command, target), states in sources.items():
        box = next((name for name, inside in boxes if inside <= states), "")
        if box:
            moves.append(Move(ANCHORS[box], target, command, box))
            states = states - dict(boxes)[box]
        moves += [Move(source, target, command) for source in sorted(states)]
    return merged(moves)


def merged(moves: list[Move]) -> list[Move]:
    """Arrows between the same two become one."""
    labels: dict[tuple[str, str, str], list[str]] = {}
    for move in moves:
        labels.setdefault((move.source, move.target, move.box), []).append(move.label)
    return [
        Move(source, target, ", ".join(names), box)
        for (source, target, box), names in labels.items()
    ]


def box_lines(boxes: list[tuple[str, set[str]]]) -> list[str]:
    """Boxes in boxes, the widest outside."""
    lines = []
    for depth, (name, inside) in enumerate(boxes):
        within = boxes[depth + 1][1] if depth + 1 < len(boxes) else set()
        if not within <= inside:
            raise ValueError(f"the states that accept {BOXES[depth + 1]} do not all accept {name}")
        lines += [
            f"  subgraph cluster_{name} {{",
            '  style="rounded,dashed"; color="#aaaaaa"',
            "  " + "; ".join(sorted(inside - within)),
        ]
    return [*lines, "  }" * len(boxes)]


def extra_of(move: Move) -> str:
    """From the edge of its box; and RESUME leads back, so it does not say what stands left of what."""
    if move.box:
        return f'ltail="cluster_{move.box}", penwidth=1.6'
    return "constraint=false" if move.label == "RESUME" else ""


def edge(move: Move, extra: str = "") -> str:
    more = ", " + extra if extra else ""
    return f'  {move.source} -> {move.target} [label="{move.label}"{more}]'


STATUS_MOVES = [
    ("start", "DELAYED", "enqueue, for later"),
    ("start", "ENQUEUED", "enqueue"),
    ("DELAYED", "ENQUEUED", "due"),
    ("BLOCKED", "ENQUEUED", "handed over"),
    ("ENQUEUED", "BLOCKED", "key or resource taken"),
    ("ENQUEUED", "RUNNING", "claim"),
    ("RUNNING", "ENQUEUED", "release, reclaim,\\nhandler to run"),
    ("RUNNING", "WAITING", "suspend"),
    ("WAITING", "ENQUEUED", "due, or a handler to run"),
    ("RUNNING", "final", "ends"),
]
STATUS_COMMANDS = """
select string_agg(command, ', ' order by command) from workflows.transition
where outcome = 'accepted' and from_state = %s and to_state = any (%s)"""
STATUS_FINAL = """
select distinct to_state from workflows.transition
where outcome = 'accepted' and from_state = 'RUNNING' and to_state like '%%ED'
  and to_state not in ('HELD', 'PAUSED') order by to_state"""


def status_dot(connection: psycopg.Connection[Any], schema: str = "workflows") -> str:
    """The status diagram as graphviz text."""
    ranks = ("start; BLOCKED", "DELAYED; ENQUEUED", "WAITING; HELD")
    lines = [
        "digraph status {",
        STYLE.format(graph="rankdir=LR, nodesep=0.55, ranksep=1.1").rstrip(),
    ]
    lines += [f"  {{ rank=same; {names} }}" for names in ranks]

    def asked(query: str, *arguments: Any) -> list[str]:
        text = query.replace("workflows.", schema + ".")
        return [row[0] for row in connection.execute(text.encode(), arguments).fetchall()]

    lines.append(final_box(["SUCCESS", "ERROR", *asked(STATUS_FINAL)]))
    moves = [*STATUS_MOVES]
    (held,) = asked(STATUS_COMMANDS, "RUNNING", ["HELD", "PAUSED"])
    (freed,) = asked(STATUS_COMMANDS, "HELD", ["RUNNING"])
    (revoked,) = asked(STATUS_COMMANDS, "RUNNING", ["ABORTED"])
    moves += [
        ("RUNNING", "HELD", held),
        ("HELD", "ENQUEUED", f"{freed}, or a handler to run"),
        ("RUNNING", "DELAYED", f"failed, tries left;\\n{revoked}"),
    ]
    thick = ("claim", "ends")
    lines += [edge(Move(*move), "penwidth=2" if move[2] in thick else "") for move in moves]
    return "\n".join([*lines, "}", ""])


def final_box(names: list[str]) -> str:
    """One node with the final statuses."""
    looks = {"SUCCESS": "#e3f4e7", "ERROR": '#fde8e8" color="#c0504d'}
    rows = "\n    ".join(
        (
            f'<tr><td bgcolor="{looks[name]}">{name}</td></tr>'
            if name in looks
            else f'<tr><td bgcolor="#f2f2f2" color="#888888">{name}</td></tr>'
        )
        for name in names
    )
    return (
        '  final [shape=plain, style="", label=<<table border="0" cellborder="1" cellspacing="3"'
        f' color="#4d9a5f" bgcolor="white">\n    {rows}</table>>]'
    )


def mark_of(dot: str) -> str:
    """What a picture says of the text that it was drawn from."""
    return f"<!-- drawn from text {hashlib.sha256(dot.encode()).hexdigest()[:16]} -->"


def write(name: str, dot: str) -> None:
    (DIAGRAMS / f"{name}.dot").write_text(dot)
    picture = DIAGRAMS / f"{name}.svg"
    if shutil.which("dot"):
        drawn = subprocess.run(
            ["dot", "-Tsvg"], input=dot, capture_output=True, text=True, check=True
        )
        picture.write_text(drawn.stdout.rstrip() + "\n" + mark_of(dot) + "\n")
    elif mark_of(dot) not in picture.read_text():
        raise SystemExit(f"{picture} is out of date: install graphviz (apt install graphviz)")


if __name__ == "__main__":
    main()
