-- Goes on with the first occurrence after now. Options: actor, reason.
create or replace function workflows.resume_schedule(
  p_schedule_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{actor,reason}');
begin
  return workflows.switch_schedule(workflows.lock_schedule(p_schedule_name), false,
    v_options ->> 'reason', workflows.option_actor(v_options), v_now)::text;
end
$$;
comment on function workflows.resume_schedule(text, text) is 'Resumes a paused schedule.';
