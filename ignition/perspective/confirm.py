"""The question before an act, with the reason; the only place where what is hard to undo is done."""

from __future__ import annotations

from ignition.perspective import parts
from ignition.perspective.acting import POPUP, may_act
from ignition.perspective.parts import Json

_START = """
import uuid
self.custom.requestId = str(uuid.uuid4())
"""
_ACT = f"""
import json
if not self.view.custom.mayAct or self.view.custom.isDone:
    return
actor = self.session.props.auth.user.userName
reason = (self.view.custom.reason or "").strip() or None
action = self.view.params.action
given = self.view.params.given
if action == "command":
    answer = exchange.workflows.api.service.sendCommand(
        workflowId=given["workflowId"], cmd=given["cmd"], reason=reason, actor=actor,
        requestId=self.view.custom.requestId or None)
elif action == "cancel":
    answer = exchange.workflows.api.service.cancel(workflowId=given["workflowId"], reason=reason, actor=actor)
elif action == "retry":
    answer = exchange.workflows.api.service.retry(workflowId=given["workflowId"], reason=reason, actor=actor)
elif action == "start":
    inputs = json.loads(given["inputs"])
    if given["setName"]:
        answer = exchange.workflows.api.params.startWithParameterSet(
            workflowName=given["workflowName"], setName=given["setName"], setVersion=given["setVersion"],
            overridesData=inputs, actor=actor, workflowId=self.view.custom.requestId or None)
    else:
        answer = exchange.workflows.api.service.enqueue(
            workflowName=given["workflowName"], inputs=inputs, actor=actor,
            workflowId=self.view.custom.requestId or None)
elif action == "pause queue":
    answer = exchange.workflows.api.admin.pauseQueue(given["queueName"], reason=reason, actor=actor)
elif action == "resume queue":
    answer = exchange.workflows.api.admin.resumeQueue(given["queueName"], reason=reason, actor=actor)
elif action == "drain worker":
    answer = exchange.workflows.api.admin.drainWorker(given["workerId"], reason=reason, actor=actor)
elif action == "resume worker":
    answer = exchange.workflows.api.admin.resumeWorker(given["workerId"], reason=reason, actor=actor)
elif action == "enter maintenance":
    answer = exchange.workflows.api.admin.enterMaintenance(
        mode=given["mode"], queueName=given["queueName"] or None, reason=reason, actor=actor)
elif action == "exit maintenance":
    answer = exchange.workflows.api.admin.exitMaintenance(
        queueName=given["queueName"] or None, reason=reason, actor=actor)
elif action == "resolve rejected":
    answer = exchange.workflows.api.admin.resolveRejected(
        workflowId=given["workflowId"], action=given["resolution"], actor=actor)
elif action == "save recipe":
    answer = exchange.workflows.api.params.saveParameterSet(
        workflowName=given["workflowName"], setName=given["setName"],
        values=json.loads(given["values"]), reason=reason, createdBy=actor)
elif action == "approve recipe":
    answer = exchange.workflows.api.params.approveParameterSet(
        workflowName=given["workflowName"], setName=given["setName"], setVersion=given["setVersion"],
        reason=reason, actor=actor)
elif action == "retire recipe":
    answer = exchange.workflows.api.params.setParameterSetStatus(
        workflowName=given["workflowName"], setName=given["setName"], setVersion=given["setVersion"],
        status="obsolete", reason=reason, actor=actor)
else:
    answer = {{"ok": False, "message": "unknown action", "data": {{}}}}
if not answer["ok"]:
    problems = ["%s" % problem for problem in answer["data"].get("errors") or []]
    self.view.custom.message = "\\n".join(problems) or answer["message"]
    return
self.view.custom.isDone = True
if action == "exit maintenance" and (answer["isEntered"] or not answer["wasEntered"]):
    self.view.custom.message = answer["message"]
    return
system.perspective.closePopup("{POPUP}")
if action == "start":
    system.perspective.openPopup(
        "exchange-workflows-details", "{parts.FOLDER}Details", title="Workflow", showCloseIcon=True,
        resizable=True, params={{"workflowId": answer["workflowId"], "roles": self.view.params.roles}})
"""
_ENABLED = (
    "{view.custom.mayAct} && !{view.custom.isDone} && "
    "(!{view.params.isReasonRequired} || len(trim({view.custom.reason})) > 0)"
)


_HINT = 'if({view.custom.mayAct}, {view.custom.message}, "Log in as somebody who may do this.")'
# The database keeps no reason of these.
_KEEPS_REASON = '{view.params.action} != "start" && {view.params.action} != "resolve rejected"'
_PLACEHOLDER = 'if({view.params.isReasonRequired}, "Reason (required)", "Reason")'


def _reason() -> Json:
    area = parts.component(
        "ia.input.text-area",
        "Reason",
        {"text": "", "deferUpdates": False, "resize": "none"},
        {
            "props.text": parts.copy_of("view.custom.reason", is_both_ways=True),
            "props.placeholder": parts.expression(_PLACEHOLDER),
        },
        position={"basis": "70px", "shrink": 0},
    )
    return parts.shown_if(_KEEPS_REASON, area)


def _buttons() -> Json:
    back = 'system.perspective.closePopup("%s")' % POPUP
    return parts.row(
        "Buttons",
        [
            parts.button("Back", "Back", back),
            parts.button("Act", "Yes, do it", _ACT, _ENABLED, is_primary=True),
        ],
        justify="flex-end",
    )


def make() -> Json:
    whole = {"whiteSpace": "pre-wrap", "fontSize": "15px"}
    asked = parts.expression("{view.params.question}")
    problem = {"color": "var(--error)", "whiteSpace": "pre-wrap"}
    root = parts.page(
        [
            parts.label("Question", asked, whole, {"grow": 1}),
            _reason(),
            parts.label("Message", parts.expression(_HINT), problem),
            _buttons(),
        ]
    )
    custom: Json = {
        "isDone": False,
        "mayAct": may_act(),
        "message": "",
        "reason": "",
        "requestId": "",
    }
    params: Json = {
        "action": "",
        "given": {},
        "isReasonRequired": True,
        "question": "",
        "roles": "",
    }
    made = parts.view(root, params, custom, (440, 260))
    made["events"] = parts.on("system", onStartup=_START)
    return made
