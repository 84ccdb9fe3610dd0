-- Adds a draft of a recipe and answers its version: values for a template (template_name; its
-- latest active version unless template_version says), or for the declared parameters of a
-- workflow. Values may leave parameters to the operator; those that are given must fit. Options:
-- template_name, template_version, description, reason, actor. Two at once get two numbers: the
-- second waits for the first one's row and looks again. A number that something was started with,
-- under a name that was another recipe's, is not given again.
create or replace function workflows.create_parameter_set(
  p_workflow_name text, p_set_name text, p_values text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_call_options(p_options, 'options',
    '{template_name,template_version,description,reason,actor}');
  v_actor text := workflows.option_actor(v_options);
  v_template workflows.parameter_template;
  v_version integer;
begin
  perform workflows.refuse_unless(workflows.name_problem(p_workflow_name), 'workflow_name');
  perform workflows.refuse_unless(workflows.name_problem(p_set_name), 'set_name');
  perform workflows.refuse_unless(workflows.payload_problem(p_values), 'values');
  perform workflows.refuse_values(workflows.recipe_problem(v_options));
  if v_options ? 'template_name' then
    v_template := workflows.find_template(p_workflow_name, v_options ->> 'template_name',
      workflows.option_version(v_options, 'template_version'));
    perform workflows.refuse_unless(case when v_template.template_name is null then
      'has no such active version: ' || (v_options ->> 'template_name') end, 'template_name');
  end if;
  perform workflows.refuse_values(workflows.values_problem('values',
    workflows.set_problems(p_workflow_name, v_template, p_values::jsonb)));
  loop
    -- so that a renaming of the recipe comes before or after, and never between its versions
    perform s.set_version from workflows.parameter_set s
    where s.workflow_name = p_workflow_name and s.set_name = p_set_name
    order by s.set_version limit 1 for key share;
    insert into workflows.parameter_set (workflow_name, set_name, set_version, status,
      template_name, template_version, parameter_values, description, reason, created_by,
      created_at)
    select p_workflow_name, p_set_name, greatest(max(s.set_version),
        workflows.last_started_set(p_workflow_name, p_set_name), 0) + 1, 'draft',
      v_template.template_name, v_template.template_version, p_values::jsonb,
      v_options ->> 'description', v_options ->> 'reason', v_actor, v_now
    from workflows.parameter_set s
    where s.workflow_name = p_workflow_name and s.set_name = p_set_name
    on conflict do nothing returning set_version into v_version;
    exit when found;
  end loop;
  perform workflows.audit_configuration('recipe created',
    p_workflow_name || ' ' || p_set_name || ' version ' || v_version, null,
    p_values::jsonb::text, v_actor, v_options ->> 'reason');
  return json_build_object('workflow_name', p_workflow_name, 'set_name', p_set_name,
    'set_version', v_version, 'status', 'draft')::text;
end
$$;
comment on function workflows.create_parameter_set(text, text, text, text) is
  'Adds a draft of a recipe.';

create or replace function workflows.last_started_set(p_workflow_name text, p_set_name text)
returns integer
language sql stable
as $$
  select r.set_version from workflows.workflow_recipe r
  join workflows.workflow w on w.workflow_id = r.workflow_id
  where r.set_name = p_set_name and w.workflow_name = p_workflow_name
  order by r.set_version desc limit 1
$$;
comment on function workflows.last_started_set(text, text) is
  'Latest version of a recipe that a workflow was started with, or null.';

-- What does not fit among the values of a recipe; parameters that are missing are the operator's.
create or replace function workflows.set_problems(
  p_workflow_name text, p_template workflows.parameter_template, p_values jsonb) returns jsonb
language plpgsql stable
as $$
declare
  v_parameters jsonb := (workflows.find_definition(p_workflow_name, null)).parameters;
  v_problems jsonb := jsonb_build_array();
begin
  if jsonb_typeof(p_values) <> 'object' then
    return jsonb_build_array(jsonb_build_object('path', 'values',
      'problem', 'must be an object: one value for each parameter'));
  end if;
  if p_template.template_name is not null then
    v_problems := workflows.form_problems(
      (workflows.expand_form(workflows.template_fields(p_template.meta))).form, p_values,
      'values', 'field of the template', true);
  end if;
  return workflows.join_problems(v_problems, workflows.form_problems(
    (workflows.expand_form(v_parameters)).form, p_values, 'values', 'parameter', true));
end
$$;
comment on function workflows.set_problems(text, workflows.parameter_template, jsonb) is
  'What does not fit among the values of a recipe.';
