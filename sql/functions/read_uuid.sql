create or replace function workflows.read_uuid(p_text text, p_field text) returns uuid
language plpgsql volatile
as $$
begin
  return p_text::uuid;
exception when data_exception then
  return workflows.refuse('WF002', workflows.bad_argument(p_field, 'is not a uuid'),
    p_field || ' must be a uuid')::uuid;
end
$$;
comment on function workflows.read_uuid(text, text) is 'Reads a uuid given as text.';
