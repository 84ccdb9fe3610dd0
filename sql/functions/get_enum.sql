-- Reads only: the version of an enum that is asked for, else the latest active one; null as JSON
-- where there is none. Options: enum_version.
create or replace function workflows.get_enum(
  p_enum_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{enum_version}');
begin
  perform workflows.refuse_unless(workflows.name_problem(p_enum_name), 'enum_name');
  return coalesce(workflows.enum_json(workflows.find_enum(
    p_enum_name, workflows.option_version(v_options, 'enum_version')))::text, 'null');
end
$$;
comment on function workflows.get_enum(text, text) is 'One version of an enum as JSON, or null.';

create or replace function workflows.enum_json(p_enum workflows.parameter_enum) returns json
language sql immutable
as $$
  select json_build_object('enum_name', p_enum.enum_name, 'enum_version', p_enum.enum_version,
    'status', p_enum.status, 'choices', p_enum.choices, 'description', p_enum.description,
    'created_by', p_enum.created_by, 'created_at', p_enum.created_at)
  where p_enum.enum_name is not null
$$;
comment on function workflows.enum_json(workflows.parameter_enum) is 'One enum as JSON.';
