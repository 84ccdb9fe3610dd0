create or replace view workflows.resource_status as
select t.gate_name, case when t.gate_name like 'resource %' then 'resource' else 'partition key' end as kind,
  max(t.workflow_id::text) filter (where t.is_holder) as held_by,
  count(*) filter (where not t.is_holder) as waiting,
  max(q.queue_name) filter (where t.is_holder) as held_by_queue
from workflows.gate_ticket t
join workflows.queue q on q.queue_id = t.queue_id
group by t.gate_name;
comment on view workflows.resource_status is
  'Who holds each partition key and resource, and how many wait.';
comment on column workflows.resource_status.gate_name is 'Partition key or resource.';
comment on column workflows.resource_status.kind is 'partition key or resource.';
comment on column workflows.resource_status.held_by is 'Workflow that holds it.';
comment on column workflows.resource_status.waiting is 'How many wait for it.';
comment on column workflows.resource_status.held_by_queue is 'Queue of the holder.';
