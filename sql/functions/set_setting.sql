-- Checks type and bounds, then changes the setting for every worker from its next registration or
-- call on.
create or replace function workflows.set_setting(p_name text, p_value text, p_actor text default 'script') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_setting workflows.setting%rowtype := workflows.lock_setting(p_name);
begin
  if workflows.fits_setting(v_setting, p_value) is not true then
    perform workflows.refuse('WF002', workflows.bad_argument('value', 'does not fit ' || p_name),
      p_name || ' is of type ' || v_setting.value_type || coalesce(' from ' || v_setting.minimum || ' to ' || v_setting.maximum, ''));
  end if;
  return workflows.change_setting(v_setting, p_value, coalesce(p_actor, 'script'), null);
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

-- Locks a setting, so that what was is what the audit says. A name that is none is refused with
-- those that look like it: that have most of its groups of three letters.
create or replace function workflows.lock_setting(p_name text) returns workflows.setting
language plpgsql volatile
as $$
declare
  v_setting workflows.setting%rowtype;
  v_near text;
begin
  select s.* into v_setting from workflows.setting s where s.setting_name = p_name for no key update;
  if found then return v_setting; end if;
  select string_agg(n.setting_name, ', ' order by n.alike desc, n.setting_name) into v_near from (
    select s.setting_name, count(*) as alike
    from workflows.setting s
    cross join generate_series(1, least(length(p_name), 100) - 2) i
    where strpos(s.setting_name, lower(substr(p_name, i, 3))) > 0
    group by s.setting_name having count(*) * 3 >= least(length(p_name), 100) - 2
    order by count(*) desc, s.setting_name limit 3) n;
  perform workflows.refuse('WF002', workflows.bad_argument('name', 'is not a setting')
      || jsonb_build_object('near', v_near),
    'there is no setting ' || coalesce(p_name, '(null)')
      || coalesce('; perhaps ' || v_near, '; list_settings shows them'));
  return null;
end
$$;
comment on function workflows.lock_setting(text) is 'Locks a setting that there is.';

create or replace function workflows.change_setting(
  p_setting workflows.setting, p_value text, p_actor text, p_reason text) returns text
language plpgsql volatile
as $$
declare
  v_now timestamptz := workflows.clock_now();
begin
  update workflows.setting s set setting_value = p_value, changed_at = v_now, changed_by = p_actor
  where s.setting_name = p_setting.setting_name;
  perform workflows.audit_configuration('setting changed', p_setting.setting_name,
    p_setting.setting_value, p_value, p_actor, p_reason);
  return json_build_object('name', p_setting.setting_name, 'value', p_value,
    'before', p_setting.setting_value)::text;
end
$$;
comment on function workflows.change_setting(workflows.setting, text, text, text) is
  'Changes a setting that is locked, and audits it.';
