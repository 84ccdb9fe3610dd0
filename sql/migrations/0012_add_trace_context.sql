-- Who enqueues from within a trace gives its context along: the workflow goes on in that trace.
alter table workflows.workflow add column traceparent text;
alter type workflows.enqueue_request add attribute traceparent text;
