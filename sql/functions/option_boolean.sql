create or replace function workflows.option_boolean(
  p_options jsonb, p_key text, p_default boolean) returns boolean
language plpgsql volatile
as $$
begin
  if p_options ? p_key and jsonb_typeof(p_options -> p_key) <> 'boolean' then
    perform workflows.refuse_unless('must be true or false', p_key);
  end if;
  return coalesce((p_options -> p_key)::boolean, p_default);
end
$$;
comment on function workflows.option_boolean(jsonb, text, boolean) is
  'A yes or no among the options of a call.';
