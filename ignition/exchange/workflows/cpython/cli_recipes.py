"""Commands on recipes: recipe list, show, save, approve, obsolete, compare, export, import; and parameters."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from exchange.workflows.cpython.cli_output import plain_table, shorten, utc_time
from exchange.workflows.cpython.cli_session import Actor, Reason, Session, options_of, read_json
from exchange.workflows.cpython.failures import ExitCode, Failure

WorkflowName = Annotated[str, typer.Argument(metavar="WORKFLOW", show_default=False)]
RecipeName = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]
Version = Annotated[int | None, typer.Option("--version", min=1, help="The newest, if left out.")]
Approved = Annotated[
    int | None, typer.Option("--version", min=1, help="The latest approved one, if left out.")
]


def list_recipes(
    session: Session,
    workflow: Annotated[str | None, typer.Option("--workflow", help="Only of this one.")] = None,
    status: Annotated[str | None, typer.Option(metavar="draft|approved|obsolete")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every version.")] = False,
) -> None:
    """List recipes, the newest version of each."""
    filters = options_of(workflow_name=workflow, status=status, latest_only=not every)
    recipes = session.call("list_parameter_sets", filter=filters)
    columns = ["workflow", "recipe", "version", "status", "template", "saved by", "approved by"]
    rows = [
        [
            recipe["workflow_name"],
            recipe["set_name"],
            recipe["set_version"],
            recipe["status"],
            _template(recipe),
            recipe["created_by"],
            recipe["approved_by"],
        ]
        for recipe in recipes
    ]
    table = plain_table(columns, rows, right="version")
    session.show(recipes, table if rows else "no such recipes")


def show_recipe(
    session: Session, workflow: WorkflowName, name: RecipeName, version: Approved = None
) -> None:
    """Show one recipe with its values."""
    recipe = session.call(
        "get_parameter_set",
        workflow_name=workflow,
        set_name=name,
        options=options_of(set_version=version),
    )
    if recipe is None:
        which = f"version {version}" if version else "approved version"
        hint = "see: ignition-workflows recipe list --all"
        raise Failure(ExitCode.REFUSED, f"recipe {name} of {workflow} has no {which}", hint)
    units = _units(session, workflow)
    lines = [f"{name} version {recipe['set_version']}  {recipe['status']}  {_template(recipe)}"]
    lines.append(f"saved {utc_time(recipe['created_at'])} by {recipe['created_by']}")
    if recipe["approved_by"]:
        approved = f"approved {utc_time(recipe['approved_at'])} by {recipe['approved_by']}"
        lines.append(approved)
    lines.extend(recipe[key] for key in ("description", "reason") if recipe[key])
    values = [[key, shorten(value), units.get(key)] for key, value in recipe["values"].items()]
    session.show(recipe, *lines, plain_table(["parameter", "value", "unit"], values))


def save_recipe(
    session: Session,
    workflow: WorkflowName,
    name: RecipeName,
    values: Annotated[str, typer.Option("--values", help="JSON, or @FILE, or - for stdin.")],
    template: Annotated[str | None, typer.Option("--template", help="Made of this.")] = None,
    template_version: Annotated[int | None, typer.Option("--template-version", min=1)] = None,
    description: Annotated[str | None, typer.Option("--description")] = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Save values as a new version of a recipe: a draft."""
    answer = session.call(
        "create_parameter_set",
        workflow_name=workflow,
        set_name=name,
        values=json.dumps(read_json("--values", values)),
        options=options_of(
            template_name=template,
            template_version=template_version,
            description=description,
            **session.who(actor, reason),
        ),
    )
    session.show(answer, f"recipe {name} version {answer['set_version']} is a draft")


def approve_recipe(
    session: Session,
    workflow: WorkflowName,
    name: RecipeName,
    version: Version = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Approve a version: from now on workflows start from it."""
    _set_status(session, workflow, name, "approved", version, reason, actor)


def retire_recipe(
    session: Session,
    workflow: WorkflowName,
    name: RecipeName,
    version: Version = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Make a version obsolete: nothing starts from it any more."""
    _set_status(session, workflow, name, "obsolete", version, reason, actor)


def compare_recipes(
    session: Session,
    workflow: WorkflowName,
    name: RecipeName,
    version: Version = None,
    other: Annotated[str | None, typer.Option("--with", help="Another recipe.")] = None,
    other_version: Annotated[
        int | None, typer.Option("--with-version", min=1, help="The one before, if left out.")
    ] = None,
) -> None:
    """Show what differs between two versions, or from another recipe."""
    answer = session.call(
        "compare_parameter_sets",
        workflow_name=workflow,
        set_name=name,
        options=options_of(set_version=version, other_name=other, other_version=other_version),
    )
    columns = [
        "parameter",
        f"{answer['other_name']} v{answer['other_version']}",
        f"{answer['set_name']} v{answer['set_version']}",
        "unit",
    ]
    rows = [
        [one["name"], _shown(one["other_value"]), _shown(one["value"]), one["unit"]]
        for one in answer["changes"]
    ]
    session.show(answer, plain_table(columns, rows) if rows else "nothing differs")


def export_recipe(
    session: Session,
    workflow: WorkflowName,
    name: RecipeName,
    version: Approved = None,
    file: Annotated[Path | None, typer.Option("--file", help="Where, if not printed.")] = None,
) -> None:
    """Write a recipe as JSON, with its template and enums."""
    document = session.call(
        "export_parameter_set",
        workflow_name=workflow,
        set_name=name,
        options=options_of(set_version=version),
    )
    if file is None:
        print(json.dumps(document, indent=None if session.as_json else 2, ensure_ascii=False))
        return
    try:
        file.write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise Failure(ExitCode.USAGE, f"--file: {error}") from None
    session.show({"file": str(file)}, f"recipe {name} is in {file}")


def import_recipe(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Or - for standard input.")],
    workflow: Annotated[str | None, typer.Option("--workflow", help="Another one.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="Another name.")] = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Make a draft of what export wrote, all of it or nothing."""
    document = read_json("FILE", file if file == "-" else f"@{file}")
    answer = session.call(
        "import_parameter_set",
        document=json.dumps(document),
        options=options_of(workflow_name=workflow, set_name=name, **session.who(actor, reason)),
    )
    session.show(answer, f"recipe {answer['set_name']} version {answer['set_version']} is a draft")


def parameters(
    session: Session,
    name: Annotated[str, typer.Argument(help="The name it is registered by.", show_default=False)],
    version: Annotated[
        int | None, typer.Option("--version", min=1, help="workflow_version")
    ] = None,
) -> None:
    """Show what a workflow takes, as it declares it."""
    declared = session.call(
        "list_parameters", workflow_name=name, options=options_of(workflow_version=version)
    )
    columns = ["parameter", "type", "required", "default", "limits", "choices", "description"]
    rows = [
        [
            field["name"],
            field["type"],
            bool(field.get("required")),
            _shown(field.get("default")),
            _limits(field),
            ", ".join(_shown(choice) for choice in field.get("choices") or []),
            field.get("description"),
        ]
        for field in declared or []
    ]
    session.show(declared, plain_table(columns, rows) if rows else f"{name} declares no parameters")


def _set_status(
    session: Session,
    workflow: str,
    name: str,
    status: str,
    version: int | None,
    reason: str | None,
    actor: str | None,
) -> None:
    answer = session.call(
        "set_parameter_set_status",
        workflow_name=workflow,
        set_name=name,
        status=status,
        options=options_of(set_version=version, **session.who(actor, reason)),
    )
    session.show(answer, f"recipe {name} version {answer['set_version']} is {answer['status']}")


def _limits(field: dict[str, Any]) -> str:
    """Like `20 to 95 degC`."""
    unit = field.get("unit") or ("characters" if field["type"] == "text" else "")
    low, high = field.get("min"), field.get("max")
    if low is not None and high is not None:
        words = f"{low} to {high}"
    elif low is not None:
        words = f"at least {low}"
    elif high is not None:
        words = f"at most {high}"
    else:
        return field.get("unit") or ""
    return f"{words} {unit}".strip()


def _units(session: Session, workflow: str) -> dict[str, str]:
    found = session.view("workflow_parameter")
    return {one["parameter_name"]: one["unit"] for one in found if one["workflow_name"] == workflow}


def _template(recipe: dict[str, Any]) -> str:
    name = recipe["template_name"]
    return f"{name} v{recipe['template_version']}" if name else ""


def _shown(value: Any) -> str:
    return "" if value is None else shorten(value)
