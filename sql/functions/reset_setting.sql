-- Sets a setting to its default.
create or replace function workflows.reset_setting(p_name text, p_actor text default 'script')
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_setting workflows.setting%rowtype := workflows.lock_setting(p_name);
begin
  return workflows.change_setting(
    v_setting, v_setting.default_value, coalesce(p_actor, 'script'), 'reset to its default');
end
$$;
comment on function workflows.reset_setting(text, text) is 'Sets a setting to its default.';
