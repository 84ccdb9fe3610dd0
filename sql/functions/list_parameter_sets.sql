-- Reads only. Filter: workflow_name, set_name, template_name, status (draft, approved or obsolete),
-- latest_only (of each name).
create or replace function workflows.list_parameter_sets(p_filter text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_filter jsonb := workflows.read_call_options(
    p_filter, 'filter', '{workflow_name,set_name,template_name,status,latest_only}');
  v_is_latest_only boolean := workflows.option_boolean(v_filter, 'latest_only', false);
begin
  return coalesce((
    select json_agg(workflows.set_json(l.s)
      order by (l.s).workflow_name, (l.s).set_name, (l.s).set_version desc)::text
    from (
      select s, row_number() over (partition by s.workflow_name, s.set_name
        order by s.set_version desc) as rank
      from workflows.parameter_set s
      where s.status <> 'deleted'
        and (not v_filter ? 'status' or s.status = v_filter ->> 'status')
        and (not v_filter ? 'workflow_name' or s.workflow_name = v_filter ->> 'workflow_name')
        and (not v_filter ? 'template_name' or s.template_name = v_filter ->> 'template_name')
        and (not v_filter ? 'set_name' or s.set_name = v_filter ->> 'set_name')) l
    where l.rank = 1 or not v_is_latest_only), '[]');
end
$$;
comment on function workflows.list_parameter_sets(text) is
  'Recipes that fit a filter, as a JSON array.';
