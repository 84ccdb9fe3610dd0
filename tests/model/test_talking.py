"""Messages, prompts, events and streams against a model in plain Python: what came is received once, by whoever asks
for it first, and nobody waits for what is there (D14; SQL.md's finding on lost wake-ups)."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from exchange.workflows.settings import SCHEMA_VERSION
from tests.model.book import DEFINITIONS
from tests.model.running import assert_noticed, run_examples
from tests.model.session import Refusal, Session
from tests.model.talking import (
    CLEAN,
    ENDED,
    Message,
    Talk,
    Talker,
    dumped,
    nothing_outlives_its_workflow,
)

WORKER = "22222222-2222-4222-8222-000000000001"
MESSAGE_IDS = [f"33333333-3333-4333-8333-{n:012d}" for n in range(50)]
FORGED = "11111111-1111-4111-8111-111111111111"
TOPICS = st.sampled_from(["cmd", "order"])
PICK = st.integers(0, 1000)
ACTS = st.sampled_from(
    "receive receive receive prompt publish record_again suspend suspend finish".split()
)
VALUES = st.sampled_from([1, "a", {"deep": [None]}, None])


class Machine(RuleBasedStateMachine):
    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        session.clean()
        session.clean_also(CLEAN)
        self.talk = Talk()
        self.request_no = 0
        definition = {**DEFINITIONS["plain"], "workflow_name": "talks"}
        asked = {
            "schema_version": SCHEMA_VERSION,
            "queues": ["default"],
            "definitions": [definition],
        }
        session.call("register_worker", WORKER, asked)

    def of(self, pick: int, *statuses: str) -> Talker | None:
        fitting = [t for t in self.talk.talkers.values() if t.status in statuses]
        return fitting[pick % len(fitting)] if fitting else None

    def record(self, t: Talker, step_key: str, token: str, kind: str, **ask: Any) -> Any:
        whole = {"n": 0, "w": t.id, "t": token, "k": step_key, "kind": kind, "ask": ask}
        return self.session.call("record_steps", WORKER, [{**whole, "status": "SUCCESS"}])[0]

    def refused(self, code: str, function: str, *arguments: Any) -> None:
        with pytest.raises(Refusal) as refusal:
            self.session.call(function, *arguments)
        assert refusal.value.code == code

    # Clients

    def enqueue(self) -> None:
        """There are always two to talk to."""
        while len([t for t in self.talk.talkers.values() if t.status not in ENDED]) < 2:
            workflow_id = self.session.call("enqueue", "talks")
            self.talk.talkers[workflow_id] = Talker(workflow_id)

    @rule(pick=PICK, topic=TOPICS, body=VALUES, message_id=st.sampled_from(MESSAGE_IDS))
    def send(self, pick: int, topic: str, body: Any, message_id: str) -> None:
        self.session.tick()
        live = ("ENQUEUED", "RUNNING", "WAITING", "HELD")
        t = self.of(pick // 10, *(ENDED if pick % 10 == 9 else live))
        if t is None:
            return
        arguments = (t.id, {"b": body}, {"topic": topic, "message_id": message_id})
        sent = [m for m in self.talk.messages if m.id == message_id]
        if sent and (sent[0].to, sent[0].topic, sent[0].body) != (t.id, topic, {"b": body}):
            self.refused("WF006", "send_message", *arguments)
        elif not sent and t.status in ENDED:
            self.refused("WF009", "send_message", *arguments)
        else:
            answer = self.session.call("send_message", *arguments)
            assert answer["deduplicated"] is bool(sent)
            if not sent:
                self.talk.messages.append(Message(message_id, t.id, topic, {"b": body}))
                self.talk.calls.append((t.id, topic))

    @rule(pick=PICK, is_late=st.booleans())
    def answer(self, pick: int, is_late: bool) -> None:
        now = self.session.tick()
        asking = [t for t in self.talk.talkers.values() if t.prompts]
        asking = [t for t in asking if t.open_prompt() and pick % 10 < 8] or asking
        if not asking:
            return
        t = asking[pick // 10 % len(asking)]
        query = (
            "select prompt_id::text from workflows.prompt where workflow_id = %s and step_key = %s"
        )
        prompt = t.prompts[-1] if not is_late else t.prompts[0]
        (prompt_id,) = self.session.rows(query, (t.id, prompt[0]))[0]
        due = t.wait.due if t.wait and prompt[1] == "OPEN" else None
        if prompt[1] != "OPEN" or due is not None and due <= now:
            self.refused("WF009", "answer_prompt", prompt_id, "true", {"actor": "bernd"})
        else:
            self.session.call("answer_prompt", prompt_id, "true", {"actor": "anna"})
            prompt[1:] = ["ANSWERED", "anna"]
            self.talk.calls.append((t.id, "prompt"))

    @rule(pick=PICK)
    def command(self, pick: int) -> None:
        self.session.tick()
        t = self.of(pick, "WAITING", "HELD")
        if t is None:
            return
        self.session.call("send_command", t.id, "HOLD" if t.status == "WAITING" else "RESUME")
        if t.status == "HELD":
            t.status = t.resumes
        else:
            t.status, t.resumes = "HELD", "WAITING"

    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        """Seldom one that waits for a message, so that talks go on; rather one that asks somebody."""
        t = self.of(pick // 12, "WAITING", "HELD")
        if t is not None and (pick % 12 == 0 or t.open_prompt() and pick % 3 == 0):
            self.session.tick()
            assert self.session.call("cancel_workflow", t.id)["status"] == "CANCELLED"
            self.talk.end(t, "CANCELLED")

    # Workers

    @initialize()
    def begin(self) -> None:
        self.claim()

    @rule()
    def claim(self) -> None:
        self.session.tick()
        self.enqueue()
        self.talk.take_calls()
        self.request_no += 1
        answer = self.session.call("claim_workflows", WORKER, 100, 0, self.request_no)
        claimed = {one["w"]: one for one in answer["workflows"]}
        assert set(claimed) == {t.id for t in self.talk.talkers.values() if t.status == "ENQUEUED"}
        for workflow_id, one in claimed.items():
            t = self.talk.talkers[workflow_id]
            t.status, t.token = "RUNNING", one["t"]
            replayed = {
                s["k"]: s["output"] for s in one.get("steps") or () if s["status"] != "WAITING"
            }
            assert replayed == t.recorded

    @rule(acts=st.lists(st.tuples(ACTS, PICK, TOPICS, VALUES), min_size=1, max_size=3))
    def work(self, acts: list[Any]) -> None:
        """Some at a time: most of what can go wrong takes several in a row."""
        for act, pick, topic, value in acts:
            t = self.of(pick, "RUNNING")
            if t is not None:
                getattr(self, act)(t, pick, topic, value, self.session.tick())

    def receive(self, t: Talker, pick: int, topic: str, value: Any, now: int) -> None:
        if t.wait is not None and t.wait.kind != "receive":
            return
        topic, seconds = t.wait.topic if t.wait else topic, (0, 1, 3)[pick % 3]
        answer = self.record(t, t.key, t.token, "receive", topic=topic, seconds=seconds)
        self.agree_on(answer, *self.talk.receive(t, topic, seconds, now))

    def prompt(self, t: Talker, pick: int, topic: str, value: Any, now: int) -> None:
        if t.wait is not None and t.wait.kind != "prompt":
            return
        seconds = (None, 2)[pick % 2]
        asked = {"question": "?", "second_signature": False, "default": "default"}
        answer = self.record(t, t.key, t.token, "prompt", seconds=seconds, **asked)
        self.agree_on(answer, *self.talk.prompt(t, seconds, now))

    def agree_on(self, answer: dict[str, Any], is_over: bool, value: Any) -> None:
        assert answer["a"] == ("replayed" if is_over else "waiting"), answer
        assert answer["output"] == value

    def publish(self, t: Talker, pick: int, topic: str, value: Any, now: int) -> None:
        if t.wait is not None:
            return
        kind = ("event", "stream")[pick % 2]
        answer = self.record(t, t.key, t.token, kind, key="k", value=value)
        (t.events if kind == "event" else t.stream).append(value)
        self.agree_on(
            answer, True, self.talk.over(t, None if kind == "event" else len(t.stream) - 1)
        )

    def record_again(self, t: Talker, pick: int, topic: str, value: Any, now: int) -> None:
        """A step that is recorded answers what stands, and does nothing a second time."""
        if not t.recorded:
            return
        kind, key = ("receive", "event", "stream")[pick % 3], f"s{pick // 3 % t.step}"
        answer = self.record(t, key, t.token, kind, topic="cmd", key="k", value=9, seconds=0)
        assert answer["a"] == "WF007" or (answer["a"], answer["output"]) == (
            "replayed",
            t.recorded[key],
        )

    @rule(pick=PICK, kind=st.sampled_from(["receive", "event", "stream", "prompt"]))
    def record_stale(self, pick: int, kind: str) -> None:
        self.session.tick()
        t = self.of(pick // 10, *(ENDED if pick % 10 == 9 else ("RUNNING", "WAITING", "HELD")))
        if t is not None:
            token = t.token if t.status != "RUNNING" and t.token else FORGED
            answer = self.record(t, t.key, token, kind, topic="cmd", key="k", value=9, question="?")
            assert answer["a"] == "WF001"

    def suspend(self, t: Talker, pick: int, topic: str, value: Any, now: int) -> None:
        if t.wait is not None:
            outcome = {"n": 0, "w": t.id, "t": t.token, "outcome": "suspend", "k": t.key}
            assert self.session.call("finish_workflows", WORKER, [outcome]) is None
            self.talk.suspend(t, now)

    def finish(self, t: Talker, pick: int, topic: str, value: Any, now: int) -> None:
        if pick % 4 == 0 or pick % 4 == 2 and t.open_prompt():
            outcome = {"n": 0, "w": t.id, "t": t.token, "outcome": "success"}
            assert self.session.call("finish_workflows", WORKER, [outcome]) is None
            self.talk.end(t)

    @rule(milliseconds=st.sampled_from([10, 700, 1500]))
    def pass_time(self, milliseconds: int) -> None:
        now = self.session.tick(milliseconds)
        held = [[t.id, t.token] for t in self.talk.talkers.values() if t.status == "RUNNING"]
        assert self.session.call("renew_worker", WORKER, {"held": held})["lost"] == []
        self.session.call("run_maintenance")
        self.talk.release_due(now)
        self.talk.take_calls()

    @invariant()
    def agree(self) -> None:
        expected, found = self.talk.expected(), dumped(self.session)
        nothing_outlives_its_workflow(found)
        for table in expected:
            assert found[table] == expected[table], table


def run(session: Session, examples: int) -> None:
    run_examples(lambda: Machine(session), examples, 50)


def test_what_is_said_is_what_the_model_says(session: Session) -> None:
    run(session, 20)


@pytest.mark.proof
def test_what_is_said_is_what_the_model_says_for_long(session: Session) -> None:
    run(session, 150)


# Scripts of rules that lead to a guard: chance does not lead everywhere in every run.


def take_what_came(machine: Machine) -> None:
    machine.send(0, "cmd", 1, MESSAGE_IDS[0])
    machine.send(0, "cmd", 2, MESSAGE_IDS[1])
    machine.work([("receive", 2, "cmd", None)])


def send_before_it_is_parked(machine: Machine) -> None:
    machine.work([("receive", 2, "cmd", None)])
    machine.send(0, "cmd", 1, MESSAGE_IDS[0])
    machine.work([("suspend", 0, "cmd", None)])


def send_to_who_waits(machine: Machine) -> None:
    machine.work([("receive", 2, "cmd", None), ("suspend", 0, "cmd", None)])
    machine.send(0, "cmd", 1, MESSAGE_IDS[0])
    machine.pass_time(10)


def answer_twice(machine: Machine) -> None:
    machine.work([("prompt", 0, "cmd", None)])
    machine.answer(0, False)
    machine.answer(0, False)


def send_one_id_twice(machine: Machine) -> None:
    machine.send(0, "cmd", 1, MESSAGE_IDS[0])
    machine.send(0, "cmd", 2, MESSAGE_IDS[0])


def ask_and_finish(machine: Machine) -> None:
    machine.work([("prompt", 0, "cmd", None), ("finish", 0, "cmd", None)])


def ask_and_be_cancelled(machine: Machine) -> None:
    machine.work([("prompt", 0, "cmd", None), ("suspend", 0, "cmd", None)])
    machine.cancel(0)


CONTROLS: dict[str, tuple[Callable[[Machine], None], str, str, str]] = {
    "receive without taking": (
        take_what_came,
        "receive_message",
        "received_at = p_now,",
        "received_at = null,",
    ),
    "the newest first": (
        take_what_came,
        "receive_message",
        "order by n.message_no limit",
        "order by n.message_no desc limit",
    ),
    "park without looking": (
        send_before_it_is_parked,
        "look_again",
        "or not workflows.has_come",
        "or true or not workflows.has_come",
    ),
    "forget who was called": (
        send_to_who_waits,
        "take_wake_calls",
        "'WAITING' in (p.status, p.resume_status)",
        "false",
    ),
    "answer twice": (
        answer_twice,
        "refuse_closed_prompt",
        "v_status = 'OPEN'",
        "v_status in ('OPEN', 'ANSWERED')",
    ),
    "one message id, two messages": (
        send_one_id_twice,
        "insert_message",
        "p_body) then 'duplicate'",
        "p_body) or true then 'duplicate'",
    ),
    "leave prompts open": (ask_and_finish, "end_waits", "p.status = 'OPEN' for", "false for"),
    "go on waiting after success": (
        ask_and_finish,
        "finish_workflows",
        "exists (select from workflows.wait)",
        "false",
    ),
    "go on waiting after another end": (
        ask_and_be_cancelled,
        "settle_workflow",
        "perform workflows.end_waits(array[p_workflow_id], p_now);",
        "",
    ),
}
NOTICED = (AssertionError, Refusal, pytest.fail.Exception)


def play(session: Session, script: Callable[[Machine], None]) -> None:
    machine = Machine(session)
    machine.begin()
    script(machine)
    machine.agree()


@pytest.mark.parametrize("name", CONTROLS)
def test_a_guard_that_is_taken_out_is_noticed(session: Session, name: str) -> None:
    assert_noticed(session, play, CONTROLS[name], NOTICED)
