-- Reads only. Who changed which setting from what to what, newest first. Filter: name, limit (100,
-- at most 1000).
create or replace function workflows.list_setting_changes(p_filter text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_filter jsonb := workflows.read_call_options(p_filter, 'filter', '{name,limit}');
  v_limit bigint := workflows.option_number(v_filter, 'limit', 100, 1, 1000);
begin
  return coalesce((
    select json_agg(json_build_object('changed_at', c.changed_at, 'setting_name', c.setting_name,
      'old_value', c.old_value, 'new_value', c.new_value, 'changed_by', c.changed_by,
      'reason', c.reason, 'database_user', c.database_user, 'source', c.source)
      order by c.audit_id desc)
    from (
      select a.audit_id, a.audited_at as changed_at, a.detail as setting_name, a.old_value,
        a.new_value, a.actor as changed_by, a.reason, a.database_user, a.source
      from workflows.audit a
      where a.event = 'setting changed'
        and (not v_filter ? 'name' or a.detail = v_filter ->> 'name')
      order by a.audit_id desc limit v_limit) c), '[]')::text;
end
$$;
comment on function workflows.list_setting_changes(text) is 'Who changed which setting.';
