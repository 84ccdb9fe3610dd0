-- Runs first, in the installer's transaction: one installer at a time, the roles, the schema, the
-- ledger. Works without CREATEROLE where the roles exist and the installing user is a member of the
-- owner role. Nowhere a bare select: a client that calls the whole script an update may run it,
-- too.
do $lock$
begin
  perform pg_advisory_xact_lock(hashtextextended('workflows.install', 0));
end
$lock$;

do $roles$
declare
  v_role text;
begin
  foreach v_role in array array['workflows_owner', 'workflows_enqueuer', 'workflows_worker',
                                'workflows_operator', 'workflows_viewer', 'workflows_admin'] loop
    if not exists (select from pg_roles where rolname = v_role) then
      begin
        execute format('create role %I nologin', v_role);
      exception when duplicate_object or unique_violation then
        null;  -- roles belong to the whole server: another database is being installed right now
      end;
    end if;
  end loop;
  -- Since 16 whoever creates a role is its member, but may not act as it.
  if not pg_has_role(current_user, 'workflows_owner',
    case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end) then
    execute format('grant workflows_owner to %I', current_user);
  end if;
end
$roles$;

do $schema$
begin
  if to_regnamespace('workflows') is null then
    create schema workflows authorization workflows_owner;
  end if;
end
$schema$;

set local role workflows_owner;

create table if not exists workflows.schema_migration (
  version integer primary key,
  file_name text not null,
  sha256 text not null,
  is_breaking boolean not null,
  applied_at timestamptz not null
);
comment on table workflows.schema_migration is
  'Ledger of applied migrations; one row per file of sql/migrations.';
comment on column workflows.schema_migration.version is 'Number at the start of the file name.';
comment on column workflows.schema_migration.file_name is 'Name of the migration file.';
comment on column workflows.schema_migration.sha256 is
  'Digest of the file as released; a difference refuses the installation.';
comment on column workflows.schema_migration.is_breaking is
  'True where a library older than this version must stop working.';
comment on column workflows.schema_migration.applied_at is 'When it was applied.';
