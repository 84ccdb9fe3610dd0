-- At quiescence: one line per row that does not fit the others.
select 'workflow ' || w.workflow_id || ' is ' || w.status || ' and has ' || h.rows || ' hot rows'
from workflows.workflow w
cross join lateral (
  select (select count(*) from workflows.ready r where r.workflow_id = w.workflow_id)
       + (select count(*) from workflows.lease l where l.workflow_id = w.workflow_id)
       + (select count(*) from workflows.parked p where p.workflow_id = w.workflow_id) as rows) h
where h.rows <> case when w.ended_at is null then 1 else 0 end
union all
select 'workflow ' || w.workflow_id || ' is ' || w.status || ' and has a lease'
from workflows.workflow w join workflows.lease l on l.workflow_id = w.workflow_id where w.status <> 'RUNNING'
union all
select 'workflow ' || w.workflow_id || ' has another token than its lease'
from workflows.workflow w join workflows.lease l on l.workflow_id = w.workflow_id
where w.lease_token is distinct from l.lease_token
union all
select 'workflow ' || w.workflow_id || ' is ' || w.status || ' and parked as ' || p.status
from workflows.workflow w join workflows.parked p on p.workflow_id = w.workflow_id where p.status <> w.status
union all
select 'step ' || s.step_key || ' of nobody, ' || s.workflow_id
from workflows.step s where not exists (select from workflows.workflow w where w.workflow_id = s.workflow_id)
union all
select 'gate ticket of ' || t.workflow_id || ', which has ended'
from workflows.gate_ticket t join workflows.workflow w on w.workflow_id = t.workflow_id where w.ended_at is not null
union all
select 'queue ' || q.queue_name || ' runs ' || count(*) || ' of ' || q.max_running
from workflows.queue q join workflows.lease l on l.queue_id = q.queue_id
where q.max_running is not null and l.is_limited group by q.queue_id having count(*) > q.max_running
union all
select 'running ' || l.workflow_id || ' holds not all of its gates'
from workflows.lease l join workflows.workflow w on w.workflow_id = l.workflow_id cross join lateral unnest(w.gate_ids) g(gate_id)
where not exists (select from workflows.gate_ticket t
                  where t.gate_id = g.gate_id and t.workflow_id = l.workflow_id and t.is_holder)
union all
select 'child ' || c.workflow_id || ' has another parent than it says'
from workflows.child c left join workflows.workflow w on w.workflow_id = c.workflow_id
where w.parent_workflow_id is distinct from c.parent_workflow_id
union all
select 'step ' || s.step_key || ' of ' || s.workflow_id || ' has ' || count(c.workflow_id) || ' children and says '
  || json_array_length(s.output::json)
from workflows.step s join workflows.workflow w on w.workflow_id = s.workflow_id
left join workflows.child c on c.parent_workflow_id = s.workflow_id and c.step_key = s.step_key
where s.kind = 'child' and s.status = 'SUCCESS' and w.previous_workflow_id is null
group by s.workflow_id, s.step_key, s.output having count(c.workflow_id) <> json_array_length(s.output::json)
union all
select 'child ' || c.workflow_id || ' was started by step ' || c.step_key || ', which is not recorded'
from workflows.child c
where c.step_key is not null and not exists (
  select from workflows.step s where s.workflow_id = c.parent_workflow_id and s.step_key = c.step_key)
union all
select 'workflow ' || t.workflow_id || ' waits for children that have ended'
from workflows.wait t join workflows.parked p on p.workflow_id = t.workflow_id
where t.topic = 'children' and p.status = 'WAITING' and (
  select case when t.is_any then count(w.ended_at) > 0 else count(w.ended_at) = count(*) end
  from unnest(t.awaited) i(id) join workflows.workflow w on w.workflow_id = i.id)
union all
select 'child ' || o.workflow_id || ' has still to be given ' || o.command
from workflows.child_order o
union all
select t.name || ' of nobody, ' || t.workflow_id
from (
  select 'payload' as name, workflow_id from workflows.workflow_payload union all
  select 'outcome', workflow_id from workflows.workflow_outcome union all
  select 'ready', workflow_id from workflows.ready union all
  select 'lease', workflow_id from workflows.lease union all
  select 'parked', workflow_id from workflows.parked union all
  select 'gate ticket', workflow_id from workflows.gate_ticket union all
  select 'wait', workflow_id from workflows.wait union all
  select 'deduplication id', workflow_id from workflows.deduplication union all
  select 'failed workflow', workflow_id from workflows.failed_workflow union all
  select 'recipe', workflow_id from workflows.workflow_recipe union all
  select 'message', workflow_id from workflows.message union all
  select 'event', workflow_id from workflows.event union all
  select 'event history', workflow_id from workflows.event_history union all
  select 'stream', workflow_id from workflows.stream union all
  select 'prompt', workflow_id from workflows.prompt union all
  select 'command', workflow_id from workflows.command union all
  select 'child', workflow_id from workflows.child) t
where not exists (select from workflows.workflow w where w.workflow_id = t.workflow_id)
