-- Approves a version of a recipe, makes it obsolete, or deletes it. Statuses: draft -> approved,
-- obsolete; approved -> obsolete; obsolete -> approved; draft, obsolete -> deleted. Where the
-- setting approval_by_another asks, who approves is not who wrote it. Values are checked again: the
-- parameters may have changed since. Options: set_version (the latest where left out), actor
-- (required), reason.
create or replace function workflows.set_parameter_set_status(
  p_workflow_name text, p_set_name text, p_status text, p_options text default '{}')
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_call_options(
    p_options, 'options', '{set_version,actor,reason}');
  v_version integer := workflows.option_version(v_options, 'set_version');
  v_actor text := v_options ->> 'actor';
  v_set workflows.parameter_set;
begin
  perform workflows.refuse_unless(workflows.name_problem(v_actor), 'actor');
  if coalesce(p_status not in ('approved', 'obsolete', 'deleted'), true) then
    perform workflows.refuse_unless('must be approved, obsolete or deleted', 'status');
  end if;
  select s.* into v_set from workflows.parameter_set s
  where s.workflow_name = p_workflow_name and s.set_name = p_set_name and s.status <> 'deleted'
    and (v_version is null or s.set_version = v_version)
  order by s.set_version desc limit 1 for no key update;
  if not found then
    perform workflows.refuse('WF003', jsonb_build_object('set_name', p_set_name,
      'set_version', v_version), 'there is no such recipe: ' || p_set_name);
  end if;
  if v_set.status = p_status then return workflows.set_json(v_set)::text; end if;
  if p_status = 'deleted' and v_set.status = 'approved' then
    perform workflows.refuse_unless('cannot be deleted while it is approved', 'status');
  elsif p_status = 'approved' then
    perform workflows.refuse_approval(v_set, v_actor);
  end if;
  perform workflows.audit_configuration('recipe ' || p_status,
    p_workflow_name || ' ' || p_set_name || ' version ' || v_set.set_version, v_set.status,
    p_status, v_actor, v_options ->> 'reason');
  update workflows.parameter_set s set status = p_status,
    approved_by = case when p_status = 'approved' then v_actor else s.approved_by end,
    approved_at = case when p_status = 'approved' then v_now else s.approved_at end
  where s.workflow_name = p_workflow_name and s.set_name = p_set_name
    and s.set_version = v_set.set_version
  returning s.* into v_set;
  return workflows.set_json(v_set)::text;
end
$$;
comment on function workflows.set_parameter_set_status(text, text, text, text) is
  'Approves a version of a recipe, makes it obsolete, or deletes it.';

create or replace function workflows.refuse_approval(
  p_set workflows.parameter_set, p_actor text) returns boolean
language plpgsql volatile
as $$
declare
  v_template workflows.parameter_template := workflows.find_template(
    p_set.workflow_name, p_set.template_name, p_set.template_version);
begin
  if workflows.setting_of('approval_by_another') = 'true'
     and lower(p_actor) = lower(p_set.created_by) then
    perform workflows.refuse('WF009',
      jsonb_build_object('field', 'actor', 'created_by', p_set.created_by),
      'it must be approved by another person than ' || p_set.created_by || ', who wrote it');
  end if;
  perform workflows.refuse_unless(case
    when p_set.template_name is not null and v_template.template_name is null
      then 'was made of a template that is gone: ' || p_set.template_name end, 'set_name');
  return workflows.refuse_values(workflows.values_problem('values',
    workflows.set_problems(p_set.workflow_name, v_template, p_set.parameter_values)));
end
$$;
comment on function workflows.refuse_approval(workflows.parameter_set, text) is
  'Refuses to approve a recipe that does not fit, or that its author approves where another must.';

create or replace function workflows.set_json(p_set workflows.parameter_set) returns json
language sql immutable
as $$
  select json_build_object('workflow_name', p_set.workflow_name, 'set_name', p_set.set_name,
    'set_version', p_set.set_version, 'status', p_set.status,
    'template_name', p_set.template_name, 'template_version', p_set.template_version,
    'values', p_set.parameter_values, 'description', p_set.description, 'reason', p_set.reason,
    'created_by', p_set.created_by, 'created_at', p_set.created_at,
    'approved_by', p_set.approved_by, 'approved_at', p_set.approved_at)
$$;
comment on function workflows.set_json(workflows.parameter_set) is 'One recipe as JSON.';
