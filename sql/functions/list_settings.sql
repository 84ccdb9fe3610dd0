create or replace function workflows.list_settings() returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
begin
  return (select json_agg(s order by s.setting_name) from workflows.setting s)::text;
end
$$;
comment on function workflows.list_settings() is 'All settings as JSON.';
