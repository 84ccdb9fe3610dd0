create or replace view workflows.workflow_status as
select w.workflow_id::text as workflow_id, w.workflow_name, w.workflow_version, q.queue_name, w.status, w.state, w.priority,
  w.partition_key, array_to_string(w.resources, ', ') as resources, w.attempt, w.failure_count, w.reclaim_count, w.reason,
  w.enqueued_at, w.available_at, w.started_at, w.ended_at, w.deadline_at,
  (extract(epoch from coalesce(w.ended_at, clock_timestamp()) - w.started_at))::float8 as running_seconds,
  w.parent_workflow_id::text as parent_workflow_id, coalesce(w.actor, w.enqueued_by) as enqueued_by,
  w.previous_workflow_id::text as previous_workflow_id
from workflows.workflow w
join workflows.queue q on q.queue_id = w.queue_id;
comment on view workflows.workflow_status is 'Every workflow, live or ended.';
comment on column workflows.workflow_status.workflow_id is 'The workflow.';
comment on column workflows.workflow_status.workflow_name is 'Name of the registered function.';
comment on column workflows.workflow_status.workflow_version is
  'Version of the registered function.';
comment on column workflows.workflow_status.queue_name is 'Name of the queue.';
comment on column workflows.workflow_status.status is 'Where it stands.';
comment on column workflows.workflow_status.state is 'ISA-88 state that the operator sees.';
comment on column workflows.workflow_status.priority is 'Lower goes first, -100 to 100.';
comment on column workflows.workflow_status.partition_key is
  'Workflows of one queue with the same key run one at a time.';
comment on column workflows.workflow_status.resources is 'Equipment it needs, as text.';
comment on column workflows.workflow_status.attempt is 'Number of the claim.';
comment on column workflows.workflow_status.failure_count is 'Exceptions so far.';
comment on column workflows.workflow_status.reclaim_count is 'How often its worker was lost.';
comment on column workflows.workflow_status.reason is 'Why, in words.';
comment on column workflows.workflow_status.enqueued_at is 'When it was accepted.';
comment on column workflows.workflow_status.available_at is 'Not claimable before.';
comment on column workflows.workflow_status.started_at is 'When it first started.';
comment on column workflows.workflow_status.ended_at is 'When it ended.';
comment on column workflows.workflow_status.deadline_at is 'When its time is over.';
comment on column workflows.workflow_status.running_seconds is
  'Seconds since it first started, or that it took.';
comment on column workflows.workflow_status.parent_workflow_id is 'The workflow that started it.';
comment on column workflows.workflow_status.enqueued_by is 'Who enqueued it.';
comment on column workflows.workflow_status.previous_workflow_id is
  'The workflow that it repeats, by RESET or fork.';
