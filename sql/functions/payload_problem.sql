-- Cheap tests first (the setting payload_bytes cannot be less than 1024); only text that could hold
-- something poisonous is parsed as jsonb, which finds NUL, lone surrogates, numbers no double can
-- hold, and more than 64 levels.
create or replace function workflows.payload_problem(
  p_text text, p_limit integer default null) returns text
language plpgsql stable
as $$
declare
  v_value jsonb;
  v_problem text := 'is not valid JSON';
begin
  if p_text is null then return 'must be JSON, not null'; end if;
  if octet_length(p_text) > 1024 then
    p_limit := coalesce(p_limit, workflows.setting_of('payload_bytes')::integer);
    if octet_length(p_text) > p_limit then return 'is larger than ' || p_limit || ' bytes'; end if;
  end if;
  begin
    -- patterns are dear and most texts need none of them; 65 levels are 130 brackets
    if p_text::json is not null
       and (octet_length(p_text) < 130
         or length(p_text) - length(translate(p_text, '[{', '')) <= 64)
       and (strpos(p_text, '\u') = 0 or p_text !~ '\\u(0000|[dD][89a-fA-F])')
       and p_text !~ '[eE]\+?[0-9]{3}'
       and (octet_length(p_text) < 250 or p_text !~ '[0-9]{250}') then
      return null;
    end if;
    v_problem := 'contains half of a surrogate pair';
    v_value := p_text::jsonb;
  exception
    when untranslatable_character then return 'contains a NUL character';
    when statement_too_complex then return 'is nested deeper than 64 levels';
    when numeric_value_out_of_range then return 'contains a number that is out of range';
    when data_exception then return v_problem;
  end;
  if jsonb_path_exists(
      v_value, 'strict $.**{64} ? (@.type() == "array" || @.type() == "object")') then
    return 'is nested deeper than 64 levels';
  end if;
  if jsonb_path_exists(v_value, '$.** ? (@.type() == "number"
      && (@ > 1.7976931348623157e308 || @ < -1.7976931348623157e308))') then
    return 'contains a number that is out of range';
  end if;
  return null;
end
$$;
comment on function workflows.payload_problem(text, integer) is
  'What is wrong with a payload given as JSON text, or null.';
