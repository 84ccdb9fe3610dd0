-- Since when a workflow can be claimed, where that is later than its enqueue, for queue_depth.
alter table workflows.ready add column ready_at timestamptz;

-- Their arguments or results have changed.
drop function if exists workflows.lock_workflow;
drop function if exists workflows.queue_problem;
drop function if exists workflows.fold_new_lanes;
