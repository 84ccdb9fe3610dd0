-- Workflows, newest first. "next" of any row as "before" brings the next page; it is null where nothing follows.
-- At most 5000 are looked at. Where none of them fits and more follow, there is one row with nothing but "next".
-- A filter that is null or empty does not count.
select w.workflow_id, w.workflow_name, w.workflow_version, w.queue_name, w.status, w.state, w.priority, w.partition_key,
  w.attempt, w.failure_count, w.reason, w.enqueued_at, w.available_at, w.started_at, w.ended_at, w.running_seconds,
  w.enqueued_by, page ->> 'next' as next
from cast(workflows.search_workflows(json_build_object(
  'workflow_name', nullif(:workflowName::text, ''),
  'status', nullif(:status::text, ''),
  'state', nullif(:state::text, ''),
  'queue_name', nullif(:queueName::text, ''),
  'partition_key', nullif(:partitionKey::text, ''),
  'search', nullif(:searchText::text, ''),
  'before', nullif(:before::text, ''),
  'look', 5000,
  'limit', greatest(least(coalesce(:limit::integer, 100), 1000), 1))::text) as json) as page
left join json_to_recordset(page #> '{workflows}') as w(
  workflow_id text, workflow_name text, workflow_version integer, queue_name text, status text, state text,
  priority integer, partition_key text, attempt integer, failure_count integer, reason text,
  enqueued_at timestamptz, available_at timestamptz, started_at timestamptz, ended_at timestamptz,
  running_seconds float8, enqueued_by text) on true
where w.workflow_id is not null or page ->> 'next' is not null
order by w.workflow_id desc
