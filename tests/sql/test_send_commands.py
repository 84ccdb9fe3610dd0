"""One order to many, a reason where one is asked for, request ids, and bad input of all that."""

import pytest

from tests.calls import refused

NO_ID = "33333333-3333-4333-8333-333333333333"


@pytest.fixture
def worker(make_worker):
    return make_worker("mix", "boil")


def send(calls, command, filter, reason="leak", **options):
    return calls.call(
        "send_commands", command=command, filter=filter, reason=reason, options=options
    )


@pytest.fixture
def plant(calls, worker):
    """Names of workflows by what they are about."""
    calls.call("create_queue", queue_name="line")
    running = calls.enqueue("mix", priority=-9)
    worker.claim_one()
    return {
        "running": running,
        "keyed": calls.enqueue("mix", partition_key="k"),
        "locked": calls.enqueue("mix", resources=["pump", "valve"]),
        "boil": calls.enqueue("boil"),
        "delayed": calls.enqueue("mix", delay_seconds=60),
        "line": calls.enqueue("mix", queue_name="line"),
    }


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        ({"all": True}, "running keyed locked boil delayed line"),
        ({"queue_name": "line"}, "line"),
        ({"partition_key": "k"}, "keyed"),
        ({"resource": "valve"}, "locked"),
        ({"workflow_name": "boil"}, "boil"),
        ({"status": "DELAYED"}, "delayed"),
        ({"state": "RUNNING"}, "running"),
        ({"queue_name": "default", "status": "RUNNING"}, "running"),
        ({"queue_name": "nowhere"}, ""),
        ({"workflow_ids": []}, ""),
    ],
)
def test_what_a_filter_means(calls, plant, filter, names):
    answers = send(calls, "STOP", filter, actor="anna")
    assert {a["workflow_id"] for a in answers} == {plant[name] for name in names.split()}
    assert {a["outcome"] for a in answers} <= {"accepted"}
    for name, workflow_id in plant.items():
        is_meant = name in names.split()
        assert (calls.get(workflow_id)["state"] in ("STOPPED", "STOPPING")) == is_meant
    log = calls.rows("select actor, reason from workflows.command_log")
    assert log == [("anna", "leak")] * len(names.split())


def test_ended_ones_are_meant_by_their_ids_only(calls, plant):
    send(calls, "STOP", {"all": True})
    assert len(send(calls, "STOP", {"all": True})) == 1, "the running one has not obeyed"
    ids = [plant["boil"], plant["line"]]
    answers = send(calls, "RESET", {"workflow_ids": ids})
    assert all(a["new_workflow_id"] for a in answers)


def test_one_answer_for_each_id(calls, plant):
    """Also for one that is not known, and one answer for an id that comes twice."""
    ids = [plant["boil"], NO_ID, plant["boil"], plant["line"]]
    answers = {a["workflow_id"]: a for a in send(calls, "HOLD", {"workflow_ids": ids})}
    assert len(answers) == 3
    assert (answers[NO_ID]["outcome"], answers[NO_ID]["code"]) == ("refused", "WF003")
    assert answers[NO_ID]["message"] == "unknown id: there is no workflow with this id"
    assert {calls.status(plant[name]) for name in ("boil", "line")} == {"HELD"}


def test_each_is_decided_for_itself(calls, plant):
    calls.command(plant["boil"], "HOLD")
    calls.command(plant["delayed"], "STOP")
    answers = send(calls, "HOLD", {"workflow_ids": list(plant.values())})
    assert [a["workflow_id"] for a in answers] == sorted(plant.values())
    outcomes = {a["workflow_id"]: a["outcome"] for a in answers}
    names = {name: outcomes[workflow_id] for name, workflow_id in plant.items()}
    assert names.pop("boil") == "already"
    assert names.pop("delayed") == "rejected"
    assert set(names.values()) == {"accepted"}


def test_a_queue_that_asks_for_a_reason_does_not_stop_the_others(calls, plant):
    calls.set_queue("line", requires_reason=True)
    answers = send(calls, "STOP", {"all": True}, reason=None)
    refusals = [a for a in answers if a["outcome"] == "refused"]
    assert [(a["workflow_id"], a["code"]) for a in refusals] == [(plant["line"], "WF002")]
    assert calls.status(plant["line"]) == "ENQUEUED"
    assert calls.status(plant["boil"]) == "STOPPED"


def test_a_request_id_of_many_is_carried_out_once(calls, plant):
    first = send(calls, "HOLD", {"all": True}, request_id="r")
    ids = [a["workflow_id"] for a in first]
    send(calls, "RESUME", {"workflow_ids": ids})
    assert send(calls, "HOLD", {"workflow_ids": ids}, request_id="r") == first
    assert calls.status(plant["boil"]) == "ENQUEUED"


@pytest.mark.parametrize(
    ("filter", "field"),
    [
        (None, "filter"),
        ("", "filter"),
        ("{", "filter"),
        ("[]", "filter"),
        ("7", "filter"),
        ({}, "filter"),
        ({"all": False}, "filter"),
        ({"all": 1}, "filter"),
        ({"all": None}, "filter"),
        ({"workflow_ids": "x"}, "filter"),
        ({"workflow_ids": None}, "filter"),
        ({"workflow_ids": ["x"]}, "filter"),
        ({"workflow_ids": [7]}, "filter"),
        ({"colour": "red"}, "colour"),
        ({"queue_name": None}, "queue_name"),
        ({"state": None, "all": True}, "state"),
        ({"status": ["RUNNING"]}, "status"),
        ({"workflow_name": 7}, "workflow_name"),
    ],
)
def test_bad_filters(calls, plant, filter, field):
    """A null is a script that has lost its value: it must not stop the whole plant."""
    with refused("WF002", field):
        send(calls, "STOP", filter)
    assert calls.value("select count(*) from workflows.command_log") == 0


@pytest.mark.parametrize("command", [None, "", "EXPLODE", "HOLD;"])
def test_bad_words(calls, plant, command):
    for call in (
        lambda: send(calls, command, {"all": True}),
        lambda: calls.command(plant["boil"], command),
    ):
        with refused("WF002", "command"):
            call()


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ("[]", "options"),
        ("{", "options"),
        ("7", "options"),
        ({"colour": 1}, "colour"),
        ({"actor": ""}, "actor"),
        ({"actor": "a\nb"}, "actor"),
        ({"request_id": "n" * 201}, "request_id"),
        ({"second_actor": None}, "second_actor"),
        ({"topic": ""}, "topic"),
        ({"valid_for_seconds": 0}, "valid_for_seconds"),
        ({"valid_for_seconds": -1}, "valid_for_seconds"),
        ({"valid_for_seconds": "5"}, "valid_for_seconds"),
        ({"valid_for_seconds": None}, "valid_for_seconds"),
        ({"valid_for_seconds": 1e300}, "valid_for_seconds"),
    ],
)
def test_bad_options(calls, plant, options, field):
    for function, target in (
        ("send_command", {"workflow_id": plant["boil"]}),
        ("send_commands", {"filter": {"all": True}}),
    ):
        with refused("WF002", field):
            calls.call(function, command="HOLD", reason="r", options=options, **target)
    assert calls.value("select count(*) from workflows.command_log") == 0


@pytest.mark.parametrize("reason", [None, "", "  "])
@pytest.mark.parametrize("command", ["HOLD", "STOP", "ABORT", "RESUME", "CANCEL"])
def test_a_queue_can_ask_for_a_reason(calls, plant, command, reason):
    calls.set_queue(requires_reason=True)
    with refused("WF002", "reason"):
        calls.command(plant["boil"], command, reason)
    assert calls.command(plant["boil"], command, "leak")["outcome"] in ("accepted", "rejected")


def test_cancel_and_reset_need_a_reason_too(calls, plant):
    calls.set_queue(requires_reason=True)
    with refused("WF002", "reason"):
        calls.call("cancel_workflow", workflow_id=plant["boil"])
    calls.call("cancel_workflow", workflow_id=plant["boil"], reason="leak")
    calls.command(plant["delayed"], "STOP", "leak")
    with refused("WF002", "reason"):
        calls.command(plant["delayed"], "RESET")


def test_maintenance_has_its_own_reason(calls, plant):
    calls.set_queue(requires_reason=True)
    calls.call("enter_maintenance", mode="cancel", queue_name="default")
    assert calls.status(plant["boil"]) == "CANCELLED"


def test_who_and_how_long_are_kept(calls, plant):
    options = {"actor": "anna", "second_actor": "ben", "topic": "cmd2", "valid_for_seconds": 60}
    answer = calls.command(plant["running"], "STOP", "leak", **options)
    kept = calls.rows(
        """select actor, second_actor, topic, expires_at > accepted_at
        from workflows.command where command_id = %s""",
        answer["command_id"],
    )
    assert kept == [("anna", "ben", "cmd2", True)]
