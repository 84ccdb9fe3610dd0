-- Sends waiting workflows on, whose parked rows the caller has locked. Statuses: WAITING ->
-- ENQUEUED. The HELD ones stay so, and do not go back to waiting when they are resumed.
create or replace function workflows.unpark_waiting(p_waiting uuid[], p_held uuid[]) returns integer
language plpgsql volatile
as $$
begin
  if p_held <> '{}' then
    update workflows.parked p set resume_status = 'ENQUEUED', resume_at = null
    where p.workflow_id = any (p_held);
  end if;
  if p_waiting <> '{}' then
    delete from workflows.parked p where p.workflow_id = any (p_waiting);
    perform workflows.requeue_workflows(p_waiting);
  end if;
  return cardinality(p_waiting);
end
$$;
comment on function workflows.unpark_waiting(uuid[], uuid[]) is
  'Sends locked workflows on for which something came.';
