create or replace view workflows.attention_needed as
with held as not materialized (
  select w.workflow_id, w.workflow_name, w.queue_id, w.held_at, w.reason,
    starts_with(w.reason, 'worker lost') as is_in_doubt
  from workflows.parked p join workflows.workflow w on w.workflow_id = p.workflow_id
  where p.status = 'HELD')
select n.kind, n.workflow_id::text as workflow_id, n.workflow_name, q.queue_name, n.since, n.what,
  n.what_to_do
from (
  select 'step in doubt' as kind, h.workflow_id, h.workflow_name, h.queue_id, h.held_at as since,
    'its worker was lost' || coalesce(
      nullif(substr(h.reason, 12), ''),  -- in step ..., as reclaim_lease says it
      ' after step ' || (select s.step_key from workflows.step s where s.workflow_id = h.workflow_id
                         order by s.ended_at desc, s.step_key limit 1),
      ' before its first step was recorded') as what,
    'see whether the work was done; then RESUME, which does it again, or STOP' as what_to_do
  from held h where h.is_in_doubt
  union all
  select 'held', h.workflow_id, h.workflow_name, h.queue_id, h.held_at,
    coalesce('held: ' || h.reason, 'held'), 'RESUME or STOP'
  from held h where h.is_in_doubt is not true
  union all
  select 'prompt', p.workflow_id, w.workflow_name, w.queue_id, p.asked_at, p.question,
    'answer prompt ' || p.prompt_id
  from workflows.prompt p join workflows.workflow w on w.workflow_id = p.workflow_id
  where p.status = 'OPEN' and w.ended_at is null
    and coalesce(p.due_at > clock_timestamp(), true)
  union all
  select 'dead letter', f.workflow_id, w.workflow_name, f.queue_id, f.ended_at,
    'ended in ERROR' || coalesce(': ' || w.reason, ''), 'retry it once the cause is gone'
  from workflows.failed_workflow f join workflows.workflow w on w.workflow_id = f.workflow_id) n
join workflows.queue q on q.queue_id = n.queue_id;
comment on view workflows.attention_needed is 'What waits for a person: one row each.';
comment on column workflows.attention_needed.kind is
  'step in doubt (held because its worker was lost), held, prompt or dead letter.';
comment on column workflows.attention_needed.workflow_id is 'The workflow.';
comment on column workflows.attention_needed.workflow_name is 'Name of the registered function.';
comment on column workflows.attention_needed.queue_name is 'Name of the queue.';
comment on column workflows.attention_needed.since is 'Since when it waits.';
comment on column workflows.attention_needed.what is 'What is the matter.';
comment on column workflows.attention_needed.what_to_do is 'What a person can do about it.';
