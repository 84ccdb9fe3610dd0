-- Reads only; without the forms. Filter: workflow_name, template_name, status (active or obsolete),
-- latest_only (of each name).
create or replace function workflows.list_templates(p_filter text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_filter jsonb := workflows.read_call_options(
    p_filter, 'filter', '{workflow_name,template_name,status,latest_only}');
  v_is_latest_only boolean := workflows.option_boolean(v_filter, 'latest_only', false);
begin
  return coalesce((
    select json_agg(workflows.template_json(l.t)
      order by (l.t).workflow_name, (l.t).template_name, (l.t).template_version desc)::text
    from (
      select t, row_number() over (partition by t.workflow_name, t.template_name
        order by t.template_version desc) as rank
      from workflows.parameter_template t
      where t.status <> 'deleted'
        and (not v_filter ? 'status' or t.status = v_filter ->> 'status')
        and (not v_filter ? 'workflow_name' or t.workflow_name = v_filter ->> 'workflow_name')
        and (not v_filter ? 'template_name' or t.template_name = v_filter ->> 'template_name')) l
    where l.rank = 1 or not v_is_latest_only), '[]');
end
$$;
comment on function workflows.list_templates(text) is
  'Templates that fit a filter, as a JSON array.';
