"""enqueue, list, show, cancel, retry, command."""

import io
import json

import pytest

from tests.calls import calls

__all__ = ["calls"]


@pytest.fixture
def workflow_id(answer):
    return answer("enqueue", "fill", "--inputs", '{"tank": "T-101"}')["workflow_id"]


def test_enqueue_prints_the_id_and_nothing_else(run, answer):
    ran = run("enqueue", "fill")
    assert ran.exit_code == 0
    assert answer("show", ran.out.strip())["workflow_name"] == "fill"
    assert "no worker has registered 'fill' yet" in ran.err


def test_inputs_come_from_a_file_or_standard_input(answer, tmp_path, monkeypatch):
    (tmp_path / "inputs.json").write_text('{"a": 1}')
    from_file = answer("enqueue", "fill", "--inputs", f"@{tmp_path / 'inputs.json'}")
    monkeypatch.setattr("sys.stdin", io.StringIO('{"a": 2}'))
    from_stdin = answer("enqueue", "fill", "--inputs", "-")
    shown = [answer("show", each["workflow_id"])["inputs"] for each in (from_file, from_stdin)]
    assert shown == [{"a": 1}, {"a": 2}]


def test_the_same_id_again_is_the_same_workflow(run, answer, workflow_id):
    options = json.dumps({"workflow_id": workflow_id})
    again = run("enqueue", "fill", "--options", options, "--json")
    assert again.answer["workflow_id"] == workflow_id
    assert "already enqueued" in again.err


def test_list_filters(run, answer, workflow_id):
    answer("enqueue", "drain")
    assert [w["workflow_id"] for w in answer("list", "--name", "fill")] == [workflow_id]
    assert [w["workflow_name"] for w in answer("list", "--limit", "1")] == ["drain"]
    assert answer("list", "--status", "success") == []
    assert run("list", "--status", "success").out == "no such workflows\n"
    assert "ENQUEUED" in run("list").out


def test_show_draws_what_json_says(run, answer, workflow_id):
    assert answer("show", workflow_id)["steps"] == []
    drawn = run("show", workflow_id).out
    assert drawn.startswith(f"fill version 1  {workflow_id}  ENQUEUED")
    assert 'inputs: {"tank": "T-101"}' in drawn


def test_commands_say_what_they_did(run, answer, workflow_id):
    assert answer("command", workflow_id, "hold", "--reason", "valve open")["status"] == "HELD"
    assert answer("show", workflow_id)["reason"] == "valve open"
    assert run("command", workflow_id, "RESUME").exit_code == 0
    assert run("command", workflow_id, "STOP").exit_code == 0
    assert answer("show", workflow_id)["status"] == "STOPPED"


def test_cancel_then_retry(run, answer, workflow_id):
    assert answer("cancel", workflow_id, "--reason", "wrong tank")["status"] == "CANCELLED"
    assert answer("retry", workflow_id)["outcome"] == "accepted"
    assert answer("show", workflow_id)["status"] == "ENQUEUED"


def test_an_order_that_does_not_fit_is_refused_in_one_line(run, workflow_id):
    run("cancel", workflow_id)
    refused = run("command", workflow_id, "HOLD")
    assert (refused.exit_code, refused.out) == (1, "")
    assert refused.err == "error: HOLD rejected: the workflow has ended in CANCELLED\n"


def test_an_order_to_many_says_how_many_were_refused(run, answer, workflow_id):
    other = answer("enqueue", "fill")["workflow_id"]
    run("command", other, "HOLD")
    ordered = run("command-many", "RESUME", "--name", "fill")
    assert (ordered.exit_code, ordered.err) == (1, "error: 1 of 2 were refused\n")
    assert f"{workflow_id}  RESUME rejected" in ordered.out and other in ordered.out
    assert run("command-many", "STOP", "--all").exit_code == 0
    assert run("command-many", "STOP", "--all").out == "no live workflow fits\n"


def test_an_order_to_many_that_cannot_be_given(run, calls, workflow_id):
    calls.call("set_queue", queue_name="default", options='{"requires_reason": true}')
    ordered = run("command-many", "HOLD", "--all")
    assert (ordered.exit_code, ordered.err) == (1, "error: 1 of 1 were refused\n")


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (["show", "not-a-uuid"], 2, "workflow_id must be a uuid"),
        (["show", "00000000-0000-0000-0000-000000000000"], 1, "unknown id"),
        (["retry", "00000000-0000-0000-0000-000000000000"], 1, "unknown id"),
        (["command", "00000000-0000-0000-0000-000000000000", "JUMP"], 2, "HOLD"),
        (["enqueue", "x", "--options", '{"priority": 900}'], 2, "priority"),
        (["enqueue", "x", "--options", '{"colour": 1}'], 2, "colour is not an option"),
        (["enqueue", "x", "--options", '{"queue_name": "nope"}'], 1, "nope"),
        (["enqueue", "x", "--inputs", "{a"], 2, "--inputs is not JSON"),
        (["enqueue", "x", "--inputs", "@/nowhere"], 2, "--inputs"),
        (["list", "--limit", "0"], 2, "see: ignition-workflows list --help"),
        (["list", "--since", "yesterday-ish"], 2, "since"),
        (["enqueue"], 2, "see: ignition-workflows enqueue --help"),
        (["jump"], 2, "No such command 'jump'"),
    ],
)
def test_errors_are_one_line_that_says_what_to_do(run, words, exit_code, said):
    ran = run(*words)
    assert (ran.exit_code, ran.out) == (exit_code, "")
    assert ran.err.startswith("error: ") and ran.err.count("\n") == 1
    assert said in ran.err


def test_errors_are_json_where_json_was_asked_for(run):
    ran = run("show", "00000000-0000-0000-0000-000000000000", "--json")
    error = json.loads(ran.err)["error"]
    assert (error["code"], error["exit_code"]) == ("WF003", 1)


def test_show_draws_the_tree_of_children(run, answer, workflow_id):
    options = json.dumps({"parent": workflow_id})
    child = answer("enqueue", "pump", "--options", options)["workflow_id"]
    options = json.dumps({"parent": child})
    grandchild = answer("enqueue", "valve", "--options", options)["workflow_id"]
    [shown] = answer("show", workflow_id)["family"]
    assert (shown["workflow_id"], shown["family"][0]["workflow_id"]) == (child, grandchild)
    drawn = run("show", workflow_id).out
    assert "children: 1 ENQUEUED" in drawn
    assert drawn.index(child) < drawn.index(grandchild)
    assert [one["workflow_id"] for one in answer("list", "--parent", workflow_id)] == [child]
