"""The guide to recipes: its blocks run as they stand, in their order."""

import re
import shlex
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from exchange.workflows import testing
from exchange.workflows.cpython import cli
from exchange.workflows.engine import instance
from tests.api.conftest import dropdown
from tests.style.sources import ROOT

PAGE = (ROOT / "docs" / "guides" / "recipes.md").read_text(encoding="utf-8")
CLICK = "\nrunAction(button, None)\n"


class Screen:
    """A button with its siblings."""

    def __init__(self, user: str):
        self.session = SimpleNamespace(
            props=SimpleNamespace(auth=SimpleNamespace(user=SimpleNamespace(userName=user)))
        )
        self.view = SimpleNamespace(custom=SimpleNamespace(workflowId=None))
        self.parts = {
            "Form": SimpleNamespace(props=form()),
            "Message": SimpleNamespace(props=SimpleNamespace(text=None)),
            "Batch": SimpleNamespace(props=SimpleNamespace(value="R-17")),
        }
        self.getSibling = self.parts.get

    @property
    def message(self) -> str:
        return self.parts["Message"].props.text


def form() -> dict[str, Any]:
    widgets = [{"id": "batch", "type": "text"}, {"id": "temperature", "type": "numeric"}]
    widgets.append(dropdown("mode", "@enum:BatchMode"))
    rows = [{"widgets": [widget]} for widget in widgets]
    return {"columns": {"items": [{"rows": {"items": rows}}]}, "data": {"temperature": 65}}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


def run(block: str, names: dict[str, Any]) -> None:
    import exchange.workflows.api.params

    names.update(exchange=exchange, __name__="guides")
    exec(block, names)


@pytest.fixture
def shell(dsn, schema, monkeypatch, capsys, tmp_path):
    """shell(line): what a line of the page prints."""
    monkeypatch.setenv("WORKFLOWS_DSN", dsn)
    monkeypatch.setenv("WORKFLOWS_SCHEMA", schema)
    monkeypatch.chdir(tmp_path)

    def run_line(line: str) -> str:
        program, *words = shlex.split(line)
        assert program == "ignition-workflows"
        exit_code = cli.main(words)
        printed = capsys.readouterr()
        assert exit_code == 0, printed.err
        return printed.out

    return run_line


@pytest.fixture
def workflows(dsn, schema):
    yield instance.configure(dsn, schema=schema)
    instance.shutdown()


def save_template(block: str) -> None:
    """An engineer's button, with a form that does not fit and then with one that does."""
    screen = Screen("anna")
    screen.parts["Form"].props["data"]["temperature"] = 120
    run(block + CLICK, {"button": screen})
    assert "form.temperature must be at most 95 degC" in screen.message
    screen.parts["Form"].props = form()
    run(block + CLICK, {"button": screen})
    assert screen.message == "version 1"


def show_template(block: str) -> None:
    screen = Screen("carla")
    run(block + CLICK, {"button": screen})
    rows = screen.parts["Form"].props["columns"]["items"][0]["rows"]["items"]
    options = rows[2]["widgets"][0]["dropdown"]["options"]
    assert [one["label"] for one in options] == ["Gentle", "Fast", "Turbo"]


def start_batch(block: str, workflows: Any) -> str:
    screen = Screen("carla")
    screen.parts["Batch"].props.value = ""
    run(block + CLICK, {"button": screen})
    assert "inputs.batch must have at least 1 character" in screen.message
    screen.parts["Batch"].props.value = "R-17"
    run(block + CLICK, {"button": screen})
    assert screen.message == "started"
    testing.drain()
    workflow_id = screen.view.custom.workflowId
    assert workflows.handle(workflow_id).result(0) == "heated to 72 degC, gentle"
    return workflow_id


def later_versions(block: str, shell: Callable[[str], str]) -> None:
    printed = [shell(line) for line in block.splitlines()]
    assert "72" in printed[2] and "74" in printed[2]
    assert printed[4] == "recipe Rye version 1 is obsolete\n"
    assert printed[-1] == "recipe Rye, line 2 version 1 is a draft\n"


def test_from_a_form_to_a_running_batch(workflows, shell, conn, sql, capsys):
    define, choices, save, show, recipe, start, resolve, inline = blocks("python")
    by_another, from_sql, used = blocks("sql")
    look, from_shell, later = blocks("sh")
    names: dict[str, Any] = {}
    run(define, names)
    run(inline, names)
    testing.drain()
    assert "20 to 95 degC" in shell(look)
    run(choices, names)
    assert names["answer"]["enumVersion"] == 1
    save_template(save)
    show_template(show)
    conn.execute(sql(by_another))
    run(recipe, names)
    assert names["saved"]["status"] == "draft"
    assert capsys.readouterr().out == "version 1 is approved\n"
    workflow_id = start_batch(start, workflows)
    run(resolve, names)
    assert capsys.readouterr().out.splitlines() == [
        "inputs.batch must have at least 1 character",
        "inputs.temperature must be at most 95 degC",
    ]
    others = [shell(from_shell).strip(), conn.execute(sql(from_sql)).fetchone()[0]]
    testing.drain()
    assert [workflows.handle(one).status() for one in others] == ["SUCCESS", "SUCCESS"]
    rows = conn.execute(sql(used)).fetchall()
    assert [row[0] for row in rows] == [*reversed(others), workflow_id]
    assert rows[2][1:] == (
        "carla",
        "Rye",
        1,
        "approved",
        "standard",
        1,
        '{"BatchMode": 1}',
        "batch",
    )
    later_versions(later, shell)


def test_the_page_names_every_key_of_a_declaration_and_every_view():
    from exchange.workflows.engine import parameters

    for key in parameters._KEYS - {"name"}:
        assert f"`{key}`" in PAGE, key
    views = (ROOT / "sql" / "views").glob("*.sql")
    named = {"workflow_parameter", "enum_list", "template_list", "recipe_list", "recipe_use"}
    assert named < {view.stem for view in views}
    assert all(f"`{view}`" in PAGE for view in named)
