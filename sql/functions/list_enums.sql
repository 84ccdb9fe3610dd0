-- Reads only. Filter: enum_name, status (active or obsolete), latest_only (of each name).
create or replace function workflows.list_enums(p_filter text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_filter jsonb := workflows.read_call_options(
    p_filter, 'filter', '{enum_name,status,latest_only}');
  v_is_latest_only boolean := workflows.option_boolean(v_filter, 'latest_only', false);
begin
  return coalesce((
    select json_agg(workflows.enum_json(l.e)
      order by (l.e).enum_name, (l.e).enum_version desc)::text
    from (
      select e, row_number() over (
        partition by e.enum_name order by e.enum_version desc) as rank
      from workflows.parameter_enum e
      where e.status <> 'deleted'
        and (not v_filter ? 'status' or e.status = v_filter ->> 'status')
        and (not v_filter ? 'enum_name' or e.enum_name = v_filter ->> 'enum_name')) l
    where l.rank = 1 or not v_is_latest_only), '[]');
end
$$;
comment on function workflows.list_enums(text) is 'Enums that fit a filter, as a JSON array.';
