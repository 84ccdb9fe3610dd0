-- What is wrong with an answer to a form, all of it: a JSON array of {"path", "problem"}. A form is
-- an array of fields: name, type (text, number, integer, boolean, choice), required, min, max (of a
-- number, or of the length of a text), choices. Without a form every answer fits.
create or replace function workflows.answer_problems(p_form jsonb, p_answer jsonb) returns jsonb
language plpgsql volatile
as $$
declare
  v_field jsonb;
  v_problem text;
  v_errors jsonb := jsonb_build_array();
  v_name text;
begin
  if p_form is null then return v_errors; end if;
  if jsonb_typeof(p_answer) <> 'object' then
    return jsonb_build_array(jsonb_build_object(
      'path', 'answer', 'problem', 'must be an object with the fields of the form'));
  end if;
  for v_field in select f from jsonb_array_elements(p_form) f loop
    v_name := v_field ->> 'name';
    v_problem := workflows.field_problem(v_field, nullif(p_answer -> v_name, 'null'));
    if v_problem is not null then
      v_errors := v_errors || jsonb_build_object('path', 'answer.' || v_name, 'problem', v_problem);
    end if;
  end loop;
  return v_errors || coalesce((
    select jsonb_agg(jsonb_build_object(
      'path', 'answer.' || k, 'problem', 'is not a field of the form') order by k)
    from jsonb_object_keys(p_answer) k
    where not p_form @> jsonb_build_array(jsonb_build_object('name', k))), '[]');
end
$$;
comment on function workflows.answer_problems(jsonb, jsonb) is
  'What is wrong with an answer to a form.';

create or replace function workflows.field_problem(p_field jsonb, p_value jsonb) returns text
language plpgsql immutable
as $$
declare
  v_type text := p_field ->> 'type';
  v_size numeric;
begin
  if p_value is null then
    return case when (p_field ->> 'required')::boolean then 'is required' end;
  elsif v_type = 'choice' then
    return case when not p_field -> 'choices' @> jsonb_build_array(p_value)
      then 'must be one of ' || (p_field ->> 'choices') end;
  elsif v_type = 'boolean' then
    return case when jsonb_typeof(p_value) <> 'boolean' then 'must be true or false' end;
  elsif v_type = 'text' then
    if jsonb_typeof(p_value) <> 'string' then return 'must be a text'; end if;
    v_size := length(p_value #>> '{}');
    return case
      when v_size < (p_field ->> 'min')::numeric
        then 'must have at least ' || (p_field ->> 'min') || ' characters'
      when v_size > (p_field ->> 'max')::numeric
        then 'must have at most ' || (p_field ->> 'max') || ' characters' end;
  end if;
  if jsonb_typeof(p_value) <> 'number' then return 'must be a number'; end if;
  v_size := p_value::text::numeric;
  return case
    when v_type = 'integer' and v_size <> trunc(v_size) then 'must be a whole number'
    when v_size < (p_field ->> 'min')::numeric then 'must be at least ' || (p_field ->> 'min')
    when v_size > (p_field ->> 'max')::numeric then 'must be at most ' || (p_field ->> 'max') end;
end
$$;
comment on function workflows.field_problem(jsonb, jsonb) is
  'What is wrong with one field of an answer, or null.';
