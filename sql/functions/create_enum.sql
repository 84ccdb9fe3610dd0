-- Adds a version of an enum and answers its number. p_choices: a JSON array of {"label", "value",
-- "isDisabled"}, or of plain values, which are their own labels. Options: description, actor,
-- is_active. Two at once get two numbers: the second waits for the first one's row and looks again.
create or replace function workflows.create_enum(
  p_enum_name text, p_choices text, p_options text default '{}') returns text
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
  v_choices jsonb;
  v_version integer;
begin
  perform workflows.refuse_unless(workflows.name_problem(p_enum_name), 'enum_name');
  perform workflows.refuse_unless(case when p_enum_name ~ ':[0-9]+$' then
    'must not end like a version: in @enum:Name:3 that is the version of Name' end, 'enum_name');
  perform workflows.refuse_unless(workflows.payload_problem(p_choices), 'choices');
  v_choices := p_choices::jsonb;
  perform workflows.refuse_unless(workflows.choices_problem(v_choices), 'choices');
  select jsonb_agg(case when jsonb_typeof(c) = 'object' then c
    else jsonb_build_object('label', c #>> '{}', 'value', c, 'isDisabled', false) end order by n)
  into v_choices from jsonb_array_elements(v_choices) with ordinality e(c, n);
  loop
    insert into workflows.parameter_enum (
      enum_name, enum_version, status, choices, description, created_by, created_at)
    select p_enum_name, coalesce(max(e.enum_version), 0) + 1, v_status, v_choices,
      v_options ->> 'description', v_actor, v_now
    from workflows.parameter_enum e where e.enum_name = p_enum_name
    on conflict do nothing returning enum_version into v_version;
    exit when found;
  end loop;
  perform workflows.audit_configuration('enum created',
    p_enum_name || ' version ' || v_version, null, v_choices::text, v_actor);
  return json_build_object('enum_name', p_enum_name, 'enum_version', v_version)::text;
end
$$;
comment on function workflows.create_enum(text, text, text) is 'Adds a version of an enum.';

create or replace function workflows.choices_problem(p_choices jsonb) returns text
language sql immutable
as $$
  select case
    when jsonb_typeof(p_choices) <> 'array' then 'must be an array'
    when p_choices = '[]' then 'must not be empty'
    when exists (select from jsonb_array_elements(p_choices) c
      where case jsonb_typeof(c) when 'object' then not c ? 'value'
          or jsonb_typeof(c -> 'value') in ('object', 'array', 'null')
          or jsonb_typeof(c -> 'isDisabled') <> 'boolean'
          or jsonb_typeof(c -> 'label') not in ('string', 'number', 'boolean')
        when 'array' then true when 'null' then true else false end)
      then 'must be values, or objects with label, value and isDisabled'
    when exists (select from jsonb_array_elements(p_choices) c
      group by case when jsonb_typeof(c) = 'object' then c -> 'value' else c end
      having count(*) > 1) then 'must not name a value twice'
  end
$$;
comment on function workflows.choices_problem(jsonb) is
  'What is wrong with the choices of an enum, or null.';
