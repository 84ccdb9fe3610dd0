-- Workflows, newest first. The last workflow_id of a page as "before" brings the next page.
-- A filter that is null or empty does not count.
select w.workflow_id, w.workflow_name, w.workflow_version, w.queue_name, w.status, w.state, w.priority, w.partition_key,
  w.attempt, w.failure_count, w.reason, w.enqueued_at, w.available_at, w.started_at, w.ended_at,
  extract(epoch from coalesce(w.ended_at, clock_timestamp()) - w.started_at)::float8 as running_seconds, w.enqueued_by
from json_to_recordset(workflows.list_workflows(json_build_object(
  'workflow_name', nullif(:workflowName::text, ''),
  'status', nullif(:status::text, ''),
  'state', nullif(:state::text, ''),
  'queue_name', nullif(:queueName::text, ''),
  'partition_key', nullif(:partitionKey::text, ''),
  'search', nullif(:searchText::text, ''),
  'before', nullif(:before::text, ''),
  'limit', greatest(least(coalesce(:limit::integer, 100), 1000), 1))::text)::json) as w(
  workflow_id text, workflow_name text, workflow_version integer, queue_name text, status text, state text,
  priority integer, partition_key text, attempt integer, failure_count integer, reason text,
  enqueued_at timestamptz, available_at timestamptz, started_at timestamptz, ended_at timestamptz, enqueued_by text)
order by w.workflow_id desc
