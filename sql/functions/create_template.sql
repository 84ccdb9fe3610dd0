-- Adds a version of a template and answers its number. p_form: the props of a Perspective Form as
-- JSON; each widget is a parameter, its value in props.data the default. What is no parameter of
-- the workflow, or does not fit it, is refused here and not when it runs. Options: description,
-- actor, is_active. Two at once get two numbers: the second waits for the first one's row and looks
-- again.
create or replace function workflows.create_template(
  p_workflow_name text, p_template_name text, p_form text, p_options text default '{}')
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_call_options(
    p_options, 'options', '{description,actor,is_active}');
  v_actor text := workflows.option_actor(v_options);
  v_status text := case when workflows.option_boolean(v_options, 'is_active', true)
    then 'active' else 'obsolete' end;
  v_form jsonb;
  v_meta jsonb;
  v_version integer;
begin
  perform workflows.refuse_unless(workflows.name_problem(p_workflow_name), 'workflow_name');
  perform workflows.refuse_unless(workflows.name_problem(p_template_name), 'template_name');
  perform workflows.refuse_unless(workflows.payload_problem(p_form), 'form');
  perform workflows.refuse_unless(
    case when jsonb_typeof(p_form::jsonb) <> 'object' then 'must be an object' end, 'form');
  v_form := workflows.clean_form(p_form::jsonb, p_workflow_name || '.' || p_template_name);
  v_meta := workflows.form_meta(v_form);
  v_form := v_form || jsonb_build_object('data', v_meta -> 'defaultData');
  perform workflows.refuse_values(
    workflows.values_problem('form',
      workflows.template_problems(p_workflow_name, v_form, v_meta)));
  loop
    insert into workflows.parameter_template (workflow_name, template_name, template_version,
      status, form, meta, description, created_by, created_at)
    select p_workflow_name, p_template_name, coalesce(max(t.template_version), 0) + 1, v_status,
      v_form, v_meta, v_options ->> 'description', v_actor, v_now
    from workflows.parameter_template t
    where t.workflow_name = p_workflow_name and t.template_name = p_template_name
    on conflict do nothing returning template_version into v_version;
    exit when found;
  end loop;
  perform workflows.audit_configuration('template created',
    p_workflow_name || ' ' || p_template_name || ' version ' || v_version, null, v_form::text,
    v_actor);
  return json_build_object('workflow_name', p_workflow_name, 'template_name', p_template_name,
    'template_version', v_version, 'is_registered',
    (workflows.find_definition(p_workflow_name, null)).workflow_name is not null)::text;
end
$$;
comment on function workflows.create_template(text, text, text, text) is
  'Adds a version of a template.';

-- The props without what Perspective computes, with the parts that a form needs.
create or replace function workflows.clean_form(p_form jsonb, p_name text) returns jsonb
language sql immutable
as $$
  select '{"columns": {"items": []}}' || (p_form - 'validation' - 'data')
    || jsonb_build_object('name', p_name, 'data', case
      when jsonb_typeof(p_form -> 'data') = 'object' then p_form -> 'data'
      else jsonb_build_object() end)
$$;
comment on function workflows.clean_form(jsonb, text) is 'The props of a form as they are kept.';

-- What a form says about its parameters: ids of its widgets in their order, their types, default
-- values (null where there is none; what is left of widgets that are gone is dropped), and the
-- enums they refer to: `@enum:Name` or `@enum:Name:3` as label or text of the first choice,
-- wherever the widget keeps its choices.
create or replace function workflows.form_meta(p_form jsonb) returns jsonb
language sql immutable
as $$
  with widget as (
    select w ->> 'id' as id, w ->> 'type' as type, n, (
      select regexp_match(coalesce(c ->> 'label', c ->> 'text'), '^@enum:(.+?)(?::(\d{1,6}))?$')
      from jsonb_path_query(w, 'strict $.** ? (@.type() == "array")[0]') c
      where coalesce(c ->> 'label', c ->> 'text') like '@enum:%' limit 1) as enum
    from jsonb_path_query(p_form, 'strict $.columns.**.widgets[*]') with ordinality q(w, n)
    where jsonb_typeof(w -> 'id') = 'string')
  select jsonb_build_object(
    'paramKeys', coalesce(jsonb_agg(w.id order by w.n), '[]'),
    'widgetTypes', coalesce(jsonb_object_agg(w.id, w.type), '{}'),
    'defaultData', coalesce(jsonb_object_agg(w.id, coalesce(p_form -> 'data' -> w.id, 'null')),
      '{}'),
    'enumRefs', coalesce(jsonb_object_agg(w.id, jsonb_build_object('enumName', w.enum[1],
      'enumVersion', w.enum[2]::integer)) filter (where w.enum is not null), '{}'))
  from widget w
$$;
comment on function workflows.form_meta(jsonb) is 'What a form says about its parameters.';

-- Everything that keeps a form from starting its workflow. A workflow that nobody registered yet
-- takes any keys.
create or replace function workflows.template_problems(
  p_workflow_name text, p_form jsonb, p_meta jsonb) returns jsonb
language plpgsql stable
as $$
declare
  v_definition workflows.workflow_definition := workflows.find_definition(p_workflow_name, null);
  v_problems jsonb;
begin
  select coalesce(jsonb_agg(jsonb_build_object('path', 'form.' || k.id,
    'problem', k.problem) order by k.n, k.problem), '[]')
  into v_problems
  from (
    select k.id, k.n, workflows.name_problem(k.id) as problem
    from jsonb_array_elements_text(p_meta -> 'paramKeys') with ordinality k(id, n)
    union all
    select k.id, max(k.n), 'is the id of two widgets'
    from jsonb_array_elements_text(p_meta -> 'paramKeys') with ordinality k(id, n)
    group by k.id having count(*) > 1
    union all
    select r.key, 0, 'refers to an enum that does not exist: ' || (r.value ->> 'enumName')
      || coalesce(' version ' || (r.value ->> 'enumVersion'), '')
    from jsonb_each(p_meta -> 'enumRefs') r
    where (workflows.find_enum(r.value ->> 'enumName',
      (r.value ->> 'enumVersion')::integer)).enum_name is null
    union all
    select s.id, 0, s.problem from workflows.signature_problems(v_definition, p_meta) s) k
  where k.problem is not null;
  if v_problems <> '[]' then return v_problems; end if;
  return workflows.join_problems(
    workflows.form_problems((workflows.expand_form(workflows.template_fields(p_meta))).form,
      p_meta -> 'defaultData', 'form', 'field of the template', true),
    workflows.form_problems((workflows.expand_form(v_definition.parameters)).form,
      p_meta -> 'defaultData', 'form', 'parameter', true));
end
$$;
comment on function workflows.template_problems(text, jsonb, jsonb) is
  'Everything that keeps a form from starting its workflow.';

-- How the keys of a template fit the workflow: its declared parameters, else the arguments of its
-- function.
create or replace function workflows.signature_problems(
  p_definition workflows.workflow_definition, p_meta jsonb, out id text, out problem text)
returns setof record
language sql stable
as $$
  with accepted as (
    select coalesce(jsonb_path_query_array(p_definition.parameters, '$[*].name'),
        p_definition.signature -> 'arguments') as names,
      coalesce(jsonb_path_query_array(p_definition.parameters,
          '$[*] ? (@.required == true && !(@."default" != null)).name'),
        p_definition.signature -> 'required') as required,
      p_definition.parameters is null
        and (p_definition.signature -> 'takes_more') is distinct from 'false' as takes_more)
  select k, 'is not a parameter of ' || p_definition.workflow_name || ', which takes '
    || coalesce(nullif(workflows.choices_text(a.names), 'nothing'), 'none')
  from accepted a, jsonb_array_elements_text(p_meta -> 'paramKeys') k
  where not a.takes_more and not a.names ? k
  union all
  select k, 'is missing: ' || p_definition.workflow_name || ' needs it'
  from accepted a, jsonb_array_elements_text(a.required) k
  where not p_meta -> 'paramKeys' ? k
$$;
comment on function workflows.signature_problems(workflows.workflow_definition, jsonb) is
  'Keys of a template that its workflow does not take, and those that it lacks.';
