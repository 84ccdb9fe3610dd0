-- Writes one audit row per workflow as it stands now. Without an actor it is an ordinary transition
-- and is written only where the queue keeps full history. What was: the caller says it where it
-- knows, for all of them; else the row of the change before says it, if there is one.
create or replace function workflows.audit_change(
  p_workflow_ids uuid[], p_event text, p_actor text, p_reason text, p_detail text,
  p_old_value text default null, p_second_actor text default null) returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
  v_source text;
begin
  if p_actor is null and not exists (select from workflows.queue q where q.history = 'full') then
    return 0;
  end if;
  v_source := workflows.session_source();
  insert into workflows.audit (workflow_id, change_no, audited_at, event, status, state, attempt,
    lease_token, actor, database_user, reason, detail, source, old_value, new_value, second_actor)
  select w.workflow_id, w.change_no, workflows.clock_now(), p_event, w.status, w.state, w.attempt,
    w.lease_token, p_actor, session_user, coalesce(p_reason, w.reason), p_detail,
    case when w.change_no = 0 or p_actor <> 'engine' then v_source else 'engine' end,
    case when p_old_value is not null then p_old_value when w.change_no > 0 then (
      select a.status || ' ' || a.state from workflows.audit a
      where a.workflow_id = w.workflow_id and a.change_no >= w.change_no - 1
      order by a.change_no desc limit 1) end,
    w.status || ' ' || w.state, p_second_actor
  from unnest(p_workflow_ids) i(workflow_id)
  join workflows.workflow w on w.workflow_id = i.workflow_id
  join workflows.queue q on q.queue_id = w.queue_id
  where p_actor is not null or q.history = 'full';
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.audit_change(uuid[], text, text, text, text, text, text) is
  'Audits the present status of some workflows.';
