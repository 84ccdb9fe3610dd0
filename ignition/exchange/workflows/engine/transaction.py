"""Transactional steps: the step's own rows and its record in one transaction of one connection."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors
from exchange.workflows.database import sqlstates
from exchange.workflows.database.store import Store
from exchange.workflows.engine.backoff import Backoff

_CONFLICT_TRIES = 5


class _NotRecorded(Exception):
    """Rolls the transaction back, because the record was answered with something else."""

    def __init__(self, answer):
        Exception.__init__(self)
        self.answer = answer


def run_transaction(engine, running, step, key, attempt, args, kwargs):
    """(answer, value). A lost connection leaves unknown whether the commit took place, so the body runs
    again: had it committed, the record says so and the second transaction is rolled back."""
    backoff = Backoff(engine.host, "transaction")
    conflicts = 0
    while True:
        try:
            with engine.connector.transaction() as tx:
                running.place.cut = tx.cut
                return _run_once(engine, running, step, key, attempt, tx, args, kwargs)
        except _NotRecorded as other:
            if other.answer["a"] == "WF001":
                engine.state.figures.refuse_record()
            return other.answer, None
        except errors.WorkflowsError as error:
            conflicts += 1
            is_conflict = sqlstates.is_again(error) and conflicts < _CONFLICT_TRIES
            if not is_conflict and not sqlstates.is_lost(error):
                raise
            running.wait(backoff.failed(error))
        finally:
            running.place.cut = None


def _run_once(engine, running, step, key, attempt, tx, args, kwargs):
    begun = engine.monotonic()
    value = step.function(tx, *args, **kwargs)
    text, value = running.success_text(step, key, attempt, begun, value)
    if compat.failpoint is not None:
        compat.failpoint("step:after_effect_before_checkpoint")
    store = Store(tx, engine.connector.schema)
    answers = store.record_steps(engine.state.worker_id, '[{"n":0,%s]' % text)
    answer = answers[0] if answers else None
    if answer is not None and answer["a"] != "recorded":
        raise _NotRecorded(answer)
    return answer, value
