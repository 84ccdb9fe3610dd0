create or replace view workflows.worker_status as
select w.worker_id::text as worker_id, w.worker_name, w.host_name, w.process_id,
  case when w.retired_at is not null then 'retired' when w.lost_at is not null then 'lost'
    when w.expires_at <= clock_timestamp() then 'late' else 'active' end as status,
  w.listen_mode, w.threads, w.running_count,
  (select string_agg(q.queue_name, ', ' order by q.queue_name) from workflows.queue q where q.queue_id = any (w.queue_ids)) as queues,
  (select count(*) from workflows.worker_definition d where d.worker_id = w.worker_id) as definitions,
  w.library_version, w.database_user, w.started_at, w.renewed_at, w.expires_at,
  w.role, w.is_active, w.is_draining or o.worker_id is not null as is_draining,
  w.project_name, w.generation, o.ordered_by as drained_by, o.ordered_at as drained_at,
  o.reason as drain_reason
from workflows.worker w
left join workflows.drain_order o on o.worker_id = w.worker_id;
comment on view workflows.worker_status is
  'Workers, active and gone within a day, and how they hear of work.';
comment on column workflows.worker_status.worker_id is 'The worker.';
comment on column workflows.worker_status.worker_name is 'Readable name.';
comment on column workflows.worker_status.host_name is 'Host.';
comment on column workflows.worker_status.process_id is 'Process.';
comment on column workflows.worker_status.status is 'active, late, lost or retired.';
comment on column workflows.worker_status.listen_mode is
  'listen: hears of work at once; poll: looks for it.';
comment on column workflows.worker_status.threads is 'Most workflows it runs at once.';
comment on column workflows.worker_status.running_count is 'How many workflows it holds.';
comment on column workflows.worker_status.queues is 'Queues it works.';
comment on column workflows.worker_status.definitions is 'How many names and versions it can run.';
comment on column workflows.worker_status.library_version is 'Version of the library.';
comment on column workflows.worker_status.database_user is 'Database user of the session.';
comment on column workflows.worker_status.started_at is 'When it first started.';
comment on column workflows.worker_status.renewed_at is 'When it last renewed.';
comment on column workflows.worker_status.expires_at is 'Lost when this passes without renewal.';
comment on column workflows.worker_status.role is
  'Of its node: process, independent, master or backup.';
comment on column workflows.worker_status.is_active is 'False: its node stands by.';
comment on column workflows.worker_status.is_draining is 'True: it claims nothing more.';
comment on column workflows.worker_status.drained_by is
  'Who told it to claim nothing more, or null.';
comment on column workflows.worker_status.drained_at is 'When it was told so.';
comment on column workflows.worker_status.drain_reason is 'Why, in words.';
comment on column workflows.worker_status.project_name is
  'Ignition project whose scripts it runs.';
comment on column workflows.worker_status.generation is 'Counts the saves of its scripts.';
