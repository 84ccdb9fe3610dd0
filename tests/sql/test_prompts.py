"""Prompts: asked once, answered once, by whom, and what becomes of those that nobody answers."""

import json

import pytest

from tests.calls import refused

UNKNOWN = "018f0000-0000-7000-8000-000000000000"
FORM = [
    {"name": "kg", "type": "number", "required": True, "min": 0, "max": 10.5},
    {"name": "bags", "type": "integer", "min": 1},
    {"name": "note", "type": "text", "min": 2, "max": 5},
    {"name": "clean", "type": "boolean"},
    {"name": "grade", "type": "choice", "choices": ["A", "B", 3]},
]


@pytest.fixture
def ask(calls, worker, claimed):
    """ask(question="...", ...): the prompt's id; the workflow waits for it."""

    def open_prompt(key="prompt", **more):
        prompt = {"question": "Is the valve closed?", "second_signature": False, **more}
        assert worker.record(claimed, key, kind="prompt", ask=prompt)["a"] == "waiting"
        assert worker.finish(claimed, "suspend", k=key) == "ok"
        return calls.value("select prompt_id::text from workflows.prompt where status = 'OPEN'")

    return open_prompt


@pytest.fixture
def answer(calls):
    """answer(prompt_id, value, **options); the actor is anna unless said."""

    def give(prompt_id, value=True, **options):
        options = {"actor": "anna", **options}
        text = value if isinstance(value, str) else json.dumps(value)
        return calls.call("answer_prompt", prompt_id=prompt_id, answer=text, options=options)

    return give


@pytest.fixture
def listed(calls):
    return lambda **filters: [p["prompt_id"] for p in calls.call("list_prompts", filter=filters)]


def see(worker, key="prompt"):
    """What the workflow gets when it comes back."""
    return worker.record(worker.claim_one(), key, kind="prompt", ask={})


def test_an_answer_goes_to_the_workflow_and_is_audited(calls, worker, claimed, ask, answer, listed):
    prompt_id = ask()
    assert calls.status(claimed["w"]) == "WAITING" and listed() == [prompt_id]
    given = answer(prompt_id, {"closed": True}, reason="looked at it", request_id="r1")
    assert (given["outcome"], given["answered_by"]) == ("accepted", "anna")
    assert answer(prompt_id, {"closed": True}, request_id="r1") == given
    again = see(worker)
    assert (again["a"], again["output"]) == ("replayed", {"closed": True})
    assert listed() == [] and listed(is_open=False) == [prompt_id]
    query = """select event, actor, reason, detail::json ->> 'prompt_id'
      from workflows.audit where event like 'prompt%%'"""
    assert calls.rows(query) == [("prompt answered", "anna", "looked at it", prompt_id)]


def test_a_second_answer_is_told_who_was_first(ask, answer):
    prompt_id = ask()
    answer(prompt_id)
    with refused("WF009") as detail:
        answer(prompt_id, False, actor="bert")
    assert (detail["status"], detail["answered_by"]) == ("ANSWERED", "anna")
    assert detail["answered_at"]


def test_a_record_sent_again_asks_once(calls, worker, claimed):
    for _ in range(2):
        prompt = {"question": "?", "second_signature": False}
        assert worker.record(claimed, "prompt", kind="prompt", ask=prompt)["due_ms"] is None
    assert calls.value("select count(*) from workflows.prompt") == 1


@pytest.mark.parametrize("is_held", [False, True])
def test_an_answer_before_it_is_parked_is_seen(calls, worker, claimed, answer, is_held):
    prompt = {"question": "?", "second_signature": False}
    worker.record(claimed, "prompt", kind="prompt", ask=prompt)
    answer(calls.value("select prompt_id::text from workflows.prompt"), 7)
    if is_held:
        calls.command(claimed["w"], "HOLD")
    worker.finish(claimed, "suspend", k="prompt")
    if is_held:
        assert calls.status(claimed["w"]) == "HELD"
        calls.command(claimed["w"], "RESUME")
    assert see(worker)["output"] == 7


@pytest.mark.parametrize("default", [None, {"closed": False}])
def test_past_its_time(calls, worker, claimed, ask, answer, clock, listed, default):
    prompt_id = ask(seconds=60, default=default)
    clock.advance(61)
    worker.renew()
    assert listed() == []
    with refused("WF009") as detail:
        answer(prompt_id)
    assert detail["status"] == "EXPIRED"
    calls.maintain()
    got = see(worker)
    if default is None:
        assert (got["status"], got["error"]["class"]) == ("ERROR", "TimedOut")
    else:
        assert (got["status"], got["output"]) == ("SUCCESS", default)
    assert calls.value("select status from workflows.prompt") == "EXPIRED"


@pytest.mark.parametrize("end", ["STOP", "fail", "success"])
def test_a_workflow_that_ends_withdraws_its_prompts(calls, worker, claimed, answer, listed, end):
    prompt = {"question": "?", "second_signature": False}
    worker.record(claimed, "prompt", kind="prompt", ask=prompt)
    prompt_id = calls.value("select prompt_id::text from workflows.prompt")
    if end == "STOP":
        worker.finish(claimed, "suspend", k="prompt")
        calls.command(claimed["w"], "STOP")
    elif end == "fail":
        worker.fail(claimed)
    else:
        worker.finish(claimed)
    assert calls.value("select status from workflows.prompt") == "WITHDRAWN"
    assert listed() == [] and calls.rows("select from workflows.open_prompt") == []
    with refused("WF009") as detail:
        answer(prompt_id)
    assert detail["status"] == "WITHDRAWN"
    if end == "STOP":
        calls.retry(claimed["w"])
        again = worker.claim_one()
        assert worker.record(again, "prompt", kind="prompt", ask=prompt)["a"] == "waiting"
        assert len(listed()) == 1 and listed() != [prompt_id]


def test_only_the_roles_that_are_asked(ask, answer, listed):
    prompt_id = ask(roles=["shift lead", "engineer"])
    for roles in ({}, {"roles": []}, {"roles": ["operator"]}):
        with refused("WF009", "roles") as detail:
            answer(prompt_id, **roles)
        assert detail["roles"] == ["shift lead", "engineer"]
    assert listed(role="operator") == [] and listed(role="engineer") == [prompt_id]
    answer(prompt_id, roles=["operator", "engineer"])


def test_a_second_signature_of_another_person(calls, ask, answer):
    prompt_id = ask(second_signature=True, roles=["qa"])
    with refused("WF002", "second_actor"):
        answer(prompt_id, roles=["qa"])
    with refused("WF002", "second_actor"):
        answer(prompt_id, roles=["qa"], second_actor="Anna", second_roles=["qa"])
    with refused("WF009", "second_roles"):
        answer(prompt_id, roles=["qa"], second_actor="bert", second_roles=["operator"])
    answer(prompt_id, roles=["qa"], second_actor="bert", second_roles=["qa"])
    assert calls.rows("select answered_by, second_actor from workflows.prompt") == [
        ("anna", "bert")
    ]


WRONG = [
    ({}, ["answer.kg is required"]),
    ({"kg": None}, ["answer.kg is required"]),
    (5, ["answer must be an object: one value for each field of the form"]),
    ({"kg": "5"}, ["answer.kg must be a number"]),
    ({"kg": -1}, ["answer.kg must be at least 0"]),
    ({"kg": 10.6}, ["answer.kg must be at most 10.5"]),
    ({"kg": 1, "bags": 1.5}, ["answer.bags must be a whole number"]),
    ({"kg": 1, "bags": 0}, ["answer.bags must be at least 1"]),
    ({"kg": 1, "note": "x"}, ["answer.note must have at least 2 characters"]),
    ({"kg": 1, "note": "xxxxxx"}, ["answer.note must have at most 5 characters"]),
    ({"kg": 1, "note": 5}, ["answer.note must be a text"]),
    ({"kg": 1, "clean": "yes"}, ["answer.clean must be true or false"]),
    ({"kg": 1, "grade": "C"}, ["answer.grade must be one of A, B, 3"]),
    ({"kg": 1, "lid": 1}, ["answer.lid is not a field of the form"]),
    (
        {"kg": 11, "clean": 1, "lid": 1},
        [
            "answer.kg must be at most 10.5",
            "answer.clean must be true or false",
            "answer.lid is not a field of the form",
        ],
    ),
]


@pytest.mark.parametrize(("value", "problems"), WRONG)
def test_all_errors_at_once(calls, ask, answer, value, problems):
    prompt_id = ask(form=FORM)
    with refused("WF002", "answer") as detail:
        answer(prompt_id, value)
    assert [f"{e['path']} {e['problem']}" for e in detail["errors"]] == problems
    assert calls.value("select status from workflows.prompt") == "OPEN"


@pytest.mark.parametrize(
    "value", [{"kg": 0}, {"kg": 10.5, "bags": 2, "note": "okay", "clean": False, "grade": 3}]
)
def test_what_fits_the_form(ask, answer, value):
    assert answer(ask(form=FORM), value)["outcome"] == "accepted"


BAD = [
    ({"prompt_id": UNKNOWN}, "WF003", None),
    ({"prompt_id": None}, "WF003", None),
    ({"prompt_id": "x"}, "WF002", "prompt_id"),
    ({"answer": None}, "WF002", "answer"),
    ({"answer": '"\\u0000"'}, "WF002", "answer"),
    ({"answer": "[" * 65 + "]" * 65}, "WF002", "answer"),
    ({"answer": '"' + "x" * 1048576 + '"'}, "WF002", "answer"),
    ({"options": "{}"}, "WF002", "actor"),
    ({"options": '{"actor": " "}'}, "WF002", "actor"),
    ({"options": '{"actor": "a", "colour": 1}'}, "WF002", "colour"),
    ({"options": '{"actor": "a", "roles": "qa"}'}, "WF002", "roles"),
    ({"options": '{"actor": "a", "second_roles": [1]}'}, "WF002", "second_roles"),
    ({"options": '{"actor": ["a"]}'}, "WF002", "actor"),
    ({"options": "["}, "WF002", "options"),
]


@pytest.mark.parametrize(("given", "code", "field"), BAD)
def test_bad_input(calls, ask, given, code, field):
    arguments = {"prompt_id": ask(), "answer": "5", "options": '{"actor": "anna"}', **given}
    with refused(code, field):
        calls.call("answer_prompt", **arguments)
    assert calls.value("select status from workflows.prompt") == "OPEN"


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ('{"colour": 1}', "colour"),
        ('{"limit": 0}', "limit"),
        ('{"is_open": "yes"}', "is_open"),
        ('{"workflow_id": "x"}', "workflow_id"),
        ('{"prompt_id": "x"}', "prompt_id"),
        ("5", "filter"),
    ],
)
def test_bad_filters(calls, filters, field):
    with refused("WF002", field):
        calls.call("list_prompts", filter=filters)


def test_every_filter(calls, ask, claimed, listed):
    prompt_id = ask()
    for fits, other in (
        ({"workflow_id": claimed["w"]}, {"workflow_id": UNKNOWN}),
        ({"prompt_id": prompt_id}, {"prompt_id": UNKNOWN}),
        ({"workflow_name": "mix"}, {"workflow_name": "other"}),
        ({"queue_name": "default"}, {"queue_name": "other"}),
    ):
        assert (listed(**fits), listed(**other)) == ([prompt_id], [])
    [prompt] = calls.call("list_prompts")
    assert prompt["question"] == "Is the valve closed?" and prompt["form"] is None


def attention(calls):
    query = (
        "select kind, workflow_id, what, what_to_do from workflows.attention_needed order by kind"
    )
    return calls.rows(query)


def test_attention_needed(calls, make_worker, ask, claimed):
    prompt_id = ask()
    held = calls.enqueue("mix")
    calls.command(held, "HOLD", reason="valve is serviced")
    calls.enqueue("fails")
    failing = make_worker("fails")
    failed = failing.claim_one()
    failing.fail(failed)
    calls.enqueue("doubt")
    calls.enqueue("doubt")
    lost = make_worker("doubt", on_worker_lost="hold")
    between, within = lost.claim_one(), lost.claim_one()
    lost.record(between, "open valve", output=1)
    lost.record(within, "open valve", output=1)
    lost.record(within, "close valve", status="RUNNING")
    calls.run(
        "update workflows.worker set lost_at = now() where worker_id = %s::uuid", lost.worker_id
    )
    calls.run("update workflows.maintenance set last_turn_at = now() - interval '2 seconds'")
    calls.maintain()
    rows = attention(calls)
    found = {kind: (workflow_id, what, advice) for kind, workflow_id, what, advice in rows}
    assert found["prompt"] == (claimed["w"], "Is the valve closed?", f"answer prompt {prompt_id}")
    assert found["held"][:2] == (held, "held: valve is serviced")
    assert found["dead letter"][:2] == (failed["w"], "ended in ERROR: ValueError: pump")
    assert {(row[1], row[2]) for row in rows if row[0] == "step in doubt"} == {
        (between["w"], "its worker was lost after step open valve"),
        (within["w"], "its worker was lost in step close valve"),
    }
    assert len(rows) == 5
