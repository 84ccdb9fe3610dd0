-- Reads only. Filter: schedule_name, workflow_name, calendar_name, is_paused.
create or replace function workflows.list_schedules(p_filter text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_filter jsonb := workflows.read_call_options(
    p_filter, 'filter', '{schedule_name,workflow_name,calendar_name,is_paused}');
  v_is_paused boolean := workflows.option_boolean(v_filter, 'is_paused', null);
begin
  return coalesce((
    select json_agg(workflows.schedule_json(s) order by s.schedule_name)::text
    from workflows.schedule s
    where (not v_filter ? 'schedule_name' or s.schedule_name = v_filter ->> 'schedule_name')
      and (not v_filter ? 'workflow_name' or s.workflow_name = v_filter ->> 'workflow_name')
      and (not v_filter ? 'calendar_name' or s.calendar_name = v_filter ->> 'calendar_name')
      and (v_is_paused is null or s.is_paused = v_is_paused)), '[]');
end
$$;
comment on function workflows.list_schedules(text) is
  'Schedules that fit a filter, as a JSON array.';
