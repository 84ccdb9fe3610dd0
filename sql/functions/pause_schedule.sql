-- Nothing is enqueued by this schedule until it is resumed. What falls into the pause was not
-- wanted and is not made up for. Options: actor, reason.
create or replace function workflows.pause_schedule(
  p_schedule_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{actor,reason}');
begin
  return workflows.switch_schedule(workflows.lock_schedule(p_schedule_name), true,
    v_options ->> 'reason', workflows.option_actor(v_options), v_now)::text;
end
$$;
comment on function workflows.pause_schedule(text, text) is 'Pauses a schedule.';

-- One that is paused already keeps why it was, and one that is not goes on with what it is at.
create or replace function workflows.switch_schedule(
  p_schedule workflows.schedule, p_is_paused boolean, p_reason text, p_actor text,
  p_now timestamptz) returns jsonb
language plpgsql volatile
as $$
declare
  v_schedule workflows.schedule := p_schedule;
begin
  perform workflows.refuse_unless(
    case when not p_is_paused and not workflows.knows_time_zone(p_schedule.time_zone)
      then 'is not known to this server: ' || p_schedule.time_zone end, 'time_zone');
  if v_schedule.is_paused = p_is_paused then return workflows.schedule_json(v_schedule); end if;
  update workflows.schedule s set is_paused = p_is_paused,
    pause_reason = case when p_is_paused then p_reason end,
    next_at = case when p_is_paused then s.next_at else workflows.schedule_after(
      p_schedule, workflows.read_cron(p_schedule.cron), p_now) end
  where s.schedule_name = p_schedule.schedule_name returning s.* into v_schedule;
  perform workflows.audit_configuration(
    case when p_is_paused then 'schedule paused' else 'schedule resumed' end,
    p_schedule.schedule_name, p_schedule.is_paused::text, p_is_paused::text, p_actor, p_reason);
  return workflows.schedule_json(v_schedule);
end
$$;
comment on function workflows.switch_schedule(
  workflows.schedule, boolean, text, text, timestamptz) is 'Pauses or resumes a schedule.';
