create or replace function workflows.schema_version() returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as 'select max(version) from workflows.schema_migration';
comment on function workflows.schema_version() is 'Number of the newest applied migration.';
