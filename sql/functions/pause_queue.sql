-- Nothing new of this queue starts until it is resumed; what runs goes on, what waits keeps its
-- place.
create or replace function workflows.pause_queue(p_queue_name text, p_reason text default null, p_actor text default 'script') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
begin
  return workflows.switch_queue(p_queue_name, true, p_reason, p_actor);
end
$$;
comment on function workflows.pause_queue(text, text, text) is 'Pauses a queue.';

create or replace function workflows.switch_queue(p_queue_name text, p_is_paused boolean, p_reason text, p_actor text) returns text
language plpgsql volatile
as $$
declare
  v_queue_id integer;
  v_before text;
begin
  select jsonb_build_object('is_paused', q.is_paused, 'pause_reason', q.pause_reason) into v_before
  from workflows.queue q where q.queue_name = p_queue_name for no key update;
  update workflows.queue q set is_paused = p_is_paused, pause_reason = case when p_is_paused then p_reason end
  where q.queue_name = p_queue_name returning q.queue_id into v_queue_id;
  if not found then
    perform workflows.refuse('WF005', jsonb_build_object('field', 'queue_name', 'queue_name', p_queue_name), 'there is no queue ' || p_queue_name);
  end if;
  insert into workflows.wake (gate_id) select distinct t.gate_id from workflows.gate_ticket t where t.queue_id = v_queue_id;
  perform workflows.audit_configuration(
    case when p_is_paused then 'queue paused' else 'queue resumed' end, p_queue_name, v_before,
    jsonb_build_object('is_paused', p_is_paused, 'pause_reason', case when p_is_paused then p_reason end)::text,
    coalesce(p_actor, 'script'), p_reason);
  if not p_is_paused then perform workflows.notify_idle(array[v_queue_id]); end if;
  return json_build_object('queue_name', p_queue_name, 'is_paused', p_is_paused)::text;
end
$$;
comment on function workflows.switch_queue(text, boolean, text, text) is
  'Pauses or resumes a queue.';
