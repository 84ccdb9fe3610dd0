-- A recipe: the version asked for, whatever its status, else the latest approved one. Null where
-- there is none.
create or replace function workflows.find_set(
  p_workflow_name text, p_set_name text, p_set_version integer)
returns workflows.parameter_set
language sql stable
as $$
  select s from workflows.parameter_set s
  where s.workflow_name = p_workflow_name and s.set_name = p_set_name and s.status <> 'deleted'
    and (s.set_version = p_set_version or p_set_version is null and s.status = 'approved')
  order by s.set_version desc limit 1
$$;
comment on function workflows.find_set(text, text, integer) is 'One version of a recipe, or null.';

-- Why nothing is started from this recipe, or null. One that is not approved is started only by who
-- names its version and says allow_unapproved.
create or replace function workflows.set_problem(
  p_set workflows.parameter_set, p_recipe jsonb) returns text
language sql immutable
as $$
  select case
    when p_set.set_name is null then 'has no ' || coalesce(
        'version ' || (p_recipe ->> 'set_version'), 'approved version') || ': '
      || (p_recipe ->> 'set_name')
    when p_set.status <> 'approved' and (p_recipe -> 'allow_unapproved') is distinct from 'true'
      then case p_set.status when 'draft' then 'is a draft: ' else 'is ' || p_set.status || ': ' end
        || p_set.set_name || ' version ' || p_set.set_version
        || '; it starts only with allow_unapproved'
    when p_recipe ->> 'template_name' <> coalesce(p_set.template_name, '')
      then 'is not of the template ' || (p_recipe ->> 'template_name') end
$$;
comment on function workflows.set_problem(workflows.parameter_set, jsonb) is
  'Why nothing is started from a recipe, or null.';
