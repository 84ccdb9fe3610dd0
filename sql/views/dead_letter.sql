create or replace view workflows.dead_letter as
select f.workflow_id::text as workflow_id, w.workflow_name, w.workflow_version, q.queue_name, f.ended_at, w.attempt, w.failure_count,
  w.reclaim_count, w.reason, o.error_class, o.error_message
from workflows.failed_workflow f
join workflows.workflow w on w.workflow_id = f.workflow_id
join workflows.queue q on q.queue_id = f.queue_id
left join workflows.workflow_outcome o on o.workflow_id = f.workflow_id;
comment on view workflows.dead_letter is 'Workflows that ended in ERROR with no try left, and why.';
comment on column workflows.dead_letter.workflow_id is 'The workflow.';
comment on column workflows.dead_letter.workflow_name is 'Name of the registered function.';
comment on column workflows.dead_letter.workflow_version is 'Version of the registered function.';
comment on column workflows.dead_letter.queue_name is 'Name of the queue.';
comment on column workflows.dead_letter.ended_at is 'When it ended.';
comment on column workflows.dead_letter.attempt is 'Number of the claim.';
comment on column workflows.dead_letter.failure_count is 'Exceptions so far.';
comment on column workflows.dead_letter.reclaim_count is 'How often its worker was lost.';
comment on column workflows.dead_letter.reason is 'Why, in words.';
comment on column workflows.dead_letter.error_class is 'Class name of the error.';
comment on column workflows.dead_letter.error_message is 'Message of the error.';
