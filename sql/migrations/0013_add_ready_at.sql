-- Since when a workflow can be claimed, where that is later than its enqueue, for queue_depth.
alter table workflows.ready add column ready_at timestamptz;

-- For lists that screens ask for every few seconds, however many rows there are.
create index failed_workflow_ended on workflows.failed_workflow (ended_at);
create index rejected_entry_open on workflows.rejected_entry (rejected_at)
  where resolved_at is null;

-- Others take their place.
-- squawk-ignore ban-drop-function
drop function if exists workflows.lock_workflow;
-- squawk-ignore ban-drop-function
drop function if exists workflows.queue_problem;
-- squawk-ignore ban-drop-function
drop function if exists workflows.fold_new_lanes;
-- squawk-ignore ban-drop-function
drop function if exists workflows.read_workflow_id;
