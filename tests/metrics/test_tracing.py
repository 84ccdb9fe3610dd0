"""Spans of workflows and steps, and that nothing of tracing reaches the work."""

import logging
import threading
from unittest import mock

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from exchange.workflows import compat
from exchange.workflows.cpython.tracing import PREFIX, W3C, Tracing, root_of, traceparent
from exchange.workflows.engine import entry_text
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow
from tests.engine.plant import ended
from tests.waiting import wait_until

inner: list[trace.SpanContext] = []


@step()
def traced_read(tank):
    inner.append(trace.get_current_span().get_span_context())
    return tank


@workflow()
def traced_tanks(tanks):
    started = [traced_read.start(tank) for tank in tanks]
    read = getWorkflows().gather(started)
    getWorkflows().enqueue("engine_noop")
    return getWorkflows().startChild("engine_noop", {"number": len(read)}).result()


@pytest.fixture
def spans():
    return InMemorySpanExporter()


@pytest.fixture
def tracing(spans):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    yield Tracing(provider)
    provider.shutdown()


def named(spans, name, **attributes):
    return [
        span
        for span in spans.get_finished_spans()
        if span.name == name
        and all(span.attributes[PREFIX + key] == value for key, value in attributes.items())
    ]


def test_a_workflow_is_a_trace(rt, make_worker, tracing, spans):
    rt.observer = tracing
    worker = make_worker(observer=tracing)
    workflow_id = rt.enqueue("engine_all", {"number": 5})
    ended(rt, workflow_id)
    wait_until(lambda: named(spans, "workflow engine_all"), "its span")
    (whole,) = named(spans, "workflow engine_all")
    assert whole.context.trace_id == int(workflow_id.replace("-", ""), 16)
    assert (
        whole.attributes[PREFIX + "outcome"] == "success"
        and whole.status.status_code == StatusCode.UNSET
    )
    assert whole.parent.span_id == root_of(workflow_id).span_id
    steps = [one for one in spans.get_finished_spans() if one.name.startswith("step ")]
    assert [one.attributes[PREFIX + "step_key"] for one in steps] == [
        "engine_note", "engine_pump", "engine_pump", "engine_write",
    ]  # fmt: skip
    assert {one.parent.span_id for one in steps} == {whole.context.span_id}
    failed, good = steps[1:3]
    assert (failed.attributes[PREFIX + "outcome"], good.attributes[PREFIX + "outcome"]) == (
        "retry",
        "success",
    )
    assert failed.events[0].attributes["exception.type"].endswith("PumpBlocked")
    (sent,) = named(spans, "enqueue engine_all")
    assert sent.context.trace_id == whole.context.trace_id
    assert sent.parent.span_id == root_of(workflow_id).span_id
    (child,) = named(spans, "enqueue engine_noop")
    assert child.context.trace_id == whole.context.trace_id, "what a workflow does is in its trace"
    assert rt.getWorkflow(workflow_id)["traceparent"] is None
    assert worker.figures()["held"] >= 0


WAYS = {
    "enqueue": lambda rt, name: rt.enqueue(name),
    "enqueueMany": lambda rt, name: rt.enqueueMany([{"workflowName": name}])[0]["workflow_id"],
    "enqueueInMemory": lambda rt, name: rt.enqueueInMemory(name),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("flags", [0, 1])
def test_the_trace_of_who_enqueues_goes_on_in_the_workflow(
    rt, make_worker, tracing, spans, way, flags
):
    rt.observer = tracing
    make_worker(observer=tracing)
    caller = trace.SpanContext(
        0xABC, 0xDEF, True, trace.TraceFlags(flags), trace.TraceState([("a", "b")])
    )
    with trace.use_span(trace.NonRecordingSpan(caller)):
        workflow_id = WAYS[way](rt, "engine_noop")
    wait_until(lambda: not rt.buffer.depth(), "it is flushed")
    row = ended(rt, workflow_id)
    assert row["traceparent"] == f"00-{0xABC:032x}-{0xDEF:016x}-{flags:02x}"
    if not flags:
        assert not spans.get_finished_spans(), "what the caller does not sample is not sampled"
        return
    wait_until(lambda: named(spans, "workflow engine_noop"), "its span")
    (whole,) = named(spans, "workflow engine_noop")
    assert (whole.context.trace_id, whole.parent.span_id) == (0xABC, 0xDEF)
    for sent in named(spans, "enqueue engine_noop"):
        assert (sent.context.trace_id, sent.parent.span_id) == (0xABC, 0xDEF)


def test_a_trace_context_that_is_given_is_the_one(rt, tracing, spans):
    rt.observer = tracing
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    caller = root_of("01970000-0000-7000-8000-000000000001")
    with trace.use_span(trace.NonRecordingSpan(caller)):
        workflow_id = rt.enqueue("engine_noop", traceparent=given)
    assert rt.getWorkflow(workflow_id)["traceparent"] == given
    (sent,) = named(spans, "enqueue engine_noop")
    assert sent.context.trace_id == caller.trace_id, "who calls stays where he is"
    spans.clear()
    rt.enqueue("engine_noop", traceparent=given)
    (sent,) = named(spans, "enqueue engine_noop")
    assert f"{sent.context.trace_id:032x}" in given, "who is in no trace is in that one"


def test_a_fork_is_in_the_trace_of_who_forks(rt, make_worker, tracing):
    rt.observer = tracing
    make_worker(observer=tracing)
    workflow_id = rt.enqueue("engine_noop")
    ended(rt, workflow_id)
    caller = root_of("01970000-0000-7000-8000-000000000001")
    with trace.use_span(trace.NonRecordingSpan(caller)):
        again = rt.fork(workflow_id)["workflow_id"]
    assert f"{caller.trace_id:032x}" in rt.getWorkflow(again)["traceparent"]
    assert rt.getWorkflow(workflow_id)["traceparent"] is None


def test_outside_of_a_trace_a_batch_goes_the_short_way(rt, tracing, monkeypatch):
    rt.observer = tracing
    short = mock.Mock(wraps=entry_text.plain_batch)
    monkeypatch.setattr(entry_text, "plain_batch", short)
    rt.enqueueMany([{"workflowName": "engine_noop"}])
    with trace.use_span(trace.NonRecordingSpan(root_of("01970000-0000-7000-8000-000000000001"))):
        rt.enqueueMany([{"workflowName": "engine_noop"}])
    assert short.call_count == 1


def test_attempts_on_other_workers_are_in_the_same_trace(rt, make_worker, tracing, spans):
    make_worker(observer=tracing)
    workflow_id = rt.enqueue("engine_failing")
    ended(rt, workflow_id)
    wait_until(lambda: len(named(spans, "workflow engine_failing")) == 2, "both tries")
    tries = named(spans, "workflow engine_failing")
    assert {one.context.trace_id for one in tries} == {root_of(workflow_id).trace_id}
    assert [one.status.status_code for one in tries] == [StatusCode.ERROR] * 2


def test_steps_beside_their_workflow_and_children(rt, make_worker, tracing, spans):
    inner.clear()
    make_worker(observer=tracing)
    workflow_id = rt.enqueue("traced_tanks", {"tanks": ["a", "b", "c"]})
    assert ended(rt, workflow_id)["result"] == 3
    wait_until(lambda: named(spans, "workflow traced_tanks", outcome="success"), "its last span")
    steps = named(spans, "step traced_read")
    assert len(steps) == 3 and {one.context.trace_id for one in steps} == {
        root_of(workflow_id).trace_id
    }
    assert {one.span_id for one in inner} == {one.context.span_id for one in steps}
    children = named(spans, "workflow engine_noop", outcome="success")
    assert {one.context.trace_id for one in children} == {root_of(workflow_id).trace_id}


def test_a_child_of_somebody_who_does_not_trace_has_a_link(rt, make_worker, tracing, spans):
    make_worker(observer=tracing)
    parent = rt.enqueue("engine_noop")
    workflow_id = rt.enqueue("engine_noop", parent=parent)
    ended(rt, workflow_id)
    wait_until(lambda: named(spans, "workflow engine_noop", workflow_id=workflow_id), "its span")
    (child,) = named(spans, "workflow engine_noop", workflow_id=workflow_id)
    assert child.context.trace_id == root_of(workflow_id).trace_id
    assert [one.context.trace_id for one in child.links] == [root_of(parent).trace_id]


def test_the_traceparent_is_one_that_others_read():
    workflow_id = compat.new_id()
    carrier = {"traceparent": traceparent(workflow_id)}
    context = TraceContextTextMapPropagator().extract(carrier)
    assert trace.get_current_span(context).get_span_context() == root_of(workflow_id)


def test_nothing_is_left_in_the_threads(rt, make_worker, tracing):
    worker = make_worker(observer=tracing, threads=1)
    for _ in range(3):
        ended(rt, rt.enqueue("engine_noop"))
    wait_until(lambda: not worker.state.held, "every outcome is answered")
    assert not tracing._running
    assert not trace.get_current_span().get_span_context().is_valid


def test_an_error_of_tracing_is_not_the_workflows(rt, make_worker, tracing, caplog, monkeypatch):
    class Broken:
        def start_span(self, *args, **kwargs):
            raise ValueError(f"no exporter in {threading.current_thread().name}")

    tracing._tracer = Broken()
    monkeypatch.setattr(W3C, "inject", Broken().start_span)
    rt.observer = tracing
    make_worker(observer=tracing)
    with caplog.at_level(logging.ERROR):
        row = ended(rt, rt.enqueue("engine_all", {"number": 5}))
    assert row["status"] == "SUCCESS"
    assert "event=tracing_failed" in caplog.text
