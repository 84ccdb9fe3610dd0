-- Schedules and calendars: what is enqueued at which moments, when a plant works, and when nothing
-- is to start. New tables, and columns without a default that would rewrite rows.

-- What an expression of cron names, as it is searched, or what is wrong with it.
create type workflows.cron_fields as (
  minutes integer[],
  hours integer[],
  days integer[],
  months integer[],
  weekdays integer[],
  is_any_day boolean,
  is_every_hour boolean,
  problem text
);

alter table workflows.queue
  add column calendar_name text,
  add column is_open boolean not null default true;

create table workflows.schedule (
  schedule_name text primary key,
  workflow_name text not null,
  kind text not null
    constraint schedule_kind check (kind in ('cron', 'interval', 'once')),
  cron text,
  interval_seconds float8 constraint schedule_interval check (interval_seconds >= 1),
  starts_at timestamptz,
  ends_at timestamptz,
  time_zone text not null,
  inputs text not null,
  options jsonb not null,
  occurs_at_input text,
  catch_up text not null
    constraint schedule_catch_up check (catch_up in ('skip', 'last', 'all')),
  catch_up_seconds float8 constraint schedule_catch_up_seconds check (catch_up_seconds >= 0),
  calendar_name text,
  description text,
  is_paused boolean not null,
  pause_reason text,
  next_at timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  constraint schedule_timing check (
    (kind = 'cron') = (cron is not null)
    and (kind = 'interval') = (interval_seconds is not null)
    and (kind = 'cron' or starts_at is not null))
) with (fillfactor = 50);
create index schedule_next_at on workflows.schedule (next_at) where not is_paused;
comment on table workflows.schedule is 'What is enqueued by itself, and when.';

create table workflows.schedule_run (
  schedule_name text not null,
  occurs_at timestamptz not null,
  is_manual boolean not null,
  outcome text not null constraint schedule_run_outcome check (outcome in (
    'enqueued', 'skipped_late', 'skipped_blackout', 'skipped_closed', 'refused')),
  workflow_id uuid,
  message text,
  actor text not null,
  fired_at timestamptz not null,
  primary key (schedule_name, occurs_at, is_manual),
  constraint schedule_run_enqueued check ((outcome = 'enqueued') = (workflow_id is not null))
);
comment on table workflows.schedule_run is
  'What became of each occurrence of a schedule; the last 1,000 of each are kept.';

create table workflows.calendar (
  calendar_name text primary key,
  time_zone text not null,
  description text,
  changed_at timestamptz not null,
  changed_by text not null
);
comment on table workflows.calendar is 'When a plant, a line or an office works.';

create table workflows.calendar_shift (
  calendar_name text not null,
  shift_name text not null,
  weekdays integer[] not null,
  starts_at time not null,
  ends_at time not null,
  primary key (calendar_name, shift_name)
);
comment on table workflows.calendar_shift is
  'Hours of a calendar that come back every week, in its time zone.';

create table workflows.calendar_holiday (
  calendar_name text not null,
  holiday date not null,
  holiday_name text,
  starts_at time,
  ends_at time,
  primary key (calendar_name, holiday),
  constraint calendar_holiday_hours check ((starts_at is null) = (ends_at is null))
);
comment on table workflows.calendar_holiday is
  'Days of a calendar on which it is closed, or open at other hours than its shifts.';

create table workflows.blackout (
  blackout_id integer generated always as identity primary key,
  schedule_name text,
  calendar_name text,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  reason text,
  created_at timestamptz not null,
  created_by text not null,
  constraint blackout_scope check (schedule_name is null or calendar_name is null),
  constraint blackout_times check (starts_at < ends_at)
);
comment on table workflows.blackout is
  'Times in which nothing is started: of one schedule, of all that follow a calendar, or of all.';
