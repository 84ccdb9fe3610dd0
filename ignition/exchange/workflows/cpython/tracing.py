"""OpenTelemetry spans of workflows and steps, for workers and clients in CPython.

Who enqueues from within a trace has it go on in the workflow: his context is stored with it, and what runs of it, on
whichever worker and in whichever attempt, is in that one trace. So is what a workflow enqueues or starts. One that is
enqueued from outside of any trace is a trace of its own: its id, as 32 digits, is the id of the trace, so that
nothing has to be stored, and who has the id of the workflow finds its spans.
"""

import logging
import uuid
from dataclasses import dataclass
from typing import Any

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from exchange.workflows.engine.lease import Lease
from exchange.workflows.engine.observer import Observer
from exchange.workflows.settings import VERSION

LOG = logging.getLogger("exchange.workflows.tracing")
NAME = "exchange.workflows"
PREFIX = "ignition_workflows."
W3C = TraceContextTextMapPropagator()


def root_of(workflow_id: str) -> SpanContext:
    """Where the trace of a workflow begins: a span that nobody records, and everybody knows."""
    whole = uuid.UUID(workflow_id).int
    return SpanContext(
        trace_id=whole,
        span_id=whole & (2**64 - 1),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )


def context_of(workflow_id: str, stored: str | None) -> otel_context.Context:
    """Where the spans of a workflow belong; stored: the trace context that it was enqueued with."""
    if stored:
        return W3C.extract({"traceparent": stored}, otel_context.Context())
    return _inside(NonRecordingSpan(root_of(workflow_id)))


def traceparent(workflow_id: str) -> str:
    """The W3C trace context of a workflow that is a trace of its own, for what is called on its behalf outside of its
    steps. Of one that goes on in another trace getWorkflow has it: `traceparent`."""
    carrier: dict[str, str] = {}
    W3C.inject(carrier, _inside(NonRecordingSpan(root_of(workflow_id))))
    return carrier["traceparent"]


@dataclass
class Open:
    """A span that is the current one of this thread until it ends."""

    span: Span
    token: Any


class Tracing(Observer):
    """Give it to Worker(observer=...), or to instance.configure(...).observer for a client. provider: None is the
    one that is set for the process. An error in it is logged, and the work goes on."""

    def __init__(self, provider: trace.TracerProvider | None = None):
        self._tracer = trace.get_tracer(NAME, VERSION, tracer_provider=provider)
        # Where the steps of a workflow belong, also those that run in other threads.
        self._running: dict[str, Span] = {}

    def workflow_began(self, lease: Lease) -> Open | None:
        try:
            row = lease.row
            # A child that was started by a traced worker is in its parent's trace already.
            parent = None if row.get("traceparent") else row.get("parent")
            span = self._tracer.start_span(
                f"workflow {row['name']}",
                context=context_of(lease.workflow_id, row.get("traceparent")),
                kind=SpanKind.CONSUMER,
                links=[Link(root_of(parent), {PREFIX + "relation": "parent"})] if parent else [],
                attributes={
                    PREFIX + "workflow_id": lease.workflow_id,
                    PREFIX + "workflow_name": row["name"],
                    PREFIX + "workflow_version": row.get("version", 1),
                    PREFIX + "queue_name": row.get("queue", ""),
                    PREFIX + "attempt": row.get("attempt", 1),
                },
            )
            self._running[lease.token] = span
            return _entered(span)
        except Exception:
            LOG.exception("event=tracing_failed workflow_id=%s", lease.workflow_id)
            return None

    def workflow_ended(self, began: Open | None, lease: Lease) -> None:
        self._running.pop(lease.token, None)
        self._end(began, lease.outcome or "lost", lease.error)

    def step_began(self, lease: Lease, step: Any, key: str, attempt: int) -> Open | None:
        try:
            inside = None
            whole = self._running.get(lease.token)
            here = trace.get_current_span().get_span_context()
            if whole is not None and here.trace_id != whole.get_span_context().trace_id:
                inside = _inside(whole)  # a step beside its workflow, in a thread of its own
            span = self._tracer.start_span(
                f"step {step.name}",
                context=inside,
                attributes={
                    PREFIX + "workflow_id": lease.workflow_id,
                    PREFIX + "step_key": key,
                    PREFIX + "step_attempt": attempt,
                },
            )
            return _entered(span)
        except Exception:
            LOG.exception("event=tracing_failed workflow_id=%s", lease.workflow_id)
            return None

    def step_ended(self, began: Open | None, outcome: str, error: BaseException | None) -> None:
        self._end(began, outcome, error)

    def carried(self) -> dict[str, str]:
        carrier: dict[str, str] = {}
        try:
            W3C.inject(carrier)  # nothing where this thread is in no trace
        except Exception:
            LOG.exception("event=tracing_failed")
        # tracestate is no option
        return {key: text for key, text in carrier.items() if key == "traceparent"}

    def enqueued(self, workflow_name: str, workflow_id: str, traceparent: str | None) -> None:
        try:
            inside = None
            if not trace.get_current_span().get_span_context().is_valid:
                inside = context_of(workflow_id, traceparent)
            self._tracer.start_span(
                f"enqueue {workflow_name}",
                context=inside,
                kind=SpanKind.PRODUCER,
                attributes={
                    PREFIX + "workflow_id": workflow_id,
                    PREFIX + "workflow_name": workflow_name,
                },
            ).end()
        except Exception:
            LOG.exception("event=tracing_failed workflow_id=%s", workflow_id)

    def _end(self, began: Open | None, outcome: str, error: BaseException | None) -> None:
        if began is None:
            return
        try:
            began.span.set_attribute(PREFIX + "outcome", outcome)
            if error is not None:
                began.span.record_exception(error)
                began.span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            began.span.end()
        except Exception:
            LOG.exception("event=tracing_failed")
        finally:
            otel_context.detach(began.token)


def _inside(span: Span) -> otel_context.Context:
    return trace.set_span_in_context(span, otel_context.Context())


def _entered(span: Span) -> Open:
    return Open(span, otel_context.attach(trace.set_span_in_context(span)))
