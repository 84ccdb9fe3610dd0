"""send, prompts, answer, events, stream."""

import json

import pytest

from tests.calls import Worker, calls

__all__ = ["calls"]
UNKNOWN = "018f0000-0000-7000-8000-000000000000"


@pytest.fixture
def claimed(calls):
    """A workflow that has published, and now waits for an answer."""
    worker = Worker(calls, ("fill",))
    calls.enqueue("fill")
    one = worker.claim_one()
    worker.record(one, "e", kind="event", ask={"key": "phase", "value": "begun"})
    worker.record(one, "p", kind="progress", ask={"value": {"message": "half", "extra": None}})
    form = [{"name": "kg", "type": "number", "required": True}]
    prompt = {"question": "Weight?", "form": form, "roles": ["qa"], "second_signature": True}
    worker.record(one, "q", kind="prompt", ask=prompt)
    return one


def test_send(run, answer, claimed):
    sent = answer("send", claimed["w"], '{"go": 1}', "--topic", "start")
    assert (sent["topic"], sent["deduplicated"]) == ("start", False)
    again = run("send", claimed["w"], '{"go": 1}', "--message-id", sent["message_id"])
    assert (again.exit_code, again.err.count("\n")) == (1, 1) and "message id" in again.err
    same = run(
        *("send", claimed["w"], '{"go": 1}', "--topic", "start"),
        *("--message-id", sent["message_id"]),
    )
    assert "was sent before" in same.out


def test_prompts_and_answer(run, answer, claimed):
    shown = run("prompts", "--role", "qa").out
    assert "Weight?" in shown and "fill" in shown
    [prompt] = answer("prompts")
    words = ["answer", prompt["prompt_id"], '{"kg": 5}', "--actor", "anna"]
    refused = run(*words)
    assert refused.exit_code == 1 and "qa" in refused.err and refused.err.count("\n") == 1
    words += ["--role", "qa", "--second-actor", "bert", "--second-role", "qa"]
    wrong = run("answer", prompt["prompt_id"], '{"kg": "5"}', *words[3:])
    assert wrong.exit_code == 2 and "answer.kg must be a number" in wrong.err
    assert "answered by anna" in run(*words).out
    late = run(*words, "--json")
    assert late.exit_code == 1
    assert json.loads(late.err)["error"]["detail"]["answered_by"] == "anna"
    assert run("prompts").out.strip() == "no such prompts"
    assert "anna" in run("prompts", "--closed").out


def test_events_and_stream(run, answer, claimed):
    events = answer("events", claimed["w"])
    assert [e["key"] for e in events] == ["phase", "phase.last_message"]
    assert "begun" in run("events", claimed["w"], "--key", "phase", "--history").out
    assert [e["offset"] for e in answer("stream", claimed["w"], "log")] == [0]
    assert "half" in run("stream", claimed["w"], "log").out
    assert run("stream", claimed["w"], "log", "--offset", "1").out.strip() == "no entries"


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        (("send", UNKNOWN, "5"), 1),
        (("send", "T-101", "5"), 2),
        (("send", UNKNOWN, "no json"), 2),
        (("answer", UNKNOWN, "5", "--actor", "anna"), 1),
        (("answer", UNKNOWN, "5"), 2),
        (("events", UNKNOWN), 1),
        (("stream", UNKNOWN, "log"), 1),
        (("stream", UNKNOWN, " "), 1),
    ],
)
def test_errors_are_one_line(run, words, exit_code):
    ran = run(*words)
    assert ran.exit_code == exit_code and ran.err.startswith("error: ")
    assert ran.err.count("\n") == 1
