"""The tree of what a workflow has started, for `show`."""

import json
from typing import Any

from rich.text import Text
from rich.tree import Tree

from exchange.workflows.cpython import cli_output as output
from exchange.workflows.cpython.cli_session import Session

_MOST_SHOWN = 20
_DEEPEST = 16


def family_of(
    session: Session, workflow: dict[str, Any], depth: int = _DEEPEST
) -> list[dict[str, Any]]:
    """The latest children with theirs: `workflow_id`, `workflow_name`, `status`, `state`, `family`."""
    if not workflow.get("children") or not depth:
        return []
    wanted = {"parent": workflow["workflow_id"], "limit": _MOST_SHOWN}
    found = session.call("list_workflows", filter=json.dumps(wanted))
    return [
        {
            **{key: one[key] for key in ("workflow_id", "workflow_name", "status", "state")},
            "family": family_of(session, one, depth - 1),
        }
        for one in reversed(found)
    ]


def family_tree(workflow: dict[str, Any], family: list[dict[str, Any]]) -> Tree:
    counts = workflow["children"]
    words = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    tree = Tree(Text(f"children: {words}"))
    _grow(tree, family)
    left_out = sum(counts.values()) - len(family)
    if left_out > 0:
        tree.add(Text(f"and {left_out} before these"))
    return tree


def _grow(tree: Tree, family: list[dict[str, Any]]) -> None:
    for one in family:
        line = Text(f"{one['workflow_name']}  {one['workflow_id']}  ")
        line.append_text(output.status_text(one["status"], one["state"]))
        _grow(tree.add(line), one["family"])
