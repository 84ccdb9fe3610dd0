-- From p_starts_at until p_ends_at nothing is started: by one schedule (schedule_name), by
-- schedules and from queues that follow one calendar (calendar_name), or by all schedules and from
-- all queues that follow a calendar. Occurrences in it are left out. Options: schedule_name,
-- calendar_name, reason, actor.
create or replace function workflows.add_blackout(
  p_starts_at timestamptz, p_ends_at timestamptz, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_call_options(
    p_options, 'options', '{schedule_name,calendar_name,reason,actor}');
  v_actor text := workflows.option_actor(v_options);
  v_blackout workflows.blackout;
begin
  perform workflows.refuse_unless(case when (isfinite(p_starts_at) and isfinite(p_ends_at)
      and p_starts_at < p_ends_at) is not true
    then 'must be later than starts_at, and neither of them infinite' end, 'ends_at');
  perform workflows.refuse_unless(case when v_options ?& '{schedule_name,calendar_name}'
    then 'cannot be given together with schedule_name' end, 'calendar_name');
  perform workflows.require_calendar(v_options ->> 'calendar_name');
  if v_options ? 'schedule_name' then
    perform workflows.lock_schedule(v_options ->> 'schedule_name');
  end if;
  insert into workflows.blackout (schedule_name, calendar_name, starts_at, ends_at, reason,
    created_at, created_by)
  values (v_options ->> 'schedule_name', v_options ->> 'calendar_name', p_starts_at, p_ends_at,
    v_options ->> 'reason', v_now, v_actor)
  returning * into v_blackout;
  perform workflows.audit_configuration('blackout added',
    workflows.blackout_scope(v_blackout), null, to_jsonb(v_blackout)::text,
    v_actor, v_options ->> 'reason');
  perform workflows.open_queues(v_now);
  return to_json(v_blackout)::text;
end
$$;
comment on function workflows.add_blackout(timestamptz, timestamptz, text) is
  'Adds a time in which nothing is started.';

create or replace function workflows.blackout_scope(p_blackout workflows.blackout) returns text
language sql immutable
as $$
  select coalesce('schedule ' || p_blackout.schedule_name,
    'calendar ' || p_blackout.calendar_name, 'everything')
$$;
comment on function workflows.blackout_scope(workflows.blackout) is 'What a blackout is for.';
