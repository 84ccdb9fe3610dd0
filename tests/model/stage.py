"""What every rule stands on: a clean database, an empty model, and the check after each rule."""

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from exchange.workflows.settings import SCHEMA_VERSION
from tests.model.book import DEFINITIONS, LEASE_MS, Book, Worker, Workflow
from tests.model.compare import compare
from tests.model.draws import FORGED
from tests.model.invariants import Invariants
from tests.model.session import Refusal, Session

Token = tuple[str, str]


class Stage(RuleBasedStateMachine):
    """The database, the model, and the workers and tokens that rules draw from."""

    def __init__(self, session: Session, drawn: Counter[str]) -> None:
        super().__init__()
        self.session = session
        self.drawn = drawn
        session.clean()
        self.book = Book(session.now)
        self.laws = Invariants()
        self.tokens: list[Token] = []
        self.worker_count = 0
        self.agreed_at = -1

    @initialize(history=st.sampled_from(["errors", "full"]), limit=st.sampled_from([None, 1, 2]))
    def begin(self, history: str, limit: int | None) -> None:
        self.session.call("set_queue", "line", {"history": history, "max_running": limit})
        self.book.queues["line"].max_running = limit
        self.register(tuple(DEFINITIONS), ("default", "line"))
        self.register(("plain", "trying"), ("default",))

    def register(self, names: tuple[str, ...], queues: tuple[str, ...]) -> None:
        self.worker_count += 1
        worker_id = f"22222222-2222-4222-8222-{self.worker_count:012d}"
        asked = {
            "schema_version": SCHEMA_VERSION,
            "queues": queues,
            "definitions": [DEFINITIONS[name] for name in names],
        }
        self.session.call("register_worker", worker_id, asked)
        expires = self.session.now + LEASE_MS
        self.book.workers[worker_id] = Worker(worker_id, names, queues, expires)

    def worker(self, pick: int) -> Worker:
        """One that lives, now and then one that is gone; there is always one that can do everything."""
        alive = [w for w in self.book.workers.values() if not w.is_gone]
        if not any(len(w.names) == len(DEFINITIONS) for w in alive):
            self.register(tuple(DEFINITIONS), ("default", "line"))
            alive = [w for w in self.book.workers.values() if not w.is_gone]
        gone = [w for w in self.book.workers.values() if w.is_gone]
        chosen = gone if gone and pick % 10 == 9 else alive
        return chosen[pick // 10 % len(chosen)]

    def token(self, is_stale: bool, pick: int) -> Token:
        """A pair of workflow and token; a stale one may be as old as the example, or forged."""
        current = [(w.id, w.token or "") for w in self.book.status("RUNNING")]
        if is_stale or not current:
            self.drawn["stale"] += 1
            stale = [pair for pair in self.tokens if pair not in current]
            stale += [(pair[0], FORGED) for pair in current] + [(FORGED, FORGED)]
            return stale[pick % len(stale)]
        self.drawn["current"] += 1
        return current[pick % len(current)]

    def current(self, token: Token) -> Workflow | None:
        w = self.book.workflows.get(token[0])
        return w if w and w.status == "RUNNING" and w.token == token[1] else None

    def refused(self, code: str, function: str, *arguments: Any) -> None:
        try:
            answer = self.session.call(function, *arguments)
        except Refusal as refusal:
            assert refusal.code == code, f"{refusal} instead of {code}"
        else:
            raise AssertionError(f"{function}{arguments} answered {answer}, not {code}")

    @invariant()
    def agree(self) -> None:
        dump = self.session.dump()
        compare(self.book, dump, self.session.now)
        self.laws.check(dump)
        self.book.is_waking = bool(dump["wake"])
        self.agreed_at = self.session.calls
