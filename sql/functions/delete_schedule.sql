-- Deletes a schedule with its blackouts and with what became of its occurrences; workflows that it
-- has enqueued go on. Options: actor, reason.
create or replace function workflows.delete_schedule(
  p_schedule_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{actor,reason}');
  v_before workflows.schedule := workflows.lock_schedule(p_schedule_name);
begin
  delete from workflows.schedule s where s.schedule_name = p_schedule_name;
  delete from workflows.schedule_run r where r.schedule_name = p_schedule_name;
  delete from workflows.blackout b where b.schedule_name = p_schedule_name;
  perform workflows.audit_configuration('schedule deleted', p_schedule_name,
    workflows.schedule_json(v_before)::text, null,
    workflows.option_actor(v_options), v_options ->> 'reason');
  return json_build_object('schedule_name', p_schedule_name)::text;
end
$$;
comment on function workflows.delete_schedule(text, text) is 'Deletes a schedule.';
