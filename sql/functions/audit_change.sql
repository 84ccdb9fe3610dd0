-- Writes one audit row per workflow as it stands now. Without an actor it is an ordinary transition
-- and is written only where the queue keeps full history.
create or replace function workflows.audit_change(
  p_workflow_ids uuid[], p_event text, p_actor text, p_reason text, p_detail text) returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  if p_actor is null and not exists (select from workflows.queue q where q.history = 'full') then return 0; end if;
  insert into workflows.audit (workflow_id, change_no, audited_at, event, status, state, attempt, lease_token, actor,
    database_user, reason, detail)
  select w.workflow_id, w.change_no, workflows.clock_now(), p_event, w.status, w.state, w.attempt, w.lease_token, p_actor,
    session_user, coalesce(p_reason, w.reason), p_detail
  from unnest(p_workflow_ids) i(workflow_id)
  join workflows.workflow w on w.workflow_id = i.workflow_id
  join workflows.queue q on q.queue_id = w.queue_id
  where p_actor is not null or q.history = 'full';
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.audit_change(uuid[], text, text, text, text) is
  'Audits the present status of some workflows.';
