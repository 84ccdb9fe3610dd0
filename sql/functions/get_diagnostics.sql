-- Reads only. What somebody who helps from afar asks for first: versions, workers, queues, sessions
-- against what the server allows, which sessions, replication slots and prepared transactions keep
-- dead rows alive, tables and the use of their indexes, settings that are not their default,
-- retention and health. No payload of any workflow. What a session of another login does shows only
-- where the owner has the role pg_read_all_stats.
create or replace function workflows.get_diagnostics() returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
begin
  return json_build_object(
    'taken_at', workflows.clock_now(),
    'schema_version', workflows.schema_version(),
    'migrations', (
      select json_agg(json_build_object('file_name', m.file_name, 'applied_at', m.applied_at)
        order by m.version) from workflows.schema_migration m),
    'server', json_build_object('version', current_setting('server_version'),
      'encoding', current_setting('server_encoding'),
      'is_standby', pg_is_in_recovery(), 'started_at', pg_postmaster_start_time(),
      'database_bytes', pg_database_size(current_database())),
    'connections', (
      select json_build_object('most', current_setting('max_connections')::integer,
        'reserved', current_setting('superuser_reserved_connections')::integer,
        'open', count(*), 'ours', count(*) filter (
          where starts_with(a.application_name, 'workflows' || '-')))
      from pg_stat_activity a where a.usesysid is not null),
    'sees_all_sessions', pg_has_role('pg_read_all_stats', 'usage'),
    'oldest_snapshots', coalesce((
      select json_agg(json_build_object('pid', o.pid, 'application_name', o.application_name,
        'state', o.state, 'transactions', o.transactions, 'since', o.since)
        order by o.transactions desc, o.since, o.pid)
      from (
        select a.pid, a.application_name, a.state, age(a.backend_xmin) as transactions,
          a.xact_start as since
        from pg_stat_activity a
        where a.backend_xmin is not null and a.datname = current_database()
          and a.pid <> pg_backend_pid()
        order by age(a.backend_xmin) desc, a.xact_start, a.pid limit 10) o), '[]'),
    'replication_slots', coalesce((
      select json_agg(json_build_object('slot_name', s.slot_name, 'slot_type', s.slot_type,
        'database', s.database, 'is_active', s.active,
        'transactions', greatest(age(s.xmin), age(s.catalog_xmin)),
        'kept_bytes', pg_wal_lsn_diff(l.lsn, s.restart_lsn))
        order by greatest(age(s.xmin), age(s.catalog_xmin)) desc nulls last, s.slot_name)
      from (
        select s1.* from pg_replication_slots s1 order by s1.slot_name limit 100) s
      cross join (
        select case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
          else pg_current_wal_lsn() end as lsn) l), '[]'),
    'prepared_transactions', coalesce((
      select json_agg(json_build_object('gid', left(p.gid, 200), 'prepared_at', p.prepared,
        'owner', p.owner, 'transactions', age(p.transaction))
        order by age(p.transaction) desc, p.gid)
      from (
        select p1.* from pg_prepared_xacts p1 where p1.database = current_database()
        order by p1.prepared limit 100) p), '[]'),
    'workers', coalesce((
      select json_agg(w order by w.worker_name, w.worker_id) from workflows.worker_status w), '[]'),
    'queues', coalesce((
      select json_agg(d order by d.queue_name) from workflows.queue_depth d), '[]'),
    'changed_settings', coalesce((
      select json_agg(json_build_object('setting_name', s.setting_name,
        'setting_value', s.setting_value, 'default_value', s.default_value,
        'changed_at', s.changed_at, 'changed_by', s.changed_by) order by s.setting_name)
      from workflows.setting s where s.setting_value <> s.default_value), '[]'),
    'rejected_entries', (
      select count(*) from workflows.rejected_entry r where r.resolved_at is null),
    'retention', workflows.list_retention()::json,
    'tables', (
      select json_agg(json_build_object('table_name', t.relname, 'live_rows', t.n_live_tup,
        'dead_rows', t.n_dead_tup, 'bytes', pg_total_relation_size(t.relid)) order by t.relname)
      from pg_stat_user_tables t where t.schemaname = 'workflows'),
    'indexes', (
      select json_agg(json_build_object('index_name', i.indexrelname, 'table_name', i.relname,
        'scans', i.idx_scan, 'bytes', pg_relation_size(i.indexrelid))
        order by i.relname, i.indexrelname)
      from pg_stat_user_indexes i where i.schemaname = 'workflows'),
    'health', (select json_agg(h) from workflows.health h))::text;
end
$$;
comment on function workflows.get_diagnostics() is
  'Versions, workers, queues, changed settings, retention and health as one JSON.';
