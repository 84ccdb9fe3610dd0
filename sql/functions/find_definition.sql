-- The latest version of a registered workflow, or the one asked for. Null where there is none.
create or replace function workflows.find_definition(
  p_workflow_name text, p_workflow_version integer) returns workflows.workflow_definition
language plpgsql stable
as $$
begin
  return (
    select d from workflows.workflow_definition d
    where d.workflow_name = p_workflow_name
      and (p_workflow_version is null or d.workflow_version = p_workflow_version)
    order by d.workflow_version desc limit 1);
end
$$;
comment on function workflows.find_definition(text, integer) is
  'One version of a registered workflow, or null.';
