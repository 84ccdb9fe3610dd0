-- A whole number among the options, within its limits.
create or replace function workflows.option_number(
  p_options jsonb, p_key text, p_default bigint, p_least bigint, p_most bigint) returns bigint
language plpgsql volatile
as $$
declare
  v_number numeric := p_default;
begin
  if p_options ? p_key then
    begin
      v_number := (p_options ->> p_key)::numeric;
    exception when data_exception then
      v_number := null;
    end;
  end if;
  if v_number is null or not v_number between p_least and p_most or v_number <> trunc(v_number) then
    perform workflows.refuse('WF002',
      workflows.bad_argument(p_key, 'must be a whole number from ' || p_least || ' to ' || p_most),
      p_key || ' must be a whole number from ' || p_least || ' to ' || p_most);
  end if;
  return v_number;
end
$$;
comment on function workflows.option_number(jsonb, text, bigint, bigint, bigint) is
  'A whole number among the options of a call.';
