"""The rules of workers: each draws a call, asks the model what it should do, makes it, compares."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model import working
from tests.model.book import Worker, Workflow
from tests.model.draws import IS_STALE, OUTCOMES, PICK, QUEUE_NAMES, RECORDS
from tests.model.stage import Stage


class WorkerRules(Stage):
    """Claims, records, outcomes, renewals and time."""

    def get_going(self, pick: int) -> None:
        """Something runs, if limits allow it."""
        if not self.book.status("RUNNING"):
            self.bring_work(pick)
            self.claim(0, 4, 0, False)

    def bring_work(self, pick: int) -> None:
        """Something can be claimed: an empty queue proves nothing."""
        if not self.book.status("ENQUEUED"):
            for name in ("plain", "trying", "valve", "press")[pick % 4 :]:
                self.enqueue_one(name, {}, {"partition_key": "a"} if pick % 3 == 0 else {})

    def enqueue_one(self, name: str, inputs: Any, drawn: dict[str, Any]) -> None:
        raise NotImplementedError

    @rule(pick=PICK, start_now=st.integers(1, 4), may_idle=st.booleans())
    def claim_to_start(self, pick: int, start_now: int, may_idle: bool) -> None:
        self.bring_work(pick)
        self.claim(pick, start_now, 0, may_idle)

    @rule(
        pick=PICK, start_now=st.integers(0, 3), prefetch=st.integers(1, 3), may_idle=st.booleans()
    )
    def claim_ahead(self, pick: int, start_now: int, prefetch: int, may_idle: bool) -> None:
        self.bring_work(pick)
        self.claim(pick, start_now, prefetch, may_idle)

    def claim(self, pick: int, start_now: int, prefetch: int, may_idle: bool) -> None:
        now = self.session.tick()
        worker = self.worker(pick)
        was_idle, worker.request_no = worker.is_idle, worker.request_no + 1
        arguments = (worker.id, start_now, prefetch, worker.request_no, False, may_idle, was_idle)
        if worker.is_gone:
            self.refused("WF001", "claim_workflows", *arguments)
            return
        expected = working.claim(self.book, worker, start_now, prefetch, may_idle, now)
        answer = self.session.call("claim_workflows", *arguments)
        started = [x["w"] for x in answer["workflows"] if x["started"]]
        ahead = [x["w"] for x in answer["workflows"] if not x["started"]]
        rank = {w.id: working.rank(w)[1::2] for w in self.book.workflows.values()}
        assert started == sorted(
            expected.started, key=rank.__getitem__
        ), f"claimed {started}, not {expected}"
        assert ahead == sorted(
            expected.ahead, key=rank.__getitem__
        ), f"ahead {ahead}, not {expected}"
        assert answer["idle"] == worker.is_idle and answer["retry_ms"] is None
        for element in answer["workflows"]:
            self.take_up(self.book.workflows[element["w"]], element)

    def take_up(self, w: Workflow, element: dict[str, Any]) -> None:
        assert element["t"] not in {token for _, token in self.tokens}, "a token came twice"
        w.token = element["t"]
        self.tokens.append((w.id, element["t"]))
        self.check_claimed(w, element)

    def check_claimed(self, w: Workflow, element: dict[str, Any]) -> None:
        assert element["attempt"] == w.attempt and element["name"] == w.name
        assert element["inputs"] == (w.inputs or {}) and element.get("control") == w.word
        assert element.get("early") == (True if w.retry is not None else None)
        replayed = {s["k"]: s["status"] for s in element.get("steps") or []}
        recorded = {key: step.status for key, step in w.steps.items()}
        assert w.attempt == 1 or replayed == recorded, f"replays {replayed}, recorded {recorded}"

    @rule(pick=PICK)
    def claim_again(self, pick: int) -> None:
        """The reply was lost: the same request answers what is still leased under it."""
        self.session.tick()
        worker = self.worker(pick)
        arguments = (worker.id, 3, 0, worker.request_no, True)
        if worker.is_gone:
            self.refused("WF001", "claim_workflows", *arguments)
            return
        leased = [w for w in self.book.status("RUNNING") if w.worker == worker.id]
        expected = {(w.id, w.token) for w in leased if w.claim == worker.request_no}
        answer = self.session.call("claim_workflows", *arguments)["workflows"]
        assert {(x["w"], x["t"]) for x in answer} == expected
        for element in answer:
            self.check_claimed(self.book.workflows[element["w"]], element)

    @rule(
        draws=st.lists(
            st.tuples(IS_STALE, PICK, st.sampled_from(["s1", "s1", "s2"]), RECORDS),
            min_size=1,
            max_size=3,
        )
    )
    def record(self, draws: list[Any]) -> None:
        self.get_going(draws[0][1])
        now = self.session.tick()
        asked: list[dict[str, Any]] = []
        for is_stale, pick, key, drawn in draws:
            token = self.token(is_stale, pick)
            if all((a["w"], a["t"], a["k"]) != (*token, key) for a in asked):
                asked.append({"n": len(asked), "w": token[0], "t": token[1], "k": key} | drawn)
        answer = self.session.call("record_steps", self.worker(0).id, asked)
        answers = {a["n"]: a for a in answer or []}
        for record in asked:
            w = self.current((record["w"], record["t"]))
            expected = working.record(self.book, record, w, now) if w else {"a": "WF001"}
            self.check_recorded(w, expected, answers.get(record["n"]))

    def check_recorded(self, w: Workflow | None, expected: Any, answer: Any) -> None:
        control = w.word if w else None
        if answer is None:
            assert expected == {"a": "recorded"} and control is None, f"no answer, not {expected}"
            return
        assert answer.get("c") == control, f"control {answer.get('c')}, not {control}"
        found = {key: answer.get(key) for key in expected}
        assert found == expected, f"answered {answer}, not {expected}"

    @rule(draws=st.lists(st.tuples(IS_STALE, PICK, OUTCOMES), min_size=1, max_size=3))
    def finish(self, draws: list[Any]) -> None:
        self.get_going(draws[0][1])
        now = self.session.tick()
        asked: list[dict[str, Any]] = []
        for is_stale, pick, drawn in draws:
            token = self.token(is_stale, pick)
            if all((a["w"], a["t"]) != token for a in asked):
                asked.append({"n": len(asked), "w": token[0], "t": token[1]} | drawn)
        current = [self.current((a["w"], a["t"])) for a in asked]
        for outcome, w in sorted(zip(asked, current), key=_successes_first):
            if w:
                working.finish(self.book, w, outcome, now)
        expected = {
            outcome["n"]: self.refusal(outcome) for outcome, w in zip(asked, current) if not w
        }
        self.book.hand_over_woken()
        answer = self.session.call("finish_workflows", self.worker(0).id, asked)
        found = {a["n"]: a["a"] for a in answer or []}
        assert found == {n: a for n, a in expected.items() if a != "ok"}, f"{found}, not {expected}"

    def refusal(self, asked: dict[str, Any]) -> str:
        """The answer to a token that is not current: the same outcome once more is fine."""
        w = self.book.workflows.get(asked["w"])
        if not w or w.token != asked["t"]:
            return "WF001"
        again = {
            "success": ("SUCCESS",),
            "error": ("ERROR", "DELAYED", "ENQUEUED", "HELD", "STOPPED", "CANCELLED", "ABORTED"),
            "stopped": ("STOPPED", "CANCELLED", "ABORTED"),
            "cancelled": ("STOPPED", "CANCELLED", "ABORTED"),
        }.get(asked["outcome"], ("ENQUEUED", "DELAYED", "BLOCKED", "WAITING", "HELD"))
        if w.status in again:
            return "ok"
        return "WF001" if w.is_live else "WF004"

    @rule(
        pick=PICK,
        forgets=st.sampled_from([0, 0, 1, 2, 9]),
        starts=st.booleans(),
        stale=st.lists(PICK, max_size=2),
    )
    def renew(self, pick: int, forgets: int, starts: bool, stale: list[int]) -> None:
        now = self.session.tick()
        worker = self.worker(pick)
        mine = [w for w in self.book.status("RUNNING") if w.worker == worker.id]
        held = [(w.id, w.token or "") for w in mine[forgets:]]
        held += [
            t for t in (self.token(True, p) for p in stale) if t[0] not in {h[0] for h in held}
        ]
        started = [w.id for w in mine if starts]
        held = list(dict.fromkeys(held))
        expected = working.renew(self.book, worker, held, started, now)
        answer = self.session.call("renew_worker", worker.id, {"held": held, "started": started})
        for part in ("lost", "controls"):
            if part in expected:
                answer[part], expected[part] = sorted(answer[part]), sorted(
                    map(_plain, expected[part])
                )
        assert answer == expected, f"renew answered {answer}, not {expected}"

    @rule(milliseconds=st.sampled_from([1, 400, 900, 1500, 3000]), turns=st.integers(1, 4))
    def pass_time(self, milliseconds: int, turns: int) -> None:
        """Time with a database that is up: maintenance takes its turns."""
        for _ in range(turns):
            now = self.session.tick(milliseconds)
            working.maintain(self.book, now)
            answer = self.session.call("run_maintenance", 500)
            self.agree()
            due = working.next_due(self.book)
            assert is_near(answer["next_due_ms"], None if due is None else max(0, due - now))

    @rule(milliseconds=st.sampled_from([10, 600, 2500, 20_000]))
    def be_away(self, milliseconds: int) -> None:
        """Time without anybody looking."""
        self.session.tick(milliseconds)

    @rule(pick=PICK)
    def come_and_go(self, pick: int) -> None:
        """Workers register and retire; many workflows come and go, so that the marks of lanes move."""
        now = self.session.tick()
        if pick % 5 < 3:
            self.session.skip_sequence(6000)
        elif pick % 5 == 3:
            self.register(("plain", "valve"), ("default", "line"))
        else:
            self.retire(self.worker(pick), now)

    def retire(self, worker: Worker, now: int) -> None:
        if worker.is_gone:
            return
        worker.is_gone = True
        mine = [w for w in self.book.status("RUNNING") if w.worker == worker.id]
        for w in sorted(mine, key=lambda w: w.id):
            working.reclaim(self.book, w, False, now)
        answer = self.session.call("retire_worker", worker.id)
        assert answer == {"released": len(mine)}

    @rule(queue=QUEUE_NAMES, limit=st.sampled_from([None, 0, 1, 2]))
    def limit(self, queue: str, limit: int | None) -> None:
        self.session.tick()
        self.session.call("set_queue", queue, {"max_running": limit})
        self.book.queues[queue].max_running = limit
        for w in self.book.status("RUNNING") if limit is not None else []:
            w.is_limited = w.is_limited or w.queue == queue and w.kind != "command"


def _plain(pair: Any) -> Any:
    return list(pair) if isinstance(pair, tuple) else pair


def is_near(found: int | None, expected: int | None) -> bool:
    """Backoff has microseconds, the model has not."""
    if found is None or expected is None:
        return found is expected
    return abs(found - expected) < 2


def _successes_first(pair: Any) -> tuple[bool, str]:
    return pair[0]["outcome"] != "success", pair[0]["w"]
