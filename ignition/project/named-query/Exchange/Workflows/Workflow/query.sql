-- One workflow, its inputs, result and error as text; no row without an id
select w.workflow_id, w.workflow_name, w.workflow_version, w.queue_name, w.status, w.state, w.priority, w.partition_key,
  w.resources, w.attempt, w.failure_count, w.reclaim_count, w.reason, w.enqueued_at, w.available_at, w.started_at,
  w.ended_at, w.deadline_at, extract(epoch from coalesce(w.ended_at, clock_timestamp()) - w.started_at)::float8 as running_seconds,
  w.parent_workflow_id, w.enqueued_by, w.inputs, w.result, w.error ->> 'class' as error_class,
  w.error ->> 'message' as error_message, w.error ->> 'traceback' as error_traceback
from json_to_record(case when nullif(:workflowId::text, '') is not null
  then workflows.get_workflow(:workflowId::text)::json else '{}' end) as w(
  workflow_id text, workflow_name text, workflow_version integer, queue_name text, status text, state text,
  priority integer, partition_key text, resources text, attempt integer, failure_count integer, reclaim_count integer,
  reason text, enqueued_at timestamptz, available_at timestamptz, started_at timestamptz, ended_at timestamptz,
  deadline_at timestamptz, parent_workflow_id text, enqueued_by text, inputs text, result text, error json)
where w.workflow_id is not null
