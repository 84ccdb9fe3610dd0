-- What is wrong with values for a form, all of it: a JSON array of {"path", "problem"}. A form is
-- an array of fields: name, type (text, number, integer, boolean, choice, datetime, any), required,
-- min and max (of a number, or of the length of a text), unit, choices. Null counts as not given.
-- The fields of a prompt and the parameters of a workflow are such forms. p_noun says in messages
-- what a field is; p_is_partial lets required ones be left out. Without a form everything fits.
create or replace function workflows.form_problems(
  p_form jsonb, p_values jsonb, p_root text, p_noun text, p_is_partial boolean) returns jsonb
language plpgsql immutable
as $$
declare
  v_field jsonb;
  v_problem text;
  v_errors jsonb := jsonb_build_array();
  v_name text;
begin
  if p_form is null then return v_errors; end if;
  if jsonb_typeof(p_values) <> 'object' then
    return jsonb_build_array(jsonb_build_object(
      'path', p_root, 'problem', 'must be an object: one value for each ' || p_noun));
  end if;
  for v_field in select f from jsonb_array_elements(p_form) f loop
    v_name := v_field ->> 'name';
    v_problem := workflows.field_problem(
      v_field, nullif(p_values -> v_name, 'null'), p_is_partial);
    if v_problem is not null then
      v_errors := v_errors || jsonb_build_object(
        'path', p_root || '.' || v_name, 'problem', v_problem);
    end if;
  end loop;
  return v_errors || coalesce((
    select jsonb_agg(jsonb_build_object('path', p_root || '.' || k,
      'problem', 'is not a ' || p_noun, 'code', 'unknown') order by k)
    from jsonb_object_keys(p_values) k
    where not p_form @> jsonb_build_array(jsonb_build_object('name', k))), '[]');
end
$$;
comment on function workflows.form_problems(jsonb, jsonb, text, text, boolean) is
  'What is wrong with values for a form.';

create or replace function workflows.field_problem(
  p_field jsonb, p_value jsonb, p_is_partial boolean) returns text
language plpgsql immutable
as $$
declare
  v_type text := p_field ->> 'type';
  v_unit text := coalesce(' ' || (p_field ->> 'unit'), '');
  v_size numeric;
begin
  if p_value is null then
    return case when (p_field ->> 'required')::boolean and not p_is_partial
      then 'is required' end;
  elsif v_type = 'choice' then
    return case when workflows.is_choice(p_field, p_value) then null
      when p_field -> 'choices' = '[]' and p_field ->> 'enum' is not null
        then 'has no choices: there is no active ' || (p_field ->> 'enum')
      else 'must be one of ' || workflows.choices_text(p_field -> 'choices') end;
  elsif v_type = 'boolean' then
    return case when jsonb_typeof(p_value) <> 'boolean' then 'must be true or false' end;
  elsif v_type = 'datetime' then
    return case when not workflows.is_datetime(p_value) then
      'must be a time like 2026-01-31T08:00:00Z, or whole milliseconds since 1970' end;
  elsif v_type = 'text' then
    if jsonb_typeof(p_value) <> 'string' then return 'must be a text'; end if;
    v_size := length(p_value #>> '{}');
    return case
      when v_size < (p_field ->> 'min')::numeric
        then 'must have at least ' || workflows.characters_text(p_field ->> 'min')
      when v_size > (p_field ->> 'max')::numeric
        then 'must have at most ' || workflows.characters_text(p_field ->> 'max') end;
  elsif v_type = 'any' then
    return null;
  end if;
  if jsonb_typeof(p_value) <> 'number' then return 'must be a number'; end if;
  v_size := p_value::text::numeric;
  return case
    when v_type = 'integer' and v_size <> trunc(v_size) then 'must be a whole number'
    when v_size < (p_field ->> 'min')::numeric
      then 'must be at least ' || (p_field ->> 'min') || v_unit
    when v_size > (p_field ->> 'max')::numeric
      then 'must be at most ' || (p_field ->> 'max') || v_unit end;
end
$$;
comment on function workflows.field_problem(jsonb, jsonb, boolean) is
  'What is wrong with the value of one field, or null.';

-- With several, a list whose every part is a choice fits too.
create or replace function workflows.is_choice(p_field jsonb, p_value jsonb) returns boolean
language sql immutable
as $$
  select not exists (
    select from jsonb_array_elements(
      case when p_field -> 'several' = 'true' and jsonb_typeof(p_value) = 'array' then p_value
        else jsonb_build_array(p_value) end) v
    where not exists (select from jsonb_array_elements(p_field -> 'choices') c where c = v))
$$;
comment on function workflows.is_choice(jsonb, jsonb) is
  'Whether a value is one of the choices of a field.';

create or replace function workflows.characters_text(p_count text) returns text
language sql immutable
as $$select p_count || ' character' || case p_count when '1' then '' else 's' end$$;
comment on function workflows.characters_text(text) is
  'A number of characters as a person reads it.';

create or replace function workflows.choices_text(p_choices jsonb) returns text
language sql immutable
as $$
  select coalesce(string_agg(c #>> '{}', ', ' order by n), 'nothing')
  from jsonb_array_elements(p_choices) with ordinality e(c, n)
$$;
comment on function workflows.choices_text(jsonb) is 'The choices as a person reads them.';

-- ISO 8601 to the minute or finer, at most six decimals, with Z or hours and minutes off by less
-- than 15 hours; or whole milliseconds, as many as Java and JavaScript know. Judged by its parts: a
-- cast would need a block that catches, which costs more than all the rest.
create or replace function workflows.is_datetime(p_value jsonb) returns boolean
language sql immutable
as $$
  select case jsonb_typeof(p_value)
    when 'number' then p_value::text::numeric % 1 = 0
      and abs(p_value::text::numeric) <= 8640000000000000
    when 'string' then coalesce((
      select p[2]::integer between 1 and 12
        and p[1]::integer > 0 and p[3]::integer between 1 and extract(day from make_date(
          greatest(p[1]::integer, 1), least(greatest(p[2]::integer, 1), 12), 1)
            + interval '1 month - 1 day')
      from regexp_matches(p_value #>> '{}', '^([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]'
        '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?'
        '(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)$') p), false)
    else false end
$$;
comment on function workflows.is_datetime(jsonb) is
  'Whether a value is a time with its zone, or milliseconds since 1970.';
