-- What a workflow starts with: the values of its template, over them those of its recipe, over them
-- what the caller gives, and declared defaults for what is still missing, all checked against
-- template, enums and declared parameters. Null is not given: it leaves what it is laid over.
-- p_recipe names template, recipe and versions. Answers every problem at once. frozen says what was
-- used; it is {} where that was only the caller's values. base is what they are laid over.
create or replace function workflows.resolve_values(
  p_workflow_name text, p_workflow_version integer, p_inputs jsonb, p_recipe jsonb,
  out resolved jsonb, out problems jsonb, out frozen jsonb, out base jsonb)
language plpgsql stable
as $$
declare
  v_parameters jsonb := (workflows.find_definition(p_workflow_name, p_workflow_version)).parameters;
  v_template workflows.parameter_template;
  v_set workflows.parameter_set;
  v_form record;
  v_versions jsonb := jsonb_build_object();
begin
  frozen := jsonb_build_object();
  base := jsonb_build_object();
  problems := jsonb_build_array();
  if p_recipe is not null then
    v_set := workflows.find_set(
      p_workflow_name, p_recipe ->> 'set_name', (p_recipe ->> 'set_version')::numeric::integer);
    v_template := workflows.find_template(p_workflow_name,
      coalesce(v_set.template_name, p_recipe ->> 'template_name'),
      coalesce(v_set.template_version, (p_recipe ->> 'template_version')::numeric::integer));
    problems := workflows.recipe_problems(p_recipe, v_set, v_template);
    base := workflows.lay_over(coalesce(v_template.meta -> 'defaultData', '{}'),
      coalesce(v_set.parameter_values, '{}'));
  end if;
  if jsonb_typeof(p_inputs) <> 'object' then
    problems := problems || jsonb_build_object('path', 'inputs',
      'problem', 'must be an object: one value for each parameter');
  end if;
  if problems <> '[]' then return; end if;
  resolved := case when base = '{}' then p_inputs else workflows.lay_over(base, p_inputs) end;
  if v_template.template_name is not null then
    select e.* into v_form
    from workflows.expand_form(workflows.template_fields(v_template.meta)) e;
    problems := workflows.form_problems(
      v_form.form, resolved, 'inputs', 'field of the template', true);
    v_versions := v_form.versions;
  end if;
  if v_parameters is not null then
    resolved := workflows.with_defaults(v_parameters, resolved);
    select e.* into v_form from workflows.expand_form(v_parameters) e;
    problems := workflows.join_problems(problems,
      workflows.form_problems(v_form.form, resolved, 'inputs', 'parameter', false));
    v_versions := v_versions || v_form.versions;
  end if;
  if p_recipe is null and v_versions = '{}' then return; end if;
  frozen := jsonb_build_object(
    'template_name', v_template.template_name, 'template_version', v_template.template_version,
    'set_name', v_set.set_name, 'set_version', v_set.set_version, 'set_status', v_set.status,
    'enum_versions', v_versions, 'overrides', (
      select coalesce(jsonb_object_agg(i.key, i.value), '{}') from jsonb_each(p_inputs) i
      where i.value <> 'null' and base -> i.key is distinct from i.value));
end
$$;
comment on function workflows.resolve_values(text, integer, jsonb, jsonb) is
  'What a workflow would start with, and everything that is wrong with it.';

-- What is wrong with the recipe and template that were asked for, as they were found.
create or replace function workflows.recipe_problems(
  p_recipe jsonb, p_set workflows.parameter_set, p_template workflows.parameter_template)
returns jsonb
language sql immutable
as $$
  select case
    when p_recipe ->> 'set_name' is not null and workflows.set_problem(p_set, p_recipe) is not null
      then jsonb_build_array(jsonb_build_object(
        'path', 'set_name', 'problem', workflows.set_problem(p_set, p_recipe)))
    when p_template.template_name is null
      and coalesce(p_set.template_name, p_recipe ->> 'template_name') is not null
      then jsonb_build_array(jsonb_build_object('path', 'template_name',
        'problem', 'has no ' || coalesce('version ' || coalesce(p_set.template_version::text,
            p_recipe ->> 'template_version'), 'active version')
          || ': ' || coalesce(p_set.template_name, p_recipe ->> 'template_name'),
        'code', 'template_not_found'))
    else jsonb_build_array() end
$$;
comment on function workflows.recipe_problems(
  jsonb, workflows.parameter_set, workflows.parameter_template) is
  'What is wrong with the recipe and template that a caller asks for.';

create or replace function workflows.with_defaults(p_parameters jsonb, p_values jsonb)
returns jsonb
language plpgsql immutable
as $$
begin
  return (
    select p_values || coalesce(jsonb_object_agg(f ->> 'name', f -> 'default'), '{}')
    from jsonb_array_elements(p_parameters) f
    where nullif(f -> 'default', 'null') is not null
      and nullif(p_values -> (f ->> 'name'), 'null') is null);
end
$$;
comment on function workflows.with_defaults(jsonb, jsonb) is
  'Values with the declared defaults of those that are not given.';

create or replace function workflows.lay_over(p_under jsonb, p_values jsonb) returns jsonb
language plpgsql immutable
as $$
begin
  return (
    select p_under || coalesce(jsonb_object_agg(v.key, v.value), '{}')
    from jsonb_each(p_values) v where v.value <> 'null' or not p_under ? v.key);
end
$$;
comment on function workflows.lay_over(jsonb, jsonb) is
  'Values over those that stand, which a null leaves as they are.';

-- What template and parameters both have to say about a value is said once.
create or replace function workflows.join_problems(p_first jsonb, p_second jsonb) returns jsonb
language plpgsql immutable
as $$
begin
  return (
    select p_first || coalesce(jsonb_agg(s order by n), '[]')
    from jsonb_array_elements(p_second) with ordinality e(s, n)
    where not exists (
      select from jsonb_array_elements(p_first) f where f ->> 'path' = s ->> 'path'
        and (f ->> 'problem' = s ->> 'problem' or f ->> 'code' = s ->> 'code')));
end
$$;
comment on function workflows.join_problems(jsonb, jsonb) is 'Problems of two forms.';

create or replace function workflows.problems_text(p_problems jsonb) returns text
language sql immutable
as $$
  select string_agg((e ->> 'path') || ' ' || (e ->> 'problem'), '; ' order by n)
  from jsonb_array_elements(p_problems) with ordinality p(e, n)
$$;
comment on function workflows.problems_text(jsonb) is 'Problems as a person reads them.';
