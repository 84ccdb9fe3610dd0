-- Changes the options that are given and leaves the others; null takes one back. Where it changes
-- the times, the schedule goes on with the first occurrence after now.
create or replace function workflows.set_schedule(p_schedule_name text, p_options text)
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_schedule_options(p_options);
  v_before workflows.schedule := workflows.lock_schedule(p_schedule_name);
  v_schedule workflows.schedule := workflows.read_schedule(v_before, v_options, v_now);
begin
  update workflows.schedule s set
    workflow_name = v_schedule.workflow_name, kind = v_schedule.kind, cron = v_schedule.cron,
    interval_seconds = v_schedule.interval_seconds, starts_at = v_schedule.starts_at,
    ends_at = v_schedule.ends_at, time_zone = v_schedule.time_zone, inputs = v_schedule.inputs,
    options = v_schedule.options, occurs_at_input = v_schedule.occurs_at_input,
    catch_up = v_schedule.catch_up, catch_up_seconds = v_schedule.catch_up_seconds,
    calendar_name = v_schedule.calendar_name, description = v_schedule.description,
    next_at = v_schedule.next_at, changed_at = v_schedule.changed_at,
    changed_by = v_schedule.changed_by
  where s.schedule_name = p_schedule_name;
  perform workflows.audit_configuration('schedule changed', p_schedule_name,
    workflows.schedule_json(v_before)::text, workflows.schedule_json(v_schedule)::text,
    v_schedule.changed_by, v_options ->> 'reason');
  return workflows.schedule_json(v_schedule)::text;
end
$$;
comment on function workflows.set_schedule(text, text) is 'Changes a schedule.';

create or replace function workflows.lock_schedule(p_schedule_name text)
returns workflows.schedule
language plpgsql volatile
as $$
declare
  v_schedule workflows.schedule;
begin
  select s.* into v_schedule from workflows.schedule s
  where s.schedule_name = p_schedule_name for update;
  if not found then
    perform workflows.refuse('WF003', jsonb_build_object('field', 'schedule_name',
      'schedule_name', p_schedule_name),
      coalesce('there is no such schedule: ' || p_schedule_name, 'schedule_name is null'));
  end if;
  return v_schedule;
end
$$;
comment on function workflows.lock_schedule(text) is 'Locks a schedule that there is.';
