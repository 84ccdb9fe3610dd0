"""Parents and children under orders, by the laws that hold at every rest: nobody waits for what has ended, an order
reaches every child that its policy means, and each child was started once. Chance draws who starts, waits, ends and
orders whom; then everything comes to rest, and everything comes to its end."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from exchange.workflows.settings import SCHEMA_VERSION
from tests.model.book import DEFINITIONS
from tests.model.running import assert_noticed, run_examples
from tests.model.session import Session
from tests.style.sources import ROOT

WORKER = "22222222-2222-4222-8222-000000000001"
PICK = st.integers(0, 1000)
ACTS = st.tuples(
    st.sampled_from(
        "enqueue claim claim start start start wait wait end end order order obey maintain".split()
    ),
    PICK,
    st.sampled_from(["follow", "cancel", "leave"]),
    st.sampled_from("HOLD HOLD RESUME RESUME STOP CANCEL ABORT PAUSE".split()),
)
OBEYED = {"hold": "held", "pause": "paused", "stop": "stopped", "cancel": "cancelled"}
ENDS = {"STOPPED", "CANCELLED", "ABORTED", "ERROR"}
CLEAN = "truncate workflows.child, workflows.child_order, workflows.wait, workflows.wake_call"
INTEGRITY = (ROOT / "tests" / "faults" / "integrity.sql").read_text(encoding="utf-8")
LIVE = "select workflow_id::text, status from workflows.workflow where ended_at is null order by 1"
# Who has ended otherwise than well, or is held, and a child that goes on although it should not.
DISOBEYED = """
select p.status, c.policy, w.status, w.workflow_id::text
from workflows.child c
join workflows.workflow p on p.workflow_id = c.parent_workflow_id
join workflows.workflow w on w.workflow_id = c.workflow_id
where w.ended_at is null and (
  p.status in ('STOPPED', 'CANCELLED', 'ABORTED', 'ERROR') and c.policy in ('follow', 'cancel')
  or p.status = 'HELD' and c.policy = 'follow' and w.status <> 'HELD')"""


class Machine(RuleBasedStateMachine):
    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        session.clean()
        session.clean_also(CLEAN)
        self.request_no = 0
        self.running: dict[str, str] = {}  # tokens
        self.started: dict[str, list[str]] = {}  # children
        self.waits: dict[str, dict[str, Any]] = {}
        self.steps = 0
        self.freed: set[str] = set()  # ordered by somebody, apart from their parents
        definition = {**DEFINITIONS["plain"], "workflow_name": "member"}
        asked = {
            "schema_version": SCHEMA_VERSION,
            "queues": ["default"],
            "definitions": [definition],
        }
        session.call("register_worker", WORKER, asked)

    def pick(self, pick: int, members: Any) -> str | None:
        members = sorted(members)
        return members[pick % len(members)] if members else None

    def record(self, w: str, key: str, kind: str, **ask: Any) -> Any:
        record = {"n": 0, "w": w, "t": self.running[w], "k": key, "kind": kind, "ask": ask}
        (answer,) = self.session.call("record_steps", WORKER, [{**record, "status": "SUCCESS"}])
        return answer

    def finish(self, w: str, outcome: str, **more: Any) -> None:
        whole = {"n": 0, "w": w, "t": self.running.pop(w), "outcome": outcome, **more}
        self.session.call("finish_workflows", WORKER, [whole])

    @initialize()
    def begin(self) -> None:
        self.enqueue()
        self.claim()

    @rule(acts=st.lists(ACTS, min_size=3, max_size=8))
    def some(self, acts: list[Any]) -> None:
        """Several at a time: most of what can go wrong takes several in a row."""
        for act, pick, policy, order in acts:
            if act == "start":
                self.start(pick, policy, 1 + pick % 3, pick % 4 == 0)
            elif act == "wait":
                self.wait(pick // 5, "all" if pick % 3 else "any", pick % 5 > 0)
            elif act == "end":
                self.end(pick // 3, "success" if pick % 3 else "error")
            elif act == "order":
                self.order(pick, order)
            else:
                getattr(self, act)()

    def enqueue(self) -> None:
        self.session.tick()
        self.session.call("enqueue", "member")

    def claim(self) -> None:
        self.session.tick()
        self.request_no += 1
        answer = self.session.call("claim_workflows", WORKER, 100, 0, self.request_no)
        self.running.update({one["w"]: one["t"] for one in answer["workflows"]})

    def start(self, pick: int, policy: str, count: int, is_resent: bool) -> None:
        w = self.pick(pick, set(self.running) - set(self.waits))
        if w is None or len(self.started) > 6:
            return
        self.session.tick()
        self.steps += 1
        ask = {"workflow_name": "member", "policy": policy, "inputs": [{}] * count}
        for _ in range(1 + is_resent):
            answer = self.record(w, f"start {self.steps}", "child", **ask)
            if answer["a"] == "WF001":
                return
            children = answer["output"]
        self.started.setdefault(w, []).extend(children)
        rows = "select count(*) from workflows.child where parent_workflow_id = %s"
        assert self.session.rows(rows, [w])[0][0] == len(self.started[w]), "once each"

    def wait(self, pick: int, mode: str, is_parked: bool) -> None:
        w = self.pick(pick, set(self.running) & set(self.started))
        if w is None:
            return
        self.session.tick()
        self.steps += 1
        children = self.started[w]
        ask = {"children": children, "mode": mode, "raise": False, "seconds": None}
        wait = self.waits.setdefault(w, {"key": f"wait {self.steps}", "ask": ask})
        answer = self.record(w, wait["key"], "await", **wait["ask"])
        if answer["a"] == "waiting":
            if is_parked:
                self.finish(w, "suspend", k=wait["key"])
        elif answer["a"] != "WF001":
            self.waits.pop(w)
            self.is_true(wait["ask"], answer["output"])

    def is_true(self, ask: dict[str, Any], output: Any) -> None:
        """What a parent was told of its children is what stands in the tables."""
        rows = self.session.rows("select workflow_id::text, status from workflows.workflow")
        status = dict(rows)
        if ask["mode"] == "any":
            assert status[output] in ENDS | {"SUCCESS"}
        else:
            told = {one["workflow_id"]: one["status"] for one in output}
            assert told == {w: status[w] for w in ask["children"]}

    def end(self, pick: int, outcome: str) -> None:
        w = self.pick(pick, set(self.running) - set(self.waits))
        if w is not None:
            self.session.tick()
            more = {"error": {"class": "ValueError", "message": "no"}} if outcome == "error" else {}
            self.finish(w, outcome, **more)

    def order(self, pick: int, order: str) -> None:
        """Rather to parents: what becomes of their children is the question."""
        self.session.tick()
        live = {w for w, _ in self.session.rows(LIVE)}
        w = self.pick(pick // 5, live & set(self.started) if pick % 5 else live)
        if w is not None:
            answer = self.session.call("send_command", w, order, "because", {})
            if answer["outcome"] == "accepted":
                self.freed.add(w)

    def obey(self) -> None:
        self.session.tick()
        held = [list(one) for one in self.running.items()]
        answer = self.session.call("renew_worker", WORKER, {"held": held})
        for w in answer.get("lost") or ():
            self.running.pop(w, None)
        for w, _, control in answer.get("controls") or ():
            if w in self.running and control in OBEYED:
                self.finish(w, OBEYED[control])

    def maintain(self) -> None:
        self.session.tick(1100)
        held = [list(one) for one in self.running.items()]
        answer = self.session.call("renew_worker", WORKER, {"held": held})
        for w in answer.get("lost") or ():
            self.running.pop(w, None)
        self.session.call("run_maintenance")

    def rest(self) -> None:
        """Every order has reached whom it means."""
        for _ in range(6):
            self.maintain()
            self.obey()
        assert not self.session.rows("select from workflows.child_order"), "an order is on its way"
        disobeyed = [one for one in self.session.rows(DISOBEYED) if one[3] not in self.freed]
        assert not disobeyed, disobeyed
        assert not self.session.rows(INTEGRITY)

    def teardown(self) -> None:
        self.rest()
        for _ in range(40):
            live = self.session.rows(LIVE)
            if not live:
                return
            for w, status in live:
                if status == "HELD":
                    self.session.call("send_command", w, "RESUME", None, {})
            self.maintain()
            self.obey()
            self.claim()
            for w in sorted(self.running):
                if w in self.waits:
                    self.wait(sorted(set(self.running) & set(self.started)).index(w), "all", True)
                else:
                    self.finish(w, "success")
        raise AssertionError(f"does not come to its end: {live}")


def run(session: Session, examples: int) -> None:
    run_examples(lambda: Machine(session), examples, 12)


@pytest.mark.timeout(300)
def test_families_come_to_rest_and_to_their_end(session: Session) -> None:
    run(session, 12)


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_families_come_to_rest_and_to_their_end_for_long(session: Session) -> None:
    run(session, 200)


# Scripts of rules that lead to a guard: chance does not lead everywhere in every run.


def park_and_end(machine: Machine) -> None:
    machine.start(0, "leave", 2, False)
    machine.wait(0, "all", True)
    machine.claim()
    machine.end(0, "success")
    machine.end(0, "error")


def end_before_it_is_parked(machine: Machine) -> None:
    machine.start(0, "leave", 1, False)
    machine.claim()
    (parent,) = machine.started
    machine.wait(0, "all", False)
    machine.finish(machine.started[parent][0], "success")
    machine.maintain()
    machine.finish(parent, "suspend", k=machine.waits[parent]["key"])


def hold_a_parent(machine: Machine) -> None:
    machine.start(0, "follow", 2, False)
    machine.order(1, "HOLD")


def fail_a_parent(machine: Machine) -> None:
    machine.start(0, "cancel", 1, False)
    machine.end(0, "error")


def start_again(machine: Machine) -> None:
    machine.start(0, "follow", 2, True)


CONTROLS: dict[str, tuple[Callable[[Machine], None], str, str, str]] = {
    "wake nobody": (park_and_end, "wake_parents", "if v_parents = '{}'", "if true"),
    "never see the last": (
        park_and_end,
        "have_children_ended",
        "return v_seen = cardinality(v_ids);",
        "return false;",
    ),
    "park without looking": (
        end_before_it_is_parked,
        "has_come",
        "when 'children' then workflows.have_children_ended(p_workflow_id)",
        "when 'children' then false",
    ),
    "give no order": (hold_a_parent, "take_child_orders", "if found then", "if false then"),
    "an error is no order": (
        fail_a_parent,
        "order_of_status",
        "when 'ERROR' then 'CANCEL'",
        "when 'ERROR' then null",
    ),
    "leave what cancel means": (
        fail_a_parent,
        "order_children",
        "c.policy = 'cancel' and",
        "c.policy = 'never' and",
    ),
}


def play(session: Session, script: Callable[[Machine], None]) -> None:
    machine = Machine(session)
    machine.begin()
    script(machine)
    machine.teardown()


@pytest.mark.parametrize("name", CONTROLS)
def test_a_guard_that_is_taken_out_is_noticed(session: Session, name: str) -> None:
    assert_noticed(session, play, CONTROLS[name])


def test_a_start_that_is_sent_again_starts_nobody(session: Session) -> None:
    play(session, start_again)
