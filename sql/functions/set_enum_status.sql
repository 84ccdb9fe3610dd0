-- Makes versions of an enum active, obsolete or deleted: the one that enum_version names, else all.
-- A deleted one is nowhere shown and never comes back; its number is not given again. Refused while
-- a form that is in use refers to it: by its version, or to the latest active one where that is the
-- last. Options: enum_version, actor, reason.
create or replace function workflows.set_enum_status(
  p_enum_name text, p_status text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(
    p_options, 'options', '{enum_version,actor,reason}');
  v_version integer := workflows.option_version(v_options, 'enum_version');
  v_row record;
  v_found integer := 0;
  v_changed integer := 0;
begin
  if coalesce(p_status not in ('active', 'obsolete', 'deleted'), true) then
    perform workflows.refuse_unless('must be active, obsolete or deleted', 'status');
  end if;
  if p_status = 'deleted' then
    perform workflows.refuse_unless(
      'is used by ' || workflows.enum_user(p_enum_name, v_version), 'enum_name');
  end if;
  for v_row in
    select e.enum_version, e.status from workflows.parameter_enum e
    where e.enum_name = p_enum_name and e.status <> 'deleted'
      and (v_version is null or e.enum_version = v_version)
    order by e.enum_version for no key update
  loop
    v_found := v_found + 1;
    continue when v_row.status = p_status;
    update workflows.parameter_enum e set status = p_status
    where e.enum_name = p_enum_name and e.enum_version = v_row.enum_version;
    v_changed := v_changed + 1;
    perform workflows.audit_configuration('enum ' || p_status,
      p_enum_name || ' version ' || v_row.enum_version, v_row.status, p_status,
      workflows.option_actor(v_options), v_options ->> 'reason');
  end loop;
  if v_found = 0 then
    perform workflows.refuse('WF003', jsonb_build_object('enum_name', p_enum_name,
      'enum_version', v_version), 'there is no such enum: ' || p_enum_name);
  end if;
  return json_build_object('changed', v_changed)::text;
end
$$;
comment on function workflows.set_enum_status(text, text, text) is
  'Makes versions of an enum active, obsolete or deleted.';

-- A template or the parameters of a workflow that would lack their choices without this version, or
-- without any where it is null.
create or replace function workflows.enum_user(p_enum_name text, p_version integer) returns text
language sql stable
as $$
  select u.title
  from (
    select 'the template ' || t.workflow_name || ' ' || t.template_name || ' version '
        || t.template_version as title, (r.value ->> 'enumVersion')::numeric::integer as pinned
    from workflows.parameter_template t, jsonb_each(t.meta -> 'enumRefs') r
    where t.status <> 'deleted' and r.value ->> 'enumName' = p_enum_name
    union all
    select 'the parameters of ' || d.workflow_name, (f ->> 'enum_version')::numeric::integer
    from workflows.workflow_definition d, jsonb_array_elements(d.parameters) f
    where f ->> 'enum' = p_enum_name) u
  where case
    when p_version is null then true
    when u.pinned is not null then u.pinned = p_version
    else not exists (select from workflows.parameter_enum e
      where e.enum_name = p_enum_name and e.status = 'active' and e.enum_version <> p_version) end
  order by u.title limit 1
$$;
comment on function workflows.enum_user(text, integer) is
  'What would lack its choices without an enum, or null.';
