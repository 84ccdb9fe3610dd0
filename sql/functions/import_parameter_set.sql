-- Makes a draft of what export_parameter_set wrote, here or elsewhere: all of it or nothing, and a
-- draft whatever it was. Template and enums are added where the same do not stand already, and are
-- obsolete where another version is active: an import changes no form that is in use. A form that
-- names the version of an enum names the one that it has here. Copies a recipe, under another name
-- or for another workflow. Options: workflow_name, set_name, actor, reason.
create or replace function workflows.import_parameter_set(
  p_document text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(
    p_options, 'options', '{workflow_name,set_name,actor,reason}');
  v_actor text := workflows.option_actor(v_options);
  v_document jsonb;
  v_workflow text;
  v_template jsonb;
  v_version integer;
  v_form text;
begin
  perform workflows.refuse_unless(workflows.payload_problem(p_document), 'document');
  v_document := p_document::jsonb;
  if v_document ->> 'format' is distinct from 'ignition-workflows recipe 1' then
    perform workflows.refuse_unless('is not what export_parameter_set wrote', 'document');
  end if;
  v_workflow := coalesce(v_options ->> 'workflow_name', v_document #>> '{recipe,workflow_name}');
  if coalesce(jsonb_typeof(v_document -> 'enums') <> 'array', true) then
    perform workflows.refuse_unless('must be an array', 'enums');
  end if;
  v_template := nullif(v_document -> 'template', 'null');
  v_form := workflows.import_enums(v_document -> 'enums', (v_template -> 'form')::text, v_actor);
  if v_template is not null then
    v_version := workflows.import_template(v_workflow, v_template, v_form, v_actor);
  end if;
  return workflows.create_parameter_set(v_workflow,
    coalesce(v_options ->> 'set_name', v_document #>> '{recipe,set_name}'),
    v_document #>> '{recipe,values}',
    jsonb_strip_nulls(jsonb_build_object('template_name', v_template -> 'template_name',
      'template_version', v_version, 'actor', v_actor,
      'description', v_document #> '{recipe,description}',
      'reason', coalesce(v_options ->> 'reason', 'imported')))::text);
end
$$;
comment on function workflows.import_parameter_set(text, text) is
  'Makes a draft of an exported recipe.';

-- Answers the form with the versions that the enums have here, each marked with = until all have
-- theirs: a number may be the old one of one and the new one of another. The latest comes first and
-- is the active one where there was none.
create or replace function workflows.import_enums(p_enums jsonb, p_form text, p_actor text)
returns text
language plpgsql volatile
as $$
declare
  v_form text := p_form;
  v_enum jsonb;
  v_name text;
begin
  for v_enum in
    select e from jsonb_array_elements(p_enums) e order by e -> 'enum_version' desc
  loop
    v_name := rtrim(to_jsonb('@enum:' || (v_enum ->> 'enum_name') || ':')::text, '"');
    v_form := replace(v_form, concat(v_name, v_enum ->> 'enum_version', '"'),
      v_name || '=' || workflows.import_enum(v_enum, p_actor) || '"');
  end loop;
  for v_enum in select e from jsonb_array_elements(p_enums) e loop
    v_name := rtrim(to_jsonb('@enum:' || (v_enum ->> 'enum_name') || ':')::text, '"');
    v_form := replace(v_form, v_name || '=', v_name);
  end loop;
  return v_form;
end
$$;
comment on function workflows.import_enums(jsonb, text, text) is
  'Adds the enums of an exported recipe and answers its form with their versions.';

-- A version of the enum with the same choices, added where none stands.
create or replace function workflows.import_enum(p_enum jsonb, p_actor text) returns integer
language plpgsql volatile
as $$
declare
  v_version integer;
begin
  select e.enum_version into v_version from workflows.parameter_enum e
  where e.enum_name = p_enum ->> 'enum_name' and e.status <> 'deleted'
    and e.choices = p_enum -> 'choices'
  order by e.enum_version desc limit 1;
  if found then return v_version; end if;
  return (workflows.create_enum(p_enum ->> 'enum_name', (p_enum -> 'choices')::text,
    jsonb_strip_nulls(jsonb_build_object('actor', p_actor, 'is_active',
      p_enum ->> 'status' is distinct from 'obsolete'
        and (workflows.find_enum(p_enum ->> 'enum_name', null)).enum_name is null,
      'description', p_enum -> 'description'))::text)::json ->> 'enum_version')::integer;
end
$$;
comment on function workflows.import_enum(jsonb, text) is
  'Version of an enum with the same choices, added where none stands.';

-- The form as it is; only its name says which workflow it belongs to.
create or replace function workflows.import_template(
  p_workflow_name text, p_template jsonb, p_form text, p_actor text) returns integer
language plpgsql volatile
as $$
declare
  v_version integer;
begin
  perform workflows.refuse_unless(case when jsonb_typeof(p_form::jsonb) <> 'object'
    then 'must be an object' end, 'form');
  select t.template_version into v_version from workflows.parameter_template t
  where t.workflow_name = p_workflow_name and t.template_name = p_template ->> 'template_name'
    and t.status <> 'deleted' and t.form - 'name' = p_form::jsonb - 'name'
  order by t.template_version desc limit 1;
  if found then return v_version; end if;
  return (workflows.create_template(p_workflow_name, p_template ->> 'template_name',
    p_form, jsonb_strip_nulls(jsonb_build_object('actor', p_actor, 'is_active',
      (workflows.find_template(
        p_workflow_name, p_template ->> 'template_name', null)).template_name is null,
      'description', p_template -> 'description'))::text)::json ->> 'template_version')::integer;
end
$$;
comment on function workflows.import_template(text, jsonb, text, text) is
  'Version of a template with the same form, added where none stands.';
