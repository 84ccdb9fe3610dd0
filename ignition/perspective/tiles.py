"""What other people's screens embed: the status of a workflow, the depth of a queue. And the bar of a step."""

from __future__ import annotations

from ignition.perspective import parts
from ignition.perspective.parts import Json

_TONES = (
    'case({%s}, "SUCCESS", "var(--success)", "RUNNING", "var(--info)", "ERROR", "var(--error)", '
    '"HELD", "var(--warning)", "RETRYING", "var(--warning)", '
    '"var(--neutral-70)")'
)
# Only a state that says more than the status is told.
_WORD = (
    'if({view.params.state} = "" || {view.params.state} = {view.params.status} || '
    '{view.params.state} = "IDLE" || {view.params.state} = "RUNNING" || {view.params.state} = "COMPLETE", '
    "{view.params.status}, "
    'concat({view.params.status}, " - ", {view.params.state}))'
)


def status_pill() -> Json:
    style = {
        "borderRadius": "10px",
        "color": "#FFFFFF",
        "fontSize": "12px",
        "fontWeight": "bold",
        "padding": "2px 10px",
        "textAlign": "center",
    }
    pill = parts.component(
        "ia.display.label",
        "Pill",
        {"text": "", "style": style},
        {
            "props.text": parts.expression(_WORD),
            "props.style.backgroundColor": parts.expression(_TONES % "view.params.status"),
        },
        position={"basis": "auto"},
    )
    shown = parts.shown_if('{view.params.status} != ""', pill)
    root = parts.flex("root", [shown], "row", alignItems="center")
    return parts.view(root, {"status": "", "state": ""}, size=(170, 26))


_ROW = """
if value:
    return value[0]
return {
    "queue_name": "", "is_paused": False, "maintenance": None, "enqueued": None, "delayed": None, "blocked": None,
    "running": None, "waiting": None, "held": None, "dead_letters": None, "oldest_enqueued_seconds": None,
    "counted_seconds_ago": None}
"""
_EMPTY = {
    "queue_name": "",
    "is_paused": False,
    "maintenance": None,
    "enqueued": None,
    "running": None,
    "held": None,
    "dead_letters": None,
    "oldest_enqueued_seconds": None,
}
_AGE = (
    'if(isNull({view.custom.queue.oldest_enqueued_seconds}), "nothing is ready", concat("the oldest has been '
    'ready for ", numberFormat({view.custom.queue.oldest_enqueued_seconds}, "0"), " s"))'
)
_STOPPED = (
    'if({view.custom.queue.is_paused}, "paused", if(isNull({view.custom.queue.maintenance}), "", '
    'concat("maintenance: ", {view.custom.queue.maintenance})))'
)


def _count(name: str, title: str, field: str) -> Json:
    return parts.fact(name, title, "coalesce({view.custom.queue.%s}, 0)" % field, "70px")


def queue_depth_tile() -> Json:
    name = parts.row(
        "Name",
        [
            parts.heading("Queue", parts.expression("{view.params.queueName}")),
            parts.label(
                "Stopped",
                parts.expression(_STOPPED),
                {"color": "var(--warning)", "fontWeight": "bold"},
            ),
        ],
        justify="space-between",
    )
    number = parts.label(
        "Enqueued",
        parts.expression("coalesce({view.custom.queue.enqueued}, 0)"),
        {"fontSize": "40px", "fontWeight": "bold", "lineHeight": "44px"},
    )
    counts = parts.row(
        "Counts",
        [
            _count("Running", "running", "running"),
            _count("Held", "held", "held"),
            _count("DeadLetters", "dead letters", "dead_letters"),
        ],
    )
    root = parts.flex(
        "root",
        [name, number, parts.label("Oldest", parts.expression(_AGE)), counts],
        style={"border": parts.BORDER, "borderRadius": "6px", "gap": "4px", "padding": "10px"},
    )
    row = parts.query("QueueDepth", {"queueName": "{view.params.queueName}", "limit": "1"}, 5, _ROW)
    return parts.view(root, {"queueName": "default"}, {"queue": (_EMPTY, row)}, (280, 170))


def step_bar() -> Json:
    """One line of a timeline; offset and length in percent of the whole."""
    title = parts.label(
        "Title",
        parts.expression("{view.params.title}"),
        {"fontSize": "12px", "overflow": "hidden", "textOverflow": "ellipsis"},
        {"basis": "190px", "shrink": 0},
    )
    bar = parts.component(
        "ia.display.label",
        "Bar",
        {"text": "", "style": {"borderRadius": "3px", "height": "14px", "minWidth": "3px"}},
        {
            "props.style.marginLeft": parts.expression('concat({view.params.offset}, "%")'),
            "props.style.width": parts.expression('concat({view.params.length}, "%")'),
            "props.style.backgroundColor": parts.expression(_TONES % "view.params.status"),
        },
    )
    track = parts.flex(
        "Track",
        [bar],
        "row",
        {"backgroundColor": "var(--neutral-20)", "borderRadius": "3px"},
        alignItems="center",
        position={"grow": 1, "basis": "200px"},
    )
    time = parts.label(
        "Time",
        parts.expression("{view.params.time}"),
        {"fontSize": "12px", "textAlign": "right"},
        {"basis": "90px", "shrink": 0},
    )
    root = parts.flex("root", [title, track, time], "row", alignItems="center")
    params: Json = {"title": "", "offset": 0, "length": 0, "status": "", "time": ""}
    return parts.view(root, params, size=(700, 20))
