-- Makes versions of a template active, obsolete or deleted: the one that template_version names,
-- else all. A deleted one is nowhere shown and never comes back; its number is not given again.
-- Refused while an approved recipe was made of it. Options: template_version, actor, reason.
create or replace function workflows.set_template_status(
  p_workflow_name text, p_template_name text, p_status text, p_options text default '{}')
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(
    p_options, 'options', '{template_version,actor,reason}');
  v_version integer := workflows.option_version(v_options, 'template_version');
  v_user text;
  v_row record;
  v_found integer := 0;
  v_changed integer := 0;
begin
  if coalesce(p_status not in ('active', 'obsolete', 'deleted'), true) then
    perform workflows.refuse_unless('must be active, obsolete or deleted', 'status');
  end if;
  for v_row in
    select t.template_version, t.status from workflows.parameter_template t
    where t.workflow_name = p_workflow_name and t.template_name = p_template_name
      and t.status <> 'deleted' and (v_version is null or t.template_version = v_version)
    order by t.template_version for no key update
  loop
    v_found := v_found + 1;
    continue when v_row.status = p_status;
    if p_status = 'deleted' then
      select s.set_name || ' version ' || s.set_version into v_user from workflows.parameter_set s
      where s.workflow_name = p_workflow_name and s.template_name = p_template_name
        and s.template_version = v_row.template_version and s.status = 'approved' limit 1;
      perform workflows.refuse_unless('is used by the recipe ' || v_user, 'template_name');
    end if;
    update workflows.parameter_template t set status = p_status
    where t.workflow_name = p_workflow_name and t.template_name = p_template_name
      and t.template_version = v_row.template_version;
    v_changed := v_changed + 1;
    perform workflows.audit_configuration('template ' || p_status,
      p_workflow_name || ' ' || p_template_name || ' version ' || v_row.template_version,
      v_row.status, p_status, workflows.option_actor(v_options), v_options ->> 'reason');
  end loop;
  if v_found = 0 then
    perform workflows.refuse('WF003', jsonb_build_object('template_name', p_template_name,
      'template_version', v_version), 'there is no such template: ' || p_template_name);
  end if;
  return json_build_object('changed', v_changed)::text;
end
$$;
comment on function workflows.set_template_status(text, text, text, text) is
  'Makes versions of a template active, obsolete or deleted.';
