-- Reads only: blackouts by their beginning. Filter: schedule_name, calendar_name, is_over (left
-- out: all).
create or replace function workflows.list_blackouts(p_filter text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_filter jsonb := workflows.read_call_options(
    p_filter, 'filter', '{schedule_name,calendar_name,is_over}');
  v_is_over boolean := workflows.option_boolean(v_filter, 'is_over', null);
begin
  return coalesce((
    select json_agg(to_jsonb(b) || jsonb_build_object(
        'is_in_force', b.starts_at <= v_now and b.ends_at > v_now)
      order by b.starts_at, b.blackout_id)::text
    from workflows.blackout b
    where (not v_filter ? 'schedule_name' or b.schedule_name = v_filter ->> 'schedule_name')
      and (not v_filter ? 'calendar_name' or b.calendar_name = v_filter ->> 'calendar_name')
      and (v_is_over is null or (b.ends_at <= v_now) = v_is_over)), '[]');
end
$$;
comment on function workflows.list_blackouts(text) is
  'Blackouts that fit a filter, as a JSON array.';
