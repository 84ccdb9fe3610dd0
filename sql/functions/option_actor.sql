-- Who acts, as the options of a call say; `script` unless they do.
create or replace function workflows.option_actor(p_options jsonb) returns text
language plpgsql volatile
as $$
declare
  v_actor text := coalesce(p_options ->> 'actor', 'script');
begin
  perform workflows.refuse_unless(workflows.name_problem(v_actor), 'actor');
  return v_actor;
end
$$;
comment on function workflows.option_actor(jsonb) is 'Who acts, as the options of a call say.';
