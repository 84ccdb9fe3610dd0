"""Negative controls in the engine: each takes one guard out of the worker process it runs in."""

from collections.abc import Callable

from exchange.workflows.engine.context import Context
from exchange.workflows.engine.executor import Executor
from exchange.workflows.engine.keeper import Keeper
from exchange.workflows.engine.recorder import Recorder
from exchange.workflows.engine.state import WorkerState


def starts_without_lease() -> None:
    """Bodies start although the lease may have run out."""
    Executor.may_start = lambda self, lease: True  # type: ignore[method-assign]


def hears_no_refusal() -> None:
    """WF001 for a step counts as recorded, and nobody tells the thread that its lease is lost."""
    answered = Recorder.answered

    def deaf(self: Recorder, batch: list, answers: list | None) -> list:
        return answered(self, batch, [a for a in answers or () if a["a"] != "WF001"])

    Recorder.answered = deaf  # type: ignore[method-assign]
    Executor.may_start = lambda self, lease: True  # type: ignore[method-assign]
    boundary = Context.boundary

    def passes(self: Context) -> None:
        self.lease.is_lost = False
        boundary(self)

    Context.boundary = passes  # type: ignore[method-assign]


def forgets_recorded_steps() -> None:
    """A workflow that comes back runs every step again."""
    Context.recall = lambda self, steps: None  # type: ignore[method-assign]


def keeps_its_id_when_lost() -> None:
    """A worker that was declared lost registers again under the old id."""
    start_over = WorkerState.start_over

    def same(self: WorkerState) -> None:
        worker_id = self.worker_id
        start_over(self)
        self.worker_id = worker_id

    WorkerState.start_over = same  # type: ignore[method-assign]


def never_renews() -> None:
    """Work that takes longer than a lease is taken away again and again."""
    Keeper._renew = lambda self: None  # type: ignore[method-assign]


def does_not_wait_for_records() -> None:
    """The next step begins before the record of the one before it is committed."""

    def at_once(self: Executor, lease: object, text: str, gate: object) -> None:
        from exchange.workflows.engine.recorder import Record

        self.recorder.put((lease, text, Record(_NoGate())))

    Executor.record = at_once  # type: ignore[assignment]


class _NoGate:
    def release(self) -> None:
        pass


_MUTATIONS: dict[str, Callable[[], None]] = {
    one.__name__: one
    for one in (
        starts_without_lease,
        hears_no_refusal,
        forgets_recorded_steps,
        keeps_its_id_when_lost,
        never_renews,
        does_not_wait_for_records,
    )
}


def mutate(name: str) -> None:
    _MUTATIONS[name]()
