create or replace view workflows.running_workflow as
select l.workflow_id::text as workflow_id, w.workflow_name, w.workflow_version, q.queue_name, w.state, w.priority, w.attempt,
  k.worker_name, l.worker_id::text as worker_id, l.claimed_at, l.deadline_at, l.control as waiting_command,
  (extract(epoch from clock_timestamp() - l.claimed_at))::float8 as running_seconds
from workflows.lease l
join workflows.workflow w on w.workflow_id = l.workflow_id
join workflows.queue q on q.queue_id = l.queue_id
left join workflows.worker k on k.worker_id = l.worker_id;
comment on view workflows.running_workflow is
  'Workflows that a worker has claimed, and which worker.';
comment on column workflows.running_workflow.workflow_id is 'The workflow.';
comment on column workflows.running_workflow.workflow_name is 'Name of the registered function.';
comment on column workflows.running_workflow.workflow_version is
  'Version of the registered function.';
comment on column workflows.running_workflow.queue_name is 'Name of the queue.';
comment on column workflows.running_workflow.state is 'ISA-88 state that the operator sees.';
comment on column workflows.running_workflow.priority is 'Lower goes first, -100 to 100.';
comment on column workflows.running_workflow.attempt is 'Number of the claim.';
comment on column workflows.running_workflow.worker_name is 'Name of the worker.';
comment on column workflows.running_workflow.worker_id is 'The worker.';
comment on column workflows.running_workflow.claimed_at is 'When it was claimed.';
comment on column workflows.running_workflow.deadline_at is 'When its time is over.';
comment on column workflows.running_workflow.waiting_command is 'Command that waits to be obeyed.';
comment on column workflows.running_workflow.running_seconds is 'Seconds since it was claimed.';
