-- Workflows have ended: their parents are looked at. Only inserts, always, whether a parent is seen
-- to wait or not: it may be on its way there, and who finds the row locks its hot row first.
create or replace function workflows.wake_parents(p_ended uuid[]) returns integer
language plpgsql volatile
as $$
declare
  v_parents uuid[] := array(
    select distinct c.parent_workflow_id from unnest(p_ended) i(workflow_id)
    join workflows.child c on c.workflow_id = i.workflow_id
    join workflows.workflow w on w.workflow_id = c.parent_workflow_id
    where w.ended_at is null);
begin
  if v_parents = '{}' then return 0; end if;
  return workflows.wake_later(v_parents, 'children');
end
$$;
comment on function workflows.wake_parents(uuid[]) is
  'Has the parents of ended workflows looked at.';
