"""Who may act, and the question before an act."""

from __future__ import annotations

from ignition.perspective.parts import FOLDER, Json, several

POPUP = "exchange-workflows-confirm"
_MAY_ACT = """
wanted = [role.strip() for role in (value["roles"] or "").split(",") if role.strip()]
return bool(value["isKnown"]) and (not wanted or bool([role for role in value["held"] if role in wanted]))
"""


def may_act() -> tuple[bool, Json]:
    """Of a view with the parameter roles: whether somebody is logged in who has one of them. Without roles,
    whoever is logged in."""
    return False, several(
        _MAY_ACT,
        roles="{view.params.roles}",
        held="{session.props.auth.user.roles}",
        isKnown="{session.props.auth.authenticated}",
    )


def confirm(action: str, question: str, given: str, is_reason_required: str = "True") -> str:
    """A script that asks before it acts. All but the action is Python: question a text, given a dict."""
    return f"""
system.perspective.openPopup(
    "{POPUP}", "{FOLDER}Confirm", title="Please confirm", modal=True, showCloseIcon=True,
    params={{
        "action": "{action}",
        "question": {question},
        "given": {given},
        "isReasonRequired": {is_reason_required},
        "roles": self.view.params.roles,
    }})
"""


def open_details(workflow_id: str) -> str:
    """A script that opens one workflow; workflow_id is Python."""
    return f"""
system.perspective.openPopup(
    "exchange-workflows-details", "{FOLDER}Details", title="Workflow", showCloseIcon=True, resizable=True,
    params={{"workflowId": {workflow_id}, "roles": self.view.params.roles}})
"""
