create or replace function workflows.name_problem(p_name text) returns text
language sql immutable
as $$
  select case
    when p_name is null or p_name = '' then 'must not be empty'
    when length(p_name) > 200 then 'must not be longer than 200 characters'
    when p_name ~ '[[:cntrl:]]' then 'must not contain control characters'
    when p_name <> btrim(p_name) then 'must not begin or end with a space'
  end
$$;
comment on function workflows.name_problem(text) is 'What is wrong with a name, or null.';
