create or replace function workflows.option_version(p_options jsonb, p_key text) returns integer
language sql volatile
as $$
  select case when p_options ? p_key
    then workflows.option_number(p_options, p_key, null, 1, 1000000) end::integer
$$;
comment on function workflows.option_version(jsonb, text) is
  'A version among the options of a call, or null.';
