-- Reads only: what differs between two versions of a recipe, or between two recipes of a workflow.
-- Options: set_version and other_version (left out: the latest and the one before it), other_name.
create or replace function workflows.compare_parameter_sets(
  p_workflow_name text, p_set_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(
    p_options, 'options', '{set_version,other_name,other_version}');
  v_is_same boolean := coalesce(v_options ->> 'other_name', p_set_name) = p_set_name;
  v_set workflows.parameter_set := workflows.set_before(p_workflow_name, p_set_name,
    workflows.option_version(v_options, 'set_version'), null);
  v_other workflows.parameter_set := workflows.set_before(p_workflow_name,
    coalesce(v_options ->> 'other_name', p_set_name),
    workflows.option_version(v_options, 'other_version'),
    case when v_is_same then v_set.set_version end);
begin
  return json_build_object('set_name', v_set.set_name, 'set_version', v_set.set_version,
    'other_name', v_other.set_name, 'other_version', v_other.set_version, 'changes', (
      select coalesce(json_agg(json_build_object('name', c.name, 'value', c.value,
        'other_value', c.other_value, 'unit', c.unit) order by c.name), '[]')
      from (
        select coalesce(a.key, b.key) as name, a.value, b.value as other_value, (
          select f ->> 'unit' from jsonb_array_elements(
            (workflows.find_definition(p_workflow_name, null)).parameters) f
          where f ->> 'name' = coalesce(a.key, b.key)) as unit
        from jsonb_each(v_set.parameter_values) a
        full join jsonb_each(v_other.parameter_values) b on a.key = b.key
        where nullif(a.value, 'null') is distinct from nullif(b.value, 'null')) c))::text;
end
$$;
comment on function workflows.compare_parameter_sets(text, text, text) is
  'What differs between two versions of a recipe, as JSON.';

-- The version that is asked for, else the latest one, or the latest before another.
create or replace function workflows.set_before(
  p_workflow_name text, p_set_name text, p_version integer, p_before integer)
returns workflows.parameter_set
language plpgsql stable
as $$
declare
  v_set workflows.parameter_set;
begin
  select s.* into v_set from workflows.parameter_set s
  where s.workflow_name = p_workflow_name and s.set_name = p_set_name and s.status <> 'deleted'
    and case when p_version is not null then s.set_version = p_version
      else coalesce(s.set_version < p_before, true) end
  order by s.set_version desc limit 1;
  if not found then
    perform workflows.refuse('WF003', jsonb_build_object('set_name', p_set_name,
      'set_version', p_version), 'there is no such recipe, or no version before: ' || p_set_name);
  end if;
  return v_set;
end
$$;
comment on function workflows.set_before(text, text, integer, integer) is
  'One version of a recipe, or WF003.';
