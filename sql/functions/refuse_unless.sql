create or replace function workflows.refuse_unless(p_problem text, p_field text) returns boolean
language plpgsql volatile
as $$
begin
  if p_problem is not null then
    perform workflows.refuse('WF002', workflows.bad_argument(p_field, p_problem),
      p_field || ' ' || p_problem);
  end if;
  return true;
end
$$;
comment on function workflows.refuse_unless(text, text) is
  'Refuses an argument that has a problem.';
