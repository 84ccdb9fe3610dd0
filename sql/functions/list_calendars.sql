-- Reads only: every calendar as set_calendar takes it, and whether it is open now.
create or replace function workflows.list_calendars() returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
begin
  return coalesce((
    select json_agg(workflows.calendar_json(c.calendar_name) || jsonb_build_object('is_open',
      (workflows.schedule_skip(null, c.calendar_name, v_now)).outcome is null)
      order by c.calendar_name)::text
    from workflows.calendar c), '[]');
end
$$;
comment on function workflows.list_calendars() is 'Every calendar, as a JSON array.';
