"""The rules of workflows with handlers: their orders, and workers that begin, record and leave as an engine does."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model import ordering, working
from tests.model.book import Step, Workflow
from tests.model.draws import ERROR, PICK
from tests.model.people_rules import Machine

NAMES = st.sampled_from(["batch", "batch", "lift"])
ORDERS = st.sampled_from(["HOLD", "HOLD", "RESUME", "RESUME", "PAUSE", "STOP", "CANCEL", "ABORT"])
OPTIONS = st.sampled_from(
    [{}, {}, {"partition_key": "a"}, {"resources": ["mixer"]}, {"queue_name": "line"}]
)
SECONDS = st.sampled_from([None, None, None, 1])
WAYS = st.sampled_from(["work", "work", "fail", "suspend", "suspend"])


class HandlerMachine(Machine):
    """The whole contract, and handlers."""

    def with_handlers(self, *statuses: str) -> list[Workflow]:
        known = self.book.workflows.values()
        return [w for w in known if "handlers" in w.definition and w.status in statuses]

    @rule(pick=PICK, name=NAMES, options=OPTIONS, way=WAYS)
    def begin_work(self, pick: int, name: str, options: dict[str, Any], way: str) -> None:
        """It is at work, waits for its time, or for its next try."""
        self.enqueue_one(name, {}, options)
        self.claim(0, 4, 0, False)
        for w in self.with_handlers("RUNNING")[-1:]:
            if way != "work" and w.control is None:
                self.agree()
                outcome = {"outcome": "suspend", "k": "s1"}
                self.leave_with(
                    w, {"outcome": "error", "error": ERROR} if way == "fail" else outcome
                )

    @rule(pick=PICK, order=ORDERS, seconds=SECONDS)
    def order_one(self, pick: int, order: str, seconds: int | None) -> None:
        live = self.with_handlers("RUNNING", "ENQUEUED", "WAITING", "DELAYED", "HELD", "BLOCKED")
        if live:
            self.order(live[pick % len(live)], order, f"because {pick}", seconds)

    @rule(pick=PICK, start_now=st.integers(0, 1), prefetch=st.integers(0, 1))
    def claim_orders(self, pick: int, start_now: int, prefetch: int) -> None:
        """Also without room for anything else."""
        self.claim(pick, start_now, prefetch, False)

    @rule(pick=PICK, seconds=SECONDS, orders=st.lists(ORDERS, min_size=1, max_size=4))
    def order_and_obey(self, pick: int, seconds: int | None, orders: list[str]) -> None:
        """One after the other, each carried out before the next; the last perhaps not."""
        live = self.with_handlers("RUNNING", "WAITING", "DELAYED", "HELD")
        if live:
            w = live[pick % len(live)]
            for number, order in enumerate(orders):
                self.order(w, order, f"because {pick}", seconds)
                self.agree()
                if number < len(orders) - 1 or pick % 2:
                    self.carry_out(w, pick)

    @rule(pick=PICK)
    def obey(self, pick: int) -> None:
        ordered = [w for w in self.with_handlers("RUNNING", "ENQUEUED") if w.control]
        if ordered:
            self.carry_out(ordered[pick % len(ordered)], pick)

    def carry_out(self, w: Workflow, pick: int) -> None:
        """As an engine does; now and then it goes no further than a part of it."""
        if w.status == "ENQUEUED":
            self.claim(0, 1, 0, False)
            self.agree()
        if w.status != "RUNNING" or w.control is None:
            return
        word, number = w.control, w.handler
        if number is not None and pick % 5:
            self.say_that_it_begins(w)
        has_failed = number is not None and pick % 7 == 0
        if number is not None and pick % 11:
            self.record_handler(w, ordering.key_of(word, number), has_failed)
        if word != "resume":
            self.leave_with(w, {"outcome": ordering.LEAVES_WITH[word]}, has_failed)
        elif has_failed and w.control:
            self.leave_with(w, {"outcome": "held"}, has_failed)
        elif w.retry is not None:
            self.leave_with(w, {"outcome": "released"})

    def say_that_it_begins(self, w: Workflow) -> None:
        self.session.tick()
        head = {"n": 0, "w": w.id, "t": w.token, "kind": "handler", "k": "on_it"}
        [answer] = self.session.call(
            "record_steps", self.worker(0).id, [{**head, "ask": {"control": w.word}}]
        )
        assert answer == {"n": 0, "a": "begun", "c": w.word}, f"answered {answer}"
        w.order_expires = None
        self.agree()

    def record_handler(self, w: Workflow, key: str, has_failed: bool) -> None:
        now = self.session.tick()
        status = "ERROR" if has_failed else "SUCCESS"
        record: dict[str, Any] = {"n": 0, "w": w.id, "t": w.token, "k": key, "kind": "handler"}
        record |= {"status": status, "attempt": 1, "error": ERROR if has_failed else None}
        is_new = key not in w.steps
        if is_new:
            w.steps[key] = Step("handler", status, 1, None, None, now)
        if w.control == "resume" and not has_failed:
            w.control, w.handler, w.state = None, None, "RUNNING"
            w.answer_orders("obeyed")
        answers = self.session.call("record_steps", self.worker(0).id, [record])
        if is_new and w.word is None:
            assert answers is None, f"answered {answers}"
        else:
            assert answers[0].get("c") == w.word, f"answered {answers}, not {w.word}"
        self.agree()

    def leave_with(self, w: Workflow, asked: dict[str, Any], has_failed: bool = False) -> None:
        outcome = {"n": 0, "w": w.id, "t": w.token} | asked
        outcome |= {"error": ERROR} if has_failed else {}
        working.finish(self.book, w, outcome, self.session.tick())
        self.book.hand_over_woken()
        answer = self.session.call("finish_workflows", self.worker(0).id, [outcome])
        assert answer is None, f"answered {answer}"
        self.agree()
