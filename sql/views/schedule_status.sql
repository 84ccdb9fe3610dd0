-- Every schedule with what it did last and does next.
create or replace view workflows.schedule_status as
select s.schedule_name, s.workflow_name, s.kind,
  case s.kind when 'cron' then s.cron when 'interval' then 'every ' || s.interval_seconds || ' s'
    else 'once' end as timing,
  s.time_zone, s.is_paused, s.pause_reason, s.catch_up, s.calendar_name, s.next_at,
  u.local_time as next_local_time,
  case when not s.is_paused then
    greatest(0, round(extract(epoch from clock_timestamp() - s.next_at)))::bigint end
    as late_seconds,
  r.occurs_at as last_at, r.outcome as last_outcome, r.message as last_message,
  r.workflow_id::text as last_workflow_id, w.status as last_status, s.description
from workflows.schedule s
left join lateral workflows.upcoming(s.schedule_name, 1) u on true
left join lateral (
  select r.* from workflows.schedule_run r where r.schedule_name = s.schedule_name
  order by r.occurs_at desc limit 1) r on true
left join workflows.workflow w on w.workflow_id = r.workflow_id;
comment on view workflows.schedule_status is 'Every schedule with what it did last and does next.';
comment on column workflows.schedule_status.schedule_name is 'Name of the schedule.';
comment on column workflows.schedule_status.workflow_name is 'What it enqueues.';
comment on column workflows.schedule_status.kind is 'cron, interval or once.';
comment on column workflows.schedule_status.timing is 'Its times, in words or as an expression.';
comment on column workflows.schedule_status.time_zone is 'Time zone that its times are read in.';
comment on column workflows.schedule_status.is_paused is 'True: it enqueues nothing.';
comment on column workflows.schedule_status.pause_reason is 'Why it was paused.';
comment on column workflows.schedule_status.catch_up is 'What it does with missed occurrences.';
comment on column workflows.schedule_status.calendar_name is 'The calendar that it follows.';
comment on column workflows.schedule_status.next_at is
  'The next occurrence; null: there is none any more.';
comment on column workflows.schedule_status.next_local_time is
  'The same in its time zone, while it is not paused.';
comment on column workflows.schedule_status.late_seconds is
  'How long that has been due; for alarms: nobody does maintenance while it grows.';
comment on column workflows.schedule_status.last_at is 'The occurrence that was dealt with last.';
comment on column workflows.schedule_status.last_outcome is 'What became of it.';
comment on column workflows.schedule_status.last_message is 'Why, where it was not enqueued.';
comment on column workflows.schedule_status.last_workflow_id is 'The workflow that it enqueued.';
comment on column workflows.schedule_status.last_status is 'Where that stands.';
comment on column workflows.schedule_status.description is 'What it is for.';
