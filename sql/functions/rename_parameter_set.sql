-- Gives a recipe another name, in all its versions. What ran keeps the name that it was started by.
-- Locks the versions and looks again: one that was being added when it came belongs to them too.
-- Options: actor, reason.
create or replace function workflows.rename_parameter_set(
  p_workflow_name text, p_set_name text, p_new_name text, p_options text default '{}')
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{actor,reason}');
  v_changed integer;
begin
  perform workflows.refuse_unless(workflows.name_problem(p_new_name), 'new_name');
  perform workflows.refuse_unless(
    case when p_new_name = p_set_name then 'is its name already' end, 'new_name');
  perform s.set_version from workflows.parameter_set s
  where s.workflow_name = p_workflow_name and s.set_name = p_set_name
  order by s.set_version for update;
  begin
    update workflows.parameter_set s set set_name = p_new_name
    where s.workflow_name = p_workflow_name and s.set_name = p_set_name;
    get diagnostics v_changed = row_count;
  exception when unique_violation then
    perform workflows.refuse_unless('is the name of another recipe: ' || p_new_name, 'new_name');
  end;
  if v_changed = 0 then
    perform workflows.refuse('WF003', jsonb_build_object('set_name', p_set_name),
      'there is no such recipe: ' || p_set_name);
  end if;
  perform workflows.audit_configuration('recipe renamed', p_workflow_name || ' ' || p_set_name,
    p_set_name, p_new_name, workflows.option_actor(v_options), v_options ->> 'reason');
  return json_build_object('set_name', p_new_name, 'changed', v_changed)::text;
end
$$;
comment on function workflows.rename_parameter_set(text, text, text, text) is
  'Gives a recipe another name.';
