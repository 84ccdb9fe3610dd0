"""The rules of those who enqueue and of operators."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model import people, working
from tests.model.book import Workflow
from tests.model.draws import BAD, INPUTS, NAMES, PICK, QUEUE_NAMES, options
from tests.model.node_rules import NodeRules

ORDERS = st.sampled_from(
    ["HOLD", "HOLD", "PAUSE", "RESUME", "RESUME", "STOP", "CANCEL", "ABORT", "RESET"]
)
ONE = st.tuples(NAMES, INPUTS, options())


class Machine(NodeRules):
    """The whole contract."""

    def asked(self, drawn: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Options as the model and as the function take them: start_before is a time."""
        known, sent = dict(drawn), dict(drawn)
        if "start_before" in drawn:
            known["start_before"] = self.session.now + drawn["start_before"]
            sent["start_before"] = datetime.fromtimestamp(
                known["start_before"] / 1000, UTC
            ).isoformat()
        return known, sent

    def accept(self, expected: Workflow | str, workflow_id: str) -> None:
        if isinstance(expected, str):
            assert workflow_id == expected, f"answered {workflow_id}, not {expected}"
            return
        assert expected.id in ("", workflow_id) and workflow_id not in self.book.workflows
        expected.id = workflow_id
        people.accept(self.book, expected)

    @rule(one=ONE)
    def enqueue(self, one: Any) -> None:
        self.enqueue_one(*one)

    def enqueue_one(self, name: str, inputs: Any, drawn: dict[str, Any]) -> None:
        now = self.session.tick()
        known, sent = self.asked(drawn)
        expected = people.enqueue(self.book, name, inputs, known, now)
        if expected is None or expected == people.REFUSED:
            self.refused(expected or "WF006", "enqueue", name, inputs, sent)
        else:
            self.accept(expected, self.session.call("enqueue", name, inputs, sent))

    @rule(batch=st.lists(ONE, min_size=1, max_size=4), poison=st.booleans())
    def enqueue_many(self, batch: list[Any], poison: bool) -> None:
        now = self.session.tick()
        ids = [drawn.get("workflow_id") for _, _, drawn in batch]
        if len(set(filter(None, ids))) < len(list(filter(None, ids))):
            return  # which of two with one id counts is promised, what becomes of its keys is not
        asked = [self.asked(drawn) for _, _, drawn in batch]
        items: list[Any] = [
            {"workflow_name": name, "inputs": inputs, "options": sent}
            for (name, inputs, _), (_, sent) in zip(batch, asked)
        ]
        items += [{"workflow_name": "plain", "options": {"priority": 500}}] if poison else []
        answers = self.session.call("enqueue_many", items)
        assert len(answers) == len(items)
        assert not poison or answers[-1]["error"]["field"] == "priority"
        refused: set[tuple[str, str]] = set()
        for (name, inputs, _), (known, _), answer in zip(batch, asked, answers):
            key = name, known.get("deduplication_id", "")
            if key in refused:
                assert "error" in answer, f"answered {answer} after the first was refused"
                continue
            expected = people.enqueue(self.book, name, inputs, known, now)
            if expected is None or expected == people.REFUSED:
                assert answer["error"]["code"] == (expected or "WF006"), f"answered {answer}"
                if expected and key[1]:
                    self.release(key)
                    refused.add(key)
                continue
            assert "error" not in answer, f"answered {answer}"
            assert answer["deduplicated"] == isinstance(expected, str), f"answered {answer}"
            self.accept(expected, answer["workflow_id"])

    def release(self, key: tuple[str, str]) -> None:
        """Who was refused keeps nothing: the key is free, or is his again whom it would have passed."""
        holder = self.book.workflows.get(self.book.dedup.get(key, ""))
        if holder and not holder.is_live:
            del self.book.dedup[key]

    @rule(bad=BAD, pick=PICK, order=st.sampled_from(["EXPLODE", "", None]))
    def ask_nonsense(self, bad: Any, pick: int, order: Any) -> None:
        self.session.tick()
        name, inputs, sent, code = bad
        self.refused(code, "enqueue", name, inputs, sent)
        self.refused("WF002", "send_command", "no id", "HOLD")
        w = self.any(pick)
        if w:
            self.refused("WF002", "send_command", w.id, order)

    @rule(pick=PICK, order=ORDERS, seconds=st.sampled_from([None, None, 1]))
    def command(self, pick: int, order: str, seconds: int | None) -> None:
        w = self.any(pick)
        if w:
            self.order(w, order, f"because {pick}", seconds)
        else:
            self.refused("WF003", "send_command", "33333333-3333-4333-8333-333333333333", order)

    @rule(pick=PICK)
    def reset(self, pick: int) -> None:
        w = self.any(pick, only=("STOPPED", "ABORTED", "ERROR"))
        if w:
            self.order(w, "RESET", f"because {pick}")

    def order(self, w: Workflow, order: str, reason: str, seconds: int | None = None) -> None:
        now = self.session.tick()
        options = {"actor": "ann"} | ({"valid_for_seconds": seconds} if seconds else {})
        new: Workflow | str | None = ""
        if order == "RESET" and people.decide(w, order) == "accepted":
            new = people.enqueue(self.book, w.name, w.inputs, people.repeated(w), now)
            if new is None or new == people.REFUSED:
                self.refused(new or "WF006", "send_command", w.id, order, reason, options)
                return
        outcome = people.command(self.book, w, order, reason, now, seconds)
        answer = self.session.call("send_command", w.id, order, reason, options)
        assert answer["outcome"] == outcome, f"{order} answered {answer}, not {outcome}"
        assert (answer["status"], answer["state"]) == (w.status, w.state), f"answered {answer}"
        if new:
            self.accept(new, answer["new_workflow_id"])

    @rule(pick=PICK)
    def retry(self, pick: int) -> None:
        w = self.any(pick, only=("ERROR", "CANCELLED", "STOPPED")) or self.any(pick)
        if w:
            self.retry_one(w)

    def retry_one(self, w: Workflow) -> None:
        now = self.session.tick()
        outcome = people.retry(self.book, w, now)
        if outcome == "accepted":
            self.laws.retried.add(w.id)
            assert self.session.call("retry_workflow", w.id)["outcome"] == "accepted"
        else:
            self.refused(outcome, "retry_workflow", w.id)

    def any(self, pick: int, only: tuple[str, ...] = ()) -> Workflow | None:
        known = [w for w in self.book.workflows.values() if not only or w.status in only]
        return known[pick % len(known)] if known else None

    @rule(pick=PICK)
    def be_passed_by(self, pick: int) -> None:
        """One is held, thousands pass it in its lane, then it comes back to its place."""
        waiting = [w for w in self.book.status("ENQUEUED") if w.kind == "new" and w.state == "IDLE"]
        if waiting:
            w = waiting[pick % len(waiting)]
            self.order(w, "HOLD", "be passed")
            self.session.skip_sequence(6000)
            self.enqueue_one(w.name, {}, {"queue_name": w.queue, "priority": w.priority})
            self.claim(0, 4, 0, False)
            self.order(w, "RESUME", "come back")

    @rule(pick=PICK, name=st.sampled_from(["plain", "trying"]))
    def be_held_a_while(self, pick: int, name: str) -> None:
        """One that waits for its time is held and resumed; its deadline moves by the time it was held."""
        self.enqueue_one(name, {}, {"timeout_seconds": 5})
        self.claim(0, 4, 0, False)
        for w in self.book.status("RUNNING"):
            outcome = {"n": 0, "w": w.id, "t": w.token, "outcome": "suspend", "k": "s1"}
            working.finish(self.book, w, outcome, self.session.tick())
            self.book.hand_over_woken()
            assert self.session.call("finish_workflows", self.worker(0).id, [outcome]) is None
            break
        waiting = self.book.status("WAITING") + self.book.status("DELAYED")
        if waiting:
            self.agree()
            w = waiting[pick % len(waiting)]
            self.order(w, "HOLD", "a while")
            self.session.tick(600)
            self.order(w, "RESUME", "go on")

    @rule(queue=QUEUE_NAMES, is_paused=st.sampled_from([False, False, True]))
    def switch(self, queue: str, is_paused: bool) -> None:
        self.session.tick()
        self.session.call("pause_queue" if is_paused else "resume_queue", queue)
        self.book.queues[queue].is_paused = is_paused

    def read(self, w: Workflow) -> None:
        answer = self.session.call("get_workflow", w.id)
        found = answer["status"], answer["state"], answer["attempt"]
        assert found == (w.status, w.state, w.attempt), f"get_workflow answers {answer}"
        steps = {s["step_key"]: s["status"] for s in self.session.call("list_steps", w.id)}
        assert steps == {k: s.status for k, s in w.steps.items()}, f"list_steps answers {steps}"

    def teardown(self) -> None:
        """What is read one by one, and what screens count, is what the model has."""
        query = (
            "select queue_name, enqueued, delayed, blocked, running, waiting, held, dead_letters"
        )
        if self.agreed_at != self.session.calls:
            return  # a rule has failed: that is what must be reported
        for w in self.book.workflows.values():
            self.read(w)
        rows = self.session.rows(query + " from workflows.queue_depth")
        order = ("ENQUEUED", "DELAYED", "BLOCKED", "RUNNING", "WAITING", "HELD", "ERROR")
        for name, *counts in rows:
            expected = [sum(w.queue == name for w in self.book.status(s)) for s in order]
            assert (
                name not in self.book.queues or counts == expected
            ), f"{name}: {counts}, not {expected}"
