-- Which run of its handler an order would be, counted over the life of the workflow; null where
-- it has none, or where nothing of it is in work: never started, or waiting for its gates.
-- on_resume undoes on_hold: where there is both, it runs only if on_hold was the last to run. Alone
-- it runs after HELD, and stays owed through any orders that come before it has run.
create or replace function workflows.next_handler_no(
  p_workflow workflows.workflow, p_order text) returns integer
language plpgsql stable
as $$
declare
  v_handler text := case p_order when 'hold' then 'on_hold' when 'resume' then 'on_resume'
    when 'abort' then 'on_abort' when 'stop' then 'on_stop' when 'cancel' then 'on_stop'
    when 'timeout' then 'on_stop' end;
  v_handlers text[];
  v_count integer;
  v_last text;
begin
  if v_handler is null or p_workflow.started_at is null
    or p_workflow.gate_ids is not null and not exists (
      select from workflows.gate_ticket t
      where t.gate_id = p_workflow.gate_ids[1] and t.priority = p_workflow.priority
        and t.ticket_seq = p_workflow.ticket_seq and t.is_holder) then
    return null;
  end if;
  select d.handlers into v_handlers from workflows.workflow_definition d
  where d.workflow_name = p_workflow.workflow_name
    and d.workflow_version = p_workflow.workflow_version and v_handler = any (d.handlers);
  if not found then return null; end if;
  select count(*) filter (where s.step_key ~ ('^' || v_handler || '(#[0-9]+)?$')),
    (array_agg(s.step_key order by s.ended_at desc)
      filter (where s.step_key ~ '^on_(hold|resume)(#[0-9]+)?$'))[1]
  into v_count, v_last from workflows.step s
  where s.workflow_id = p_workflow.workflow_id and s.kind = 'handler'
    and s.status in ('SUCCESS', 'ERROR');
  if p_order = 'resume' and (case when 'on_hold' = any (v_handlers)
    then v_last is null or v_last like 'on_resume%'
    else p_workflow.state <> 'HELD' and p_workflow.resume_no is distinct from v_count + 1 end) then
    return null;
  end if;
  return v_count + 1;
end
$$;
comment on function workflows.next_handler_no(workflows.workflow, text) is
  'The number of the next run of a handler, or null.';
