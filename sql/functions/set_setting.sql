-- Checks type and bounds, then changes the setting for every worker from its next registration or
-- call on.
create or replace function workflows.set_setting(p_name text, p_value text, p_actor text default 'script') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_setting workflows.setting%rowtype;
  v_now timestamptz := workflows.clock_now();
begin
  select s.* into v_setting from workflows.setting s where s.setting_name = p_name for no key update;
  if not found then
    perform workflows.refuse('WF002', workflows.bad_argument('name', 'is not a setting'), 'there is no setting ' || coalesce(p_name, '(null)'));
  end if;
  if workflows.fits_setting(v_setting, p_value) is not true then
    perform workflows.refuse('WF002', workflows.bad_argument('value', 'does not fit ' || p_name),
      p_name || ' is of type ' || v_setting.value_type || coalesce(' from ' || v_setting.minimum || ' to ' || v_setting.maximum, ''));
  end if;
  update workflows.setting s
  set setting_value = p_value, changed_at = v_now, changed_by = coalesce(p_actor, 'script')
  where s.setting_name = p_name;
  perform workflows.audit_configuration('setting changed', p_name, v_setting.setting_value, p_value,
    coalesce(p_actor, 'script'));
  return json_build_object('name', p_name, 'value', p_value, 'before', v_setting.setting_value)::text;
end
$$;
comment on function workflows.set_setting(text, text, text) is 'Changes a setting.';

create or replace function workflows.fits_setting(p_setting workflows.setting, p_value text) returns boolean
language plpgsql immutable
as $$
begin
  return case p_setting.value_type
    when 'boolean' then p_value in ('true', 'false')
    when 'integer' then p_value::bigint::float8 between p_setting.minimum and p_setting.maximum
    when 'number' then p_value::float8 between p_setting.minimum and p_setting.maximum
    else p_value is not null end;
exception when data_exception then
  return false;
end
$$;
comment on function workflows.fits_setting(workflows.setting, text) is
  'Whether a value fits a setting.';
