-- One row per policy; how far the removal has come is the same in all of them.
create or replace view workflows.retention_status as
select coalesce(q.queue_name, '(every queue)') as queue_name,
  case p.status when 'ANY' then '(any)' else p.status end as status,
  p.keep_seconds, p.keep_count, p.changed_at, p.changed_by,
  g.removed_count, g.last_removed_at, g.pass_ended_at, g.is_behind,
  f.oldest_ended_at, f.over_count
from workflows.retention_policy p
left join workflows.queue q on q.queue_id = p.queue_id
cross join workflows.retention_progress g
cross join lateral workflows.retention_figures(p.queue_id, p.status) f;
comment on view workflows.retention_status is
  'How long ended workflows are kept, and how far their removal has come.';
comment on column workflows.retention_status.queue_name is
  'Queue that the policy is for, or (every queue): those without one of their own.';
comment on column workflows.retention_status.status is 'Final status that it is for, or (any).';
comment on column workflows.retention_status.keep_seconds is
  'How long they are kept once they have ended; null: however long.';
comment on column workflows.retention_status.keep_count is
  'How many of the newest of each queue are kept; null: however many.';
comment on column workflows.retention_status.changed_at is 'When the policy was set.';
comment on column workflows.retention_status.changed_by is 'Who set it.';
comment on column workflows.retention_status.removed_count is
  'Workflows that maintenance has removed, under all policies.';
comment on column workflows.retention_status.last_removed_at is 'When it last removed some.';
comment on column workflows.retention_status.pass_ended_at is
  'When it had last looked at everything that may be old enough.';
comment on column workflows.retention_status.is_behind is
  'True: there is more to remove than it may remove at a time.';
comment on column workflows.retention_status.oldest_ended_at is
  'When the first workflow ended, of the 1,000 with the lowest ids.';
comment on column workflows.retention_status.over_count is
  'How many it is behind with, by their age, counted up to 1001.';
