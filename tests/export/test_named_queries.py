"""Every named query runs on the real schema with the parameters that it declares, and answers only
what JDBC and Perspective can show."""

import json
import re

import pytest

from tests.calls import Calls, calls, make_worker
from tests.style.sources import ROOT

__all__ = ["calls", "make_worker"]

QUERIES = ROOT / "ignition" / "project" / "named-query"
NAMES = [p.parent.relative_to(QUERIES).as_posix() for p in sorted(QUERIES.rglob("query.sql"))]
INT4, BOOLEAN, STRING = 2, 6, 7
SHOWN = {
    16: "boolean",
    20: "bigint",
    21: "smallint",
    23: "integer",
    25: "text",
    701: "float8",
    1184: "timestamptz",
}
_PARAMETER = re.compile(r"(?<!:):([A-Za-z]\w*)")


def load(project, name):
    folder = project / "ignition" / "named-query" / name
    attributes = json.loads((folder / "resource.json").read_text())["attributes"]
    return (folder / "query.sql").read_text(encoding="ascii"), attributes


def bound(text):
    """The statement as a gateway binds it: `:name` outside of `::`, in comments too."""
    return _PARAMETER.sub(r"%(\1)s", text.replace("%", "%%"))


@pytest.fixture
def stand(calls: Calls, make_worker):
    """A workflow with a step, a command and an error; others wait, run and hold a key."""
    worker = make_worker("mix")
    failed = calls.enqueue("mix", {"tank": "T-1"})
    claimed = worker.claim_one()
    worker.record(claimed, "weigh", output={"kilograms": 5})
    worker.fail(claimed)
    running = calls.enqueue("mix", partition_key="k", resources=["pump"], actor="anna")
    worker.claim_one()
    calls.enqueue("mix", partition_key="k")
    worker.claim(1)
    calls.command(calls.enqueue("mix"), "HOLD")
    calls.command(running, "HOLD")
    asking = make_worker("ask")
    calls.enqueue("ask", queue_name="default")
    asks = asking.claim_one()
    prompt = {"question": "Closed?", "roles": ["qa", "shift lead"], "second_signature": False}
    asking.record(asks, "prompt", kind="prompt", ask=prompt)
    asking.finish(asks, "suspend", k="prompt")
    asking.retire()
    return {"failed": failed, "running": running, "asks": asks["w"]}


@pytest.fixture
def ask(connect, sql, project, stand):
    """ask(name, **parameters): rows as dicts, read with the role that a screen's connection needs."""
    conn = connect("operator")

    def run(name, **given):
        text, attributes = load(project, "Exchange/Workflows/" + name)
        declared = {p["identifier"]: None for p in attributes["parameters"]}
        assert set(given) <= set(declared)
        cursor = conn.execute(sql(bound(text)), {**declared, **given})
        columns = [column.name for column in cursor.description]
        unshown = {c.name: c.type_code for c in cursor.description if c.type_code not in SHOWN}
        assert not unshown, f"{name} has columns that a screen cannot show"
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    return run


@pytest.mark.parametrize("name", NAMES)
def test_what_is_declared_is_what_is_used(project, name):
    text, attributes = load(project, name)
    declared = [p["identifier"] for p in attributes["parameters"]]
    assert declared == list(dict.fromkeys(_PARAMETER.findall(text)))
    assert {p["type"] for p in attributes["parameters"]} <= {"Parameter"}
    assert {p["sqlType"] for p in attributes["parameters"]} <= {INT4, BOOLEAN, STRING}
    assert attributes["type"] == "Query" and attributes["database"] == "WorkflowsDB"
    comments = re.findall(r"--.*", text)
    assert not [c for c in comments if ":" in c], "a colon in a comment becomes a parameter"
    assert "?" not in text
    uncast = re.findall(r"(?<!:):[A-Za-z]\w*(?!\w|::)", text)
    assert not uncast, "a null has no type without a cast"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", [None, "", "no such thing"])
def test_runs_with_nulls_empty_texts_and_values(ask, project, name, text):
    values = {STRING: text, INT4: None if text is None else 10, BOOLEAN: text is not None}
    _, attributes = load(project, name)
    given = {p["identifier"]: values[p["sqlType"]] for p in attributes["parameters"]}
    for name_of_id in {"workflowId", "before"} & set(given) if text else ():
        given[name_of_id] = "018f0000-0000-7000-8000-000000000000"
    short = name.removeprefix("Exchange/Workflows/")
    if short == "Workflows" and text:
        with pytest.raises(Exception, match="is not a status"):
            ask(short, **given)
        del given["status"], given["state"]
    if short in ("Workflow", "Steps", "Commands") and text:
        with pytest.raises(Exception, match="there is no workflow with this id"):
            ask(short, **given)
        return
    rows = ask(short, **given)
    assert len(rows) <= 1000


def test_every_list_has_a_limit(project):
    unlimited = [
        name
        for name in NAMES
        if ":limit" not in load(project, name)[0] and not name.endswith("/Workflow")
    ]
    assert not unlimited


def test_a_limit_limits(ask, stand):
    assert len(ask("Workflows", limit=2)) == 2
    assert len(ask("Commands", workflowId=stand["running"], limit=1)) == 1
    assert len(ask("Steps", workflowId=stand["running"], limit=0)) == 0


def test_queue_depth(ask):
    [row] = ask("QueueDepth", queueName="default")
    assert (row["running"], row["blocked"], row["held"], row["dead_letters"]) == (1, 1, 1, 1)
    assert [r["queue_name"] for r in ask("Queues")] == [r["queue_name"] for r in ask("QueueDepth")]


def test_workflows_by_every_filter_and_paged_by_key(ask, stand):
    everything = ask("Workflows")
    ids = [row["workflow_id"] for row in everything]
    assert len(ids) == 5 and ids == sorted(ids, reverse=True)
    first = ask("Workflows", limit=3)
    rest = ask("Workflows", limit=3, before=first[0]["next"])
    assert [r["workflow_id"] for r in first + rest] == ids and rest[0]["next"] is None
    assert [r["workflow_id"] for r in ask("Workflows", before=ids[2])] == ids[3:]
    for given, count in (
        ({"status": "running"}, 1),
        ({"state": "HELD"}, 1),
        ({"queueName": "default"}, 5),
        ({"workflowName": "mix"}, 4),
        ({"partitionKey": "k"}, 2),
        ({"searchText": "PUMP"}, 2),
        ({"searchText": stand["failed"]}, 1),
    ):
        assert len(ask("Workflows", **given)) == count, given


def test_one_workflow_with_its_steps_and_commands(ask, stand):
    [row] = ask("Workflow", workflowId=stand["failed"])
    assert json.loads(row["inputs"]) == {"tank": "T-1"}
    assert (row["status"], row["error_message"]) == ("ERROR", "pump")
    [step] = ask("Steps", workflowId=stand["failed"])
    assert step["step_key"] == "weigh" and json.loads(step["output"]) == {"kilograms": 5}
    assert step["step_count"] == 1
    [command] = ask("Commands", workflowId=stand["running"])
    assert (command["command"], command["outcome"]) == ("HOLD", "accepted")


@pytest.mark.parametrize("name", ["Workflow", "Steps", "Commands"])
def test_without_an_id_there_is_no_row(ask, name):
    assert ask(name, workflowId="") == ask(name) == []


def test_the_newest_steps_with_texts_that_are_not_too_long(ask, calls, make_worker):
    worker = make_worker("long")
    calls.enqueue("long")
    claimed = worker.claim_one()
    worker.record(claimed, "first")
    worker.record(claimed, "weigh", output={"note": "k" * 11000})
    for key, trace in (("heat", "t"), ("stir", "t" * 11000)):
        error = {"class": "ValueError", "message": "too hot", "traceback": trace}
        worker.record(claimed, key, status="ERROR", error=error)
    weigh, heat, stir = ask("Steps", workflowId=claimed["w"], limit=3)
    assert [row["step_key"] for row in (weigh, heat, stir)] == ["weigh", "heat", "stir"]
    assert weigh["step_count"] == 4 and len(weigh["output"]) < 10100
    assert re.search(r"kkk \.\.\. of 110\d\d bytes$", weigh["output"])
    assert (heat["error_class"], heat["error_message"], heat["output"]) == (
        "ValueError",
        "too hot",
        "",
    )
    assert stir["error_class"] is None and '"too hot"' in stir["error_message"][:100]


def test_who_is_at_work(ask, stand):
    [worker] = ask("Workers", status="active")
    [running] = ask("Running")
    assert running["worker_id"] == worker["worker_id"]
    assert running["workflow_id"] == stand["running"]
    assert {r["held_by"] for r in ask("Resources")} == {stand["running"]}
    assert [r["workflow_id"] for r in ask("DeadLetters")] == [stand["failed"]]


def test_problems_come_first(ask):
    statuses = [row["status"] for row in ask("Health")]
    assert statuses == sorted(statuses, key=["error", "warning", "ok"].index)
    assert "warning" in statuses


def test_open_prompts_and_what_needs_attention(ask, stand):
    [row] = ask("OpenPrompts", role="qa")
    assert (row["workflow_id"], row["question"]) == (stand["asks"], "Closed?")
    assert ask("OpenPrompts", role="operator") == [] and ask("OpenPrompts", queueName="x") == []
    kinds = {row["kind"]: row["workflow_id"] for row in ask("AttentionNeeded")}
    assert (kinds["dead letter"], kinds["prompt"]) == (stand["failed"], stand["asks"])
    assert set(kinds) == {"dead letter", "prompt", "held"}
    assert len(ask("AttentionNeeded", kind="held", queueName="default")) == 1
    assert len(ask("AttentionNeeded", limit=2)) == 2


def test_rejected_entries_until_they_are_resolved(ask, calls):
    entry = {
        "workflow_id": "018f0000-0000-7000-8000-000000000001",
        "entry": {"workflow_name": "mix"},
    }
    calls.call(
        "reject_entries", entries=[dict(entry, problem={"code": "WF005"}, origin="gw1 plant")]
    )
    [row] = ask("RejectedEntries")
    assert (row["workflow_id"], row["is_resolved"]) == (entry["workflow_id"], False)
    calls.run(
        "update workflows.rejected_entry set resolved_at = now(), resolution = 'discarded', resolved_by = 'anna'"
    )
    assert ask("RejectedEntries") == []
    assert ask("RejectedEntries", includeResolved=True)[0]["resolved_by"] == "anna"


def test_the_guide_names_every_query_and_its_parameters(project):
    guide = (ROOT / "docs/guides/perspective-queue-depth.md").read_text(encoding="utf-8")
    told = {
        row[0]: re.findall(r"`(\w+)`", row[1])
        for row in re.findall(
            r"^\| `(\w+)`[^|]*\| (.*) \|$", guide.partition("## The other")[2], re.M
        )
    }
    for name in NAMES:
        declared = {p["identifier"] for p in load(project, name)[1]["parameters"]}
        short = name.rpartition("/")[2]
        assert short == "QueueDepth" or set(told[short]) == declared, short
    assert len(told) == len(NAMES) - 1
