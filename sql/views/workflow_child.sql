create or replace view workflows.workflow_child as
select c.parent_workflow_id::text as parent_workflow_id, p.workflow_name as parent_name,
  c.step_key, c.child_no, c.workflow_id::text as workflow_id, w.workflow_name, w.status, w.state,
  c.policy, (
    select count(*) from workflows.child_order o where o.workflow_id = c.workflow_id)::integer
    as open_orders, w.enqueued_at, w.ended_at
from workflows.child c
join workflows.workflow w on w.workflow_id = c.workflow_id
join workflows.workflow p on p.workflow_id = c.parent_workflow_id;
comment on view workflows.workflow_child is 'Which workflow started which other.';
comment on column workflows.workflow_child.parent_workflow_id is 'The workflow that started it.';
comment on column workflows.workflow_child.parent_name is 'Name of the parent''s function.';
comment on column workflows.workflow_child.step_key is
  'Step of the parent that started it; null: it was enqueued with that parent.';
comment on column workflows.workflow_child.child_no is
  'Its place among those of that step, from 1.';
comment on column workflows.workflow_child.workflow_id is 'The child.';
comment on column workflows.workflow_child.workflow_name is 'Name of the child''s function.';
comment on column workflows.workflow_child.status is 'Where the child stands in the queue.';
comment on column workflows.workflow_child.state is 'Its state as an operator sees it.';
comment on column workflows.workflow_child.policy is
  'follow: it gets every order of its parent; cancel: those that end it; leave: none.';
comment on column workflows.workflow_child.open_orders is
  'Orders of the parent that it has still to be given.';
comment on column workflows.workflow_child.enqueued_at is 'When it was started.';
comment on column workflows.workflow_child.ended_at is 'When it ended.';
