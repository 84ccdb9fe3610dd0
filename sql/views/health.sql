-- One row per check; status is ok, warning or error, and advice says what to do.
create or replace view workflows.health as
select c.check_name, c.status, c.measured, c.advice from (
  select 1 as place, 'schema version' as check_name, 'ok' as status, workflows.schema_version()::text as measured, '' as advice
  union all
  select 2, 'workers', case when count(*) = 0 then 'warning' else 'ok' end, count(*) || ' active',
    case when count(*) = 0 then 'start a worker: nothing runs until then' else '' end
  from workflows.worker w where w.lost_at is null and w.retired_at is null and w.expires_at > clock_timestamp()
  union all
  select 3, 'workers that listen', case when count(*) filter (where w.listen_mode = 'poll') > 0 then 'warning' else 'ok' end,
    count(*) filter (where w.listen_mode = 'listen') || ' listen, ' || count(*) filter (where w.listen_mode = 'poll') || ' poll',
    case when count(*) filter (where w.listen_mode = 'poll') > 0
      then 'workers that poll start work up to a second late: give them a direct connection to listen on' else '' end
  from workflows.worker w where w.lost_at is null and w.retired_at is null and w.expires_at > clock_timestamp()
  union all
  select 4, 'expired leases', case when count(*) > 0 then 'warning' else 'ok' end, count(*)::text,
    case when count(*) > 0 then 'a worker is gone; its workflows are claimed again within a second while any worker lives' else '' end
  from workflows.lease l join workflows.worker w on w.worker_id = l.worker_id
  where w.expires_at <= clock_timestamp() or w.lost_at is not null
  union all
  select 5, 'oldest claimable workflow', case when max(d.oldest_enqueued_seconds) > 60 then 'warning' else 'ok' end,
    coalesce(max(d.oldest_enqueued_seconds), 0) || ' s',
    case when max(d.oldest_enqueued_seconds) > 60
      then 'work comes faster than it is done: add workers or threads, or look for a paused queue'
      else '' end
  from workflows.queue_depth d where d.is_open
  union all
  select 6, 'names nobody runs', case when count(*) > 0 then 'warning' else 'ok' end,
    coalesce(string_agg(u.workflow_name || ' version ' || u.workflow_version, ', '), 'none'),
    case when count(*) > 0 then 'these wait until a worker registers the name; check spelling and that the module is loaded' else '' end
  from (select distinct l.workflow_name, l.workflow_version from workflows.lane l
        where exists (select from workflows.ready r where r.lane_id = l.lane_id and r.ready_seq > l.floor)
          and not exists (select from workflows.worker_definition d join workflows.worker w on w.worker_id = d.worker_id
            where w.lost_at is null and w.retired_at is null and d.workflow_name = l.workflow_name and d.workflow_version = l.workflow_version)
        union
        select n.workflow_name, n.workflow_version from workflows.new_lane n
        where not exists (select from workflows.worker_definition d join workflows.worker w on w.worker_id = d.worker_id
            where w.lost_at is null and w.retired_at is null and d.workflow_name = n.workflow_name and d.workflow_version = n.workflow_version)) u
  union all
  select 7, 'dead letters', case when sum(d.dead_letters) > 0 then 'warning' else 'ok' end, coalesce(sum(d.dead_letters), 0)::text,
    case when sum(d.dead_letters) > 0 then 'look at the view dead_letter; retry_workflow sends one back to work' else '' end
  from workflows.queue_depth d
  union all
  select 8, 'oldest snapshot', case when max(age(a.backend_xmin)) > 100000 then 'warning' else 'ok' end,
    coalesce(max(age(a.backend_xmin)), 0) || ' transactions'
      || coalesce(' (pid ' || (array_agg(a.pid order by age(a.backend_xmin) desc))[1] || ')', ''),
    case when max(age(a.backend_xmin)) > 100000 then 'a long transaction keeps dead rows alive: end it, or let reports run on a standby' else '' end
  from pg_stat_activity a where a.backend_xmin is not null and a.datname = current_database()
  union all
  select 9, 'dead rows in hot tables', case when max(s.n_dead_tup) > 1000000 then 'warning' else 'ok' end, coalesce(max(s.n_dead_tup), 0)::text,
    case when max(s.n_dead_tup) > 1000000 then 'autovacuum does not keep up: look for a long transaction, or autovacuum_max_workers' else '' end
  from pg_stat_user_tables s where s.schemaname = 'workflows' and s.relname in ('ready', 'lease', 'parked', 'lane', 'worker')
  union all
  select 10, 'notification queue', case when pg_notification_queue_usage() > 0.1 then 'warning' else 'ok' end,
    round((pg_notification_queue_usage() * 100)::numeric, 1) || ' %',
    case when pg_notification_queue_usage() > 0.1 then 'a listening session does not read: find it in pg_stat_activity and end it' else '' end
  union all
  select 11, 'rejected entries', case when count(*) > 0 then 'warning' else 'ok' end,
    count(*)::text,
    case when count(*) > 0
      then 'buffers accepted what enqueue refused: see rejected_entry_list, then retry or discard'
      else '' end
  from workflows.rejected_entry r where r.resolved_at is null
  union all
  select 12, 'maintenance', case when count(*) > 0 then 'warning' else 'ok' end,
    coalesce(string_agg(coalesce(q.queue_name, 'all queues') || ' ' || o.mode, ', '), 'none'),
    case when count(*) > 0 then 'nothing new starts there until exit_maintenance' else '' end
  from workflows.maintenance_order o left join workflows.queue q on q.queue_id = o.queue_id
  union all
  select 13, 'queues no worker may claim from', case when count(*) > 0 then 'warning' else 'ok' end,
    coalesce(string_agg(k.queue_name, ', '), 'none'),
    case when count(*) > 0
      then 'only standby nodes work them: activate one, start another, or set run_on of the queue'
      else '' end
  from (
    select q.queue_name from workflows.queue q
    join workflows.worker w on q.queue_id = any (w.queue_ids) and w.lost_at is null
      and w.retired_at is null and w.expires_at > clock_timestamp()
    where q.run_on = 'active' group by q.queue_name having not bool_or(w.is_active)) k
  union all
  select 14, 'retention', case when g.is_behind and g.pass_ended_at < clock_timestamp() - interval '1 hour'
      or count(p.*) = 0 then 'warning' else 'ok' end,
    case when count(p.*) = 0 then 'nothing is ever removed'
      else count(p.*) || ' policies, ' || g.removed_count || ' removed' end,
    case when count(p.*) = 0 then 'what has ended is kept for ever: say with set_retention for how long it is needed'
      when g.is_behind and g.pass_ended_at < clock_timestamp() - interval '1 hour'
        then 'more ends than is removed: raise retention_per_second, or call apply_retention' else '' end
  from workflows.retention_progress g left join workflows.retention_policy p on true
  group by g.is_behind, g.pass_ended_at, g.removed_count
) c order by c.place;
comment on view workflows.health is 'What is well and what is not, in words, with what to do.';
comment on column workflows.health.check_name is 'What was looked at.';
comment on column workflows.health.status is 'ok, warning or error.';
comment on column workflows.health.measured is 'What was found.';
comment on column workflows.health.advice is 'What to do.';
