"""The rules one by one, for what chance would seldom bring together."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.model.book import Workflow
from tests.model.handler_rules import HandlerMachine
from tests.model.session import Session


class Script(HandlerMachine):
    """After each rule the tables are held against the model."""

    def at_work(self, name: str, **options: Any) -> Workflow:
        self.enqueue_one(name, {}, options)
        self.agree()
        self.claim(0, 1, 0, False)
        self.agree()
        return list(self.book.workflows.values())[-1]

    def depart(self, w: Workflow, outcome: str, **more: Any) -> None:
        self.leave_with(w, {"outcome": outcome, **more})

    def give(self, w: Workflow, *orders: str, seconds: int | None = None) -> None:
        for order in orders:
            self.order(w, order, "because", seconds)
            self.agree()

    def obeyed(self, w: Workflow, *orders: str) -> None:
        for order in orders:
            self.give(w, order)
            self.carry_out(w, 1)

    def lapse(self) -> None:
        self.pass_time(900, 2)


def play(session: Session, script: Callable[[Script], None]) -> None:
    s = Script(session, Counter())
    s.begin("full", None)
    script(s)
    s.agree()
    s.teardown()
