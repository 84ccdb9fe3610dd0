"""What a broken view would look like before anybody opens it; and each gate notices a view that is broken."""

import ast
import copy
import importlib
import inspect
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.perspective.conftest import query_of
from tests.perspective.expressions import evaluate, to_python
from tests.perspective.reading import (
    VIEWS,
    bindings,
    components,
    expressions,
    library_calls,
    named_properties,
    opened_views,
    scripts,
)

LEAST_SECONDS = 2
# Of the toolkit: it takes words in texts for operands, does not know the function case, and advises.
NOISE = {"EXPR_ADJACENT_EXPRESSIONS", "EXPR_UNKNOWN_FUNCTION"}
# What may be done without a question: the answer to a prompt is signed on the spot.
ACTS = re.compile(
    r"\.(enqueue\w*|sendCommands?|cancel|retry|fork|start\w+|enter\w+|exit\w+|resolve\w+|save\w+|approve\w+"
    r"|set[A-Z]\w+|delete\w+|create\w+|rename\w+|import\w+|apply\w+|add\w+|remove\w+|pause\w+|resume\w+|run[A-Z]\w+|drain\w+)$"
)


def call_problems(view):
    """Calls of the library that do not exist or do not fit."""
    problems = []
    for script in scripts(view):
        for name, call in library_calls(script):
            module, _, function = name.rpartition(".")
            try:
                found = getattr(importlib.import_module(module), function)
                if call is None:
                    raise TypeError("is not called")
                given = {word.arg: None for word in call.keywords if word.arg}
                inspect.signature(found).bind(*call.args, **given)
            except (ImportError, AttributeError, TypeError) as error:
                problems.append(f"{script.place}: {name}: {error}")
    return problems


def query_problems(view, project):
    """Queries that do not exist or whose parameters do not match."""
    problems = []
    for one in bindings(view):
        if one.kind == "query":
            path = one.config["queryPath"]
            try:
                _, declared = query_of(project, path)
            except FileNotFoundError:
                problems.append(f"no query {path}")
                continue
            if set(declared) != set(one.config["parameters"]):
                problems.append(f"{path} takes {declared}")
            if "limit" not in declared and not path.endswith("/Workflow"):
                problems.append(f"{path} has no limit")
    return problems


def view_problems(view, views):
    """Views that are embedded or opened and do not exist, or do not take what they get."""
    asked = []
    for _, node in components(view["root"]):
        if node["type"] in ("ia.display.view", "ia.display.flex-repeater"):
            asked.append((node["props"]["path"], node["props"].get("params", {})))
    for script in scripts(view):
        for path, call in opened_views(script):
            given = next(word.value for word in call.keywords if word.arg == "params")
            assert isinstance(given, ast.Dict), script.place
            asked.append((path, [k.value for k in given.keys if isinstance(k, ast.Constant)]))
    problems = []
    for path, given in asked:
        known = views.get(path.removeprefix("Exchange/Workflows/"))
        if not path.startswith("Exchange/Workflows/") or known is None:
            problems.append(f"no view {path}")
        elif set(given) - set(known["params"]):
            problems.append(f"{path} has no {sorted(set(given) - set(known['params']))}")
    return problems


def polling_problems(view):
    """What is asked again sooner than every 2 seconds."""
    rates = []
    for one in bindings(view):
        if one.kind == "query":
            rate = one.config["polling"]["rate"]
            without_properties = re.sub(r"\{[^}]*\}", "", rate)
            rates += [
                (one.path, float(n)) for n in re.findall(r"\d+(?:\.\d+)?", without_properties)
            ]
    for place, text in expressions(view):
        rates += [(place, float(ms or 1000) / 1000) for ms in re.findall(r"\bnow\((\d*)\)", text)]
        rates += [(place, 0.0) for _ in re.findall(r"\brunScript\(", text)]
    return [place for place, rate in rates if rate < LEAST_SECONDS]


def expression_problems(view):
    """Expressions that cannot be read, or that speak of a property that the view has not."""
    problems = []
    paths = [(one.path, one.config["path"]) for one in bindings(view) if one.kind == "property"]
    for place, text in expressions(view):
        try:
            compile(to_python(text), place, "eval")
        except SyntaxError as error:
            problems.append(f"{place}: {error}")
        paths += [(place, path) for path in named_properties(text)]
    for place, path in paths:
        found = {
            "view": view,
            "session": {"props": {"auth": {"authenticated": 1, "user": {"roles": 1}}}},
        }
        try:
            for word in path.split("."):
                found = found[word]
        except (KeyError, TypeError):
            problems.append(f"{place}: there is no {path}")
    return problems


def acting_problems(views):
    """What acts elsewhere than behind the question."""
    return [
        f"{name}: {call}"
        for name, view in views.items()
        if name != "Confirm"
        for script in scripts(view)
        for call, _ in library_calls(script)
        if ACTS.search(call)
    ]


def test_every_call_of_the_library_exists_and_its_arguments_fit(views):
    assert not [p for view in views.values() for p in call_problems(view)]
    calls = {n for view in views.values() for s in scripts(view) for n, _ in library_calls(s)}
    assert len(calls) > 15


def test_every_query_exists_with_these_parameters_and_a_limit(views, project):
    assert not [p for view in views.values() for p in query_problems(view, project)]
    named = {
        one.config["queryPath"]
        for v in views.values()
        for one in bindings(v)
        if one.kind == "query"
    }
    assert len(named) > 8


def test_every_view_that_is_shown_exists_and_takes_what_it_gets(views):
    assert not [p for view in views.values() for p in view_problems(view, views)]


def test_nothing_is_asked_faster_than_every_two_seconds(views):
    assert not {
        name: polling_problems(view) for name, view in views.items() if polling_problems(view)
    }


def test_every_expression_can_be_read_and_its_properties_are_there(views):
    assert not [f"{name} {p}" for name, view in views.items() for p in expression_problems(view)]


def test_what_acts_asks_first_and_says_who(views):
    assert not acting_problems(views)
    act = next(
        s
        for s in scripts(views["Confirm"])
        if s.place.endswith("onActionPerformed") and "/Act." in s.place
    )
    for name, call in library_calls(act):
        words = {word.arg: word.value for word in call.keywords}
        assert {"actor", "createdBy"} & set(words), f"{name} does not say who"
    assert "actor = self.session.props.auth.user.userName" in act.text
    assert act.text.strip().partition("\n")[2].strip().startswith("if not self.view.custom.mayAct")


def reasons_kept(view):
    """By action, whether the question gives the reason to what acts."""
    kept = {}
    act = next(s for s in scripts(view) if "/Act." in s.place and s.place.endswith("Performed"))
    for node in ast.walk(act.tree):
        if (
            isinstance(node, ast.If)
            and isinstance(node.test, ast.Compare)
            and ast.unparse(node.test).startswith("action == ")
        ):
            calls = [n for part in node.body for n in ast.walk(part) if isinstance(n, ast.Call)]
            acting = [n for n in calls if ACTS.search(ast.unparse(n.func))]
            if acting:
                action = ast.literal_eval(node.test.comparators[0])
                kept[action] = all("reason" in {word.arg for word in n.keywords} for n in acting)
    return kept


def test_a_reason_is_asked_for_where_it_is_kept(views):
    view = views["Confirm"]
    [area] = [n for _, n in components(view["root"]) if n["meta"]["name"] == "Reason"]
    shown = area["propConfig"]["position.display"]["binding"]["config"]["expression"]
    kept = reasons_kept(view)
    assert len(kept) > 10
    assert {
        action: evaluate(shown, {"view.params.action": action}.__getitem__) for action in kept
    } == kept


def test_each_acting_view_asks_the_roles_of_the_session(views):
    for name, view in views.items():
        opened = [path for s in scripts(view) for path, _ in opened_views(s)]
        if any(path.endswith("/Confirm") for path in opened):
            assert view["propConfig"]["custom.mayAct"]["access"] == "PRIVATE", name
            buttons = [
                node for _, node in components(view["root"]) if node["type"] == "ia.input.button"
            ]
            acting = [b for b in buttons if "Confirm" in json.dumps(b["events"])]
            assert acting and all("mayAct" in json.dumps(b["propConfig"]) for b in acting), name


def test_no_text_of_the_database_is_markup(views):
    """D38: what people wrote is shown as text, never as Markdown or HTML."""
    types = {node["type"] for view in views.values() for _, node in components(view["root"])}
    assert not {"ia.display.markdown", "ia.display.iframe"} & types
    assert '"html"' not in json.dumps(views)


def test_the_search_knows_every_status(views):
    """D42: the old list could not be asked for what waits, nor for what was cancelled."""
    search = next(
        n for _, n in components(views["Monitor"]["root"]) if n["meta"]["name"] == "Status"
    )
    schema = (Path(__file__).parents[1] / "schema.sql").read_text(encoding="utf-8")
    checks = re.findall(
        r"CONSTRAINT (?:retention_policy|parked|parked_resume)_status CHECK (.*)", schema
    )
    known = {"RUNNING", *re.findall(r"'([A-Z]+)'", " ".join(checks))} - {"ANY"}
    assert len(known) == 11
    assert known <= {one["value"] for one in search["props"]["options"]}


BREAKS = {
    "function": lambda v: _script(v, "service.sendCommand(", "service.sendOrder("),
    "argument": lambda v: _script(v, "cmd=given", "command=given"),
}


def _script(view, old, new):
    text = json.dumps(view)
    assert old in text
    return json.loads(text.replace(old, new))


@pytest.mark.parametrize("kind", BREAKS)
def test_a_wrong_call_is_noticed(views, kind):
    assert len(call_problems(BREAKS[kind](views["Confirm"]))) == 1


def test_a_wrong_query_is_noticed(views, project):
    gone = _script(views["Monitor"], "Exchange/Workflows/Workflows", "Exchange/Workflows/AllOfThem")
    assert query_problems(gone, project) == ["no query Exchange/Workflows/AllOfThem"]
    other = _script(views["Monitor"], '"searchText": "{', '"text": "{')
    assert len(query_problems(other, project)) == 1


def test_a_wrong_view_is_noticed(views):
    gone = _script(views["Monitor"], "Workflows/Details", "Workflows/Detail")
    assert view_problems(gone, views) == ["no view Exchange/Workflows/Detail"]
    popup = _script(views["Details"], '\\"question\\": ', '\\"text\\": ')
    assert "['text']" in view_problems(popup, views)[0]


def test_fast_polling_is_noticed(views):
    for old, new in (('"rate": "5"', '"rate": "1"'), ('"rate": "30"', '"rate": "if({a.b}, 1, 9)"')):
        assert len(polling_problems(_script(views["Monitor"], old, new))) == 1
    assert polling_problems(_script(views["Admin"], "now(5000)", "now()"))
    assert polling_problems(_script(views["Admin"], "now(5000)", 'runScript(\\"a\\", 0)'))


def test_a_wrong_expression_is_noticed(views):
    assert expression_problems(_script(views["Details"], "isNull(", "isNone("))
    missing = expression_problems(
        _script(views["Monitor"], "{view.custom.before}", "{view.custom.after}")
    )
    assert missing and "there is no view.custom.after" in missing[0]


def test_an_act_without_a_question_is_noticed(views):
    broken = copy.deepcopy(views)
    button = next(
        n for _, n in components(broken["Queues"]["root"]) if n["meta"]["name"] == "Drain"
    )
    script = "\texchange.workflows.api.admin.enterMaintenance()"
    button["events"]["component"]["onActionPerformed"]["config"]["script"] = script
    assert acting_problems(broken) == ["Queues: exchange.workflows.api.admin.enterMaintenance"]


def iglint(project):
    command = [str(Path(sys.executable).with_name("iglint")), "check", str(project)]
    command += ["--config", str(Path(__file__).parents[2] / "pyproject.toml")]
    checked = subprocess.run(command, capture_output=True, text=True)
    return checked.returncode, checked.stdout


def change(view: Path, old: str, new: str) -> None:
    text = view.read_text()
    assert old in text
    view.write_text(text.replace(old, new))


def test_iglint_reads_the_views(project, tmp_path):
    shutil.copytree(project, tmp_path / "broken")
    change(tmp_path / "broken" / VIEWS / "Monitor/view.json", '"rate": "5"', '"rate": "1"')
    code, said = iglint(tmp_path / "broken")
    assert code != 0 and "PERF002" in said


def test_the_schemas_of_the_components_fit_and_what_does_not_is_noticed(project, tmp_path):
    """ignition-lint-toolkit, without its noise and its advice."""
    shutil.copytree(project / VIEWS, tmp_path / "views")
    (tmp_path / "views/Broken").mkdir()
    shutil.copy(project / VIEWS / "Queues/view.json", tmp_path / "views/Broken")
    change(tmp_path / "views/Broken/view.json", '"wrap": "wrap"', '"wrap": 7')
    command = [str(Path(sys.executable).with_name("ignition-lint")), "--target", str(tmp_path)]
    command += ["--profile", "perspective-only", "--report-format", "json"]
    said = subprocess.run(command, capture_output=True, text=True).stdout
    found = [
        (Path(one["file_path"]).parent.name, one["code"], one["message"])
        for one in json.loads(said)["issues"]
        if one["severity"] in ("error", "warning") and one["code"] not in NOISE
    ]
    assert {code for place, code, _ in found if place == "Broken"} == {"SCHEMA_VALIDATION"}
    assert not [one for one in found if one[0] != "Broken"]
