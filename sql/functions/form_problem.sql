-- What is wrong with a form itself, or null: a worker may not store one that would fail at enqueue.
create or replace function workflows.form_problem(p_form jsonb) returns text
language plpgsql immutable
as $$
declare
  v_field jsonb;
  v_problem text;
begin
  if p_form is null or p_form = 'null' then return null; end if;
  if jsonb_typeof(p_form) <> 'array' then return 'must be an array of fields'; end if;
  for v_field in select f from jsonb_array_elements(p_form) f loop
    v_problem := workflows.field_form_problem(v_field);
    if v_problem is not null then
      return coalesce(v_field ->> 'name', 'a field') || ' ' || v_problem;
    end if;
  end loop;
  return (select 'has a field twice: ' || min(n.name) from (
    select f ->> 'name' as name from jsonb_array_elements(p_form) f
    group by f ->> 'name' having count(*) > 1) n having count(*) > 0);
end
$$;
comment on function workflows.form_problem(jsonb) is 'What is wrong with a form, or null.';

create or replace function workflows.field_choices_problem(p_field jsonb) returns text
language sql immutable
as $$
  select case
    when jsonb_typeof(p_field -> 'enum') not in ('string', 'null')
      or jsonb_typeof(p_field -> 'enum_version') not in ('number', 'null')
      then 'must name its enum, and the version as a whole number'
    when (p_field ->> 'enum_version')::numeric not between 1 and 1000000
      or (p_field ->> 'enum_version')::numeric % 1 <> 0
      then 'must name its enum, and the version as a whole number'
    when p_field ->> 'type' <> 'choice' or p_field ->> 'enum' is not null then null
    when jsonb_typeof(p_field -> 'choices') <> 'array'
      then 'needs choices, or the enum that they are in'
    when p_field -> 'choices' = '[]' or p_field -> 'choices' is null
      then 'needs choices, or the enum that they are in'
    when jsonb_path_exists(p_field,
      'strict $.choices[*] ? (@.type() == "array" || @.type() == "object" || @ == null)')
      then 'has choices that are not texts, numbers or true and false'
  end
$$;
comment on function workflows.field_choices_problem(jsonb) is
  'What is wrong with the choices of a field, or null.';

create or replace function workflows.field_form_problem(p_field jsonb) returns text
language sql immutable
as $$
  select case
    when jsonb_typeof(p_field) <> 'object' then 'must be an object with name and type'
    when jsonb_typeof(p_field -> 'name') is distinct from 'string'
      or workflows.name_problem(p_field ->> 'name') is not null then 'needs a name'
    when coalesce(p_field ->> 'type' not in (
      'text', 'number', 'integer', 'boolean', 'choice', 'datetime', 'any'), true)
      then 'must have a type: text, number, integer, boolean, choice, datetime or any'
    when jsonb_typeof(p_field -> 'required') not in ('boolean', 'null')
      then 'must be required or not: true or false'
    when (p_field ->> 'min' is not null or p_field ->> 'max' is not null)
      and p_field ->> 'type' not in ('text', 'number', 'integer')
      then 'has a min or max, which only a text, number or integer has'
    when jsonb_typeof(p_field -> 'min') not in ('number', 'null')
      or jsonb_typeof(p_field -> 'max') not in ('number', 'null')
      then 'has a min or max that is not a number'
    when abs((p_field ->> 'min')::numeric) > 1.7976931348623157e308
      or abs((p_field ->> 'max')::numeric) > 1.7976931348623157e308
      then 'has a min or max that is out of range'
    when (p_field ->> 'min')::numeric > (p_field ->> 'max')::numeric then 'has a min above its max'
    when p_field ->> 'type' <> 'choice'
      and (p_field ->> 'enum' is not null or p_field ->> 'choices' is not null)
      then 'has choices or an enum, which only a choice has'
    else coalesce(workflows.field_choices_problem(p_field), 'has a default that '
      || workflows.field_problem(p_field, case when p_field ->> 'enum' is null
        then nullif(p_field -> 'default', 'null') end, true))
  end
$$;
comment on function workflows.field_form_problem(jsonb) is
  'What is wrong with one field of a form, or null.';
