-- What comes next of each schedule that is not paused, up to ten occurrences.
create or replace view workflows.schedule_next as
select s.schedule_name, u.n, u.occurs_at, u.local_time, s.time_zone, u.is_skipped, u.skip_reason
from workflows.schedule s cross join lateral workflows.upcoming(s.schedule_name, 10) u;
comment on view workflows.schedule_next is 'The next ten occurrences of each schedule.';
comment on column workflows.schedule_next.schedule_name is 'Name of the schedule.';
comment on column workflows.schedule_next.n is 'Place, from 1.';
comment on column workflows.schedule_next.occurs_at is 'When it occurs.';
comment on column workflows.schedule_next.local_time is
  'The same in the time zone of the schedule.';
comment on column workflows.schedule_next.time_zone is 'Time zone of the schedule.';
comment on column workflows.schedule_next.is_skipped is
  'True: a blackout or a closed calendar leaves it out.';
comment on column workflows.schedule_next.skip_reason is 'Which one.';
