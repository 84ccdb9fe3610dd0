"""One workflow: where it stands, the orders that are allowed now, its steps over time, its commands."""

from __future__ import annotations

from ignition.perspective import parts
from ignition.perspective.acting import confirm, may_act
from ignition.perspective.parts import Json

_COLUMNS = (
    "workflow_id workflow_name workflow_version queue_name status state priority partition_key resources"
    " attempt failure_count reclaim_count reason enqueued_at available_at started_at ended_at deadline_at"
    " running_seconds parent_workflow_id enqueued_by inputs result error_class error_message error_traceback"
).split()
_EMPTY: Json = dict.fromkeys(_COLUMNS)
_ROW = f"""
if value:
    return value[0]
return dict.fromkeys({" ".join(_COLUMNS)!r}.split())
"""
# Soft orders can be taken back by another order; what cannot must be given a reason.
_ORDERS = {
    "HOLD": ("Hold", "It stops at its next step boundary, until it is resumed.", ""),
    "PAUSE": ("Pause", "It stops at its next step boundary, until it is resumed.", ""),
    "RESUME": ("Resume", "It goes on where it stopped.", ""),
    "STOP": ("Stop", "It ends in an orderly way and cannot be resumed.", "warning"),
    "ABORT": ("Abort", "It ends as fast as it can and cannot be resumed.", "error"),
    "RESET": ("Reset", "It is started anew, under a new id, with the same inputs.", ""),
}
_SOFT = ("HOLD", "PAUSE", "RESUME")
_WORDS = [*_ORDERS, "CANCEL", "RETRY"]
# What the database would accept now; a test compares the two.
_ALLOWED = f"""
allowed = dict.fromkeys({" ".join(_WORDS)!r}.split(), False)
if value["workflow_id"]:
    for command in {" ".join(_ORDERS)!r}.split():
        allowed[command] = exchange.workflows.isa88.models.allowedInState(command, value["state"])
    allowed["CANCEL"] = allowed["STOP"]
    allowed["RETRY"] = value["status"] in ("ERROR", "CANCELLED", "STOPPED")
return allowed
"""
_TIMELINE = """
def ms(moment):
    return moment.getTime() if hasattr(moment, "getTime") else moment

begun = [step for step in value if step["started_at"] is not None][-60:]
if not begun:
    return []
first = min([ms(step["started_at"]) for step in begun])
last = max([ms(step["ended_at"] if step["ended_at"] is not None else step["started_at"]) for step in begun])
whole = max(last - first, 1)
bars = []
for step in begun:
    offset = 100.0 * (ms(step["started_at"]) - first) / whole
    seconds = step["seconds"]
    length = 100.0 - offset if seconds is None else min(100000.0 * seconds / whole, 100.0 - offset)
    bars.append({
        "title": step["step_key"],
        "status": step["status"],
        "offset": round(offset, 2),
        "length": round(max(length, 0.0), 2),
        "time": step["status"].lower() if seconds is None else "%.3f s" % seconds,
    })
return bars
"""
_STEPS_TITLE = """
told = []
count = value[0]["step_count"] if value else 0
if count > len(value):
    told.append("the newest %d of %s" % (len(value), "more than 10000" if count > 10000 else count))
if len(value) > 60:
    told.append("the bars are the newest 60")
return "; ".join(["Steps"] + told)
"""
# What has ended is asked about less often.
_RATE = "if(isNull({view.custom.workflow.ended_at}), 2, 30)"


def _order(command: str) -> Json:
    title, meaning, tone = _ORDERS[command]
    question = '"%s %%s?\\n\\n%s" %% self.view.custom.workflow.workflow_name' % (title, meaning)
    given = '{"workflowId": self.view.params.workflowId, "cmd": "%s"}' % command
    pressed = confirm("command", question, given, str(command not in _SOFT))
    return parts.button(title, title, pressed, _enabled(command), tone=tone)


def _enabled(word: str) -> str:
    return "{view.custom.mayAct} && {view.custom.allowed.%s}" % word


def _buttons() -> Json:
    given = '{"workflowId": self.view.params.workflowId}'
    name = "self.view.custom.workflow.workflow_name"
    cancel = confirm(
        "cancel",
        '"Cancel %%s?\\n\\nIt ends as CANCELLED, at once where it waits." %% %s' % name,
        given,
    )
    retry = confirm(
        "retry",
        '"Retry %%s?\\n\\nWhat its steps have recorded is kept and not done again." %% %s' % name,
        given,
        "False",
    )
    more = [
        parts.button("Cancel", "Cancel", cancel, _enabled("CANCEL"), tone="warning"),
        parts.button("Retry", "Retry", retry, _enabled("RETRY")),
    ]
    return parts.row("Orders", [*map(_order, _ORDERS), *more])


def _facts() -> Json:
    one = "view.custom.workflow."
    seconds = (
        'if(isNull({%srunning_seconds}), "", concat(numberFormat({%srunning_seconds}, "0.0"), " s"))'
        % (one, one)
    )
    tries = 'if(isNull({%sattempt}), "", concat({%sattempt}, ", failed ", {%sfailure_count}))'
    named = [
        ("Id", "id", 'coalesce({%sworkflow_id}, "")' % one, "300px"),
        ("Queue", "queue", 'coalesce({%squeue_name}, "")' % one, "110px"),
        ("Key", "key", 'coalesce({%spartition_key}, "")' % one, "110px"),
        ("Attempt", "attempt", tries % (one, one, one), "90px"),
        ("By", "enqueued by", 'coalesce({%senqueued_by}, "")' % one, "110px"),
        ("Enqueued", "enqueued", parts.moment(one + "enqueued_at"), "140px"),
        ("Started", "started", parts.moment(one + "started_at"), "140px"),
        ("Ended", "ended", parts.moment(one + "ended_at"), "140px"),
        ("Duration", "duration", seconds, "80px"),
        ("Reason", "reason", 'coalesce({%sreason}, "")' % one, "270px"),
    ]
    return parts.row("Facts", [parts.fact(*each) for each in named], alignItems="flex-start")


def _payloads() -> Json:
    one = "view.custom.workflow."
    error = 'if(isNull({%serror_class}), "", concat({%serror_class}, ": ", {%serror_message}))' % (
        one,
        one,
        one,
    )
    named = [
        ("Inputs", "inputs", 'coalesce({%sinputs}, "")' % one, "280px"),
        ("Result", "result", 'coalesce({%sresult}, "")' % one, "280px"),
        ("Error", "error", error, "280px"),
    ]
    facts = [parts.fact(*each) for each in named]
    facts[2] = parts.shown_if("!isNull({%serror_class})" % one, facts[2])
    return parts.row("Payloads", facts, alignItems="flex-start")


def _timeline() -> Json:
    return parts.component(
        "ia.display.flex-repeater",
        "Timeline",
        {
            "path": parts.FOLDER + "StepBar",
            "direction": "column",
            "instances": [],
            "useDefaultViewHeight": True,
            "useDefaultViewWidth": False,
        },
        {"props.instances": parts.copy_of("view.custom.steps", change=_TIMELINE)},
        position={"basis": "auto", "shrink": 0},
    )


def _tables() -> list[Json]:
    steps = [
        parts.column("step_key", "Step", 140),
        parts.column("status", "Status", 90),
        parts.column("attempts", "Tries", 55),
        parts.column("started_at", "Started", 85, "date", dateFormat="HH:mm:ss"),
        parts.column("seconds", "Seconds", 80, "number", numberFormat="0,0.000"),
        parts.column("output", "Output"),
        parts.column("error_message", "Error"),
    ]
    commands = [
        parts.column("accepted_at", "Given", 130, "date", dateFormat="MM-DD HH:mm:ss"),
        parts.column("command", "Command", 95),
        parts.column("actor", "By", 75),
        parts.column("reason", "Reason"),
        parts.column("outcome", "Outcome", 90),
        parts.column("message", "What it did"),
    ]
    return [
        parts.table(
            "StepTable", "view.custom.steps", steps, "no step has been recorded", basis="160px"
        ),
        parts.heading("CommandsTitle", "Commands"),
        parts.table(
            "CommandTable",
            "view.custom.commands",
            commands,
            "no order has been given",
            basis="130px",
        ),
    ]


def make() -> Json:
    pill = {
        "status": parts.expression('coalesce({view.custom.workflow.status}, "")'),
        "state": parts.expression('coalesce({view.custom.workflow.state}, "")'),
    }
    name = 'coalesce({view.custom.workflow.workflow_name}, "Choose a workflow.")'
    title = parts.row(
        "Title",
        [
            parts.label("Name", parts.expression(name), {"fontSize": "20px", "fontWeight": "bold"}),
            parts.embedded("Status", "StatusPill", pill, {"basis": "170px", "shrink": 0}),
        ],
    )
    parts_of_one = [
        _buttons(),
        _facts(),
        _payloads(),
        parts.heading("StepsTitle", parts.copy_of("view.custom.steps", change=_STEPS_TITLE)),
        _timeline(),
        *_tables(),
    ]
    shown = parts.stack("Shown", parts_of_one, position={"grow": 1})
    root = parts.page([title, parts.shown_if('{view.params.workflowId} != ""', shown)])
    of_one = {"workflowId": "{view.params.workflowId}"}
    custom: Json = {
        "allowed": (
            dict.fromkeys(_WORDS, False),
            parts.copy_of("view.custom.workflow", change=_ALLOWED),
        ),
        "commands": ([], parts.query("Commands", {**of_one, "limit": "50"}, _RATE)),
        "mayAct": may_act(),
        "steps": ([], parts.query("Steps", {**of_one, "limit": "200"}, _RATE)),
        "workflow": (_EMPTY, parts.query("Workflow", of_one, _RATE, _ROW)),
    }
    return parts.view(root, {"roles": "", "workflowId": ""}, custom, (900, 800))
