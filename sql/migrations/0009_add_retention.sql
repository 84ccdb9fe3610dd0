-- Retention: how long what has ended is kept, and how far the walk that removes the rest has come;
-- and what each setting was at first. New tables, and columns without a default: no row of a large
-- table is written, and each lock is a moment but for the two indexes.

create table workflows.retention_policy (
  queue_id integer not null,
  status text not null constraint retention_policy_status check (
    status in ('ANY', 'SUCCESS', 'ERROR', 'CANCELLED', 'STOPPED', 'ABORTED')),
  keep_seconds bigint constraint retention_policy_keep_seconds check (keep_seconds >= 0),
  keep_count integer constraint retention_policy_keep_count check (keep_count >= 0),
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (queue_id, status)
);
comment on table workflows.retention_policy is
  'How long workflows are kept once they have ended; the most specific row counts.';

create table workflows.retention_count (
  queue_id integer not null,
  status text not null,
  counted bigint not null,
  boundary_id uuid,
  primary key (queue_id, status)
) with (fillfactor = 50);
comment on table workflows.retention_count is
  'Where the newest workflows that a policy keeps by number begin.';

create table workflows.retention_progress (
  progress_id integer primary key constraint retention_progress_single check (progress_id = 1),
  cursor_id uuid,
  is_full boolean not null,
  full_ended_at timestamptz,
  pass_ended_at timestamptz,
  count_cursor_id uuid,
  count_ended_at timestamptz,
  tidied_at timestamptz,
  next_turn_at timestamptz not null,
  is_behind boolean not null,
  removed_count bigint not null,
  last_removed_at timestamptz
) with (fillfactor = 20);
comment on table workflows.retention_progress is
  'How far retention has come; one row, and its lock is the right to go on.';
insert into workflows.retention_progress (progress_id, is_full, next_turn_at, is_behind,
  removed_count) values (1, false, '-infinity', false, 0);

-- The messages of a workflow once they are received, and what became of settings.
create index message_workflow on workflows.message (workflow_id);
create index audit_setting on workflows.audit (audit_id) where event = 'setting changed';

alter table workflows.setting add column default_value text;
update workflows.setting s set default_value = d.default_value
from (values ('lease_seconds', '20'), ('poll_seconds', '1'), ('suspend_over_seconds', '2'),
  ('payload_bytes', '1048576'), ('max_reclaims', '5'), ('max_delay_seconds', '315360000'),
  ('create_queues_on_enqueue', 'false'), ('approval_by_another', 'false'),
  ('max_child_depth', '16')
) d(setting_name, default_value)
where s.setting_name = d.setting_name;

insert into workflows.setting (setting_name, setting_value, value_type, minimum, maximum,
  description, default_value)
select n.setting_name, n.default_value, 'integer', n.minimum, n.maximum, n.description,
  n.default_value
from (values
  ('retention_per_second', '1000', 0, 100000,
    'How many ended workflows maintenance removes in a second at most; 0: none.'),
  ('retention_grace_seconds', '60', 0, 86400,
    'What has ended is kept for so long whatever its policy says, for those who ask for it.'),
  ('event_history_keep', '10000', 0, 100000000,
    'How many of its last values the history of one key of a workflow keeps; 0: all.'),
  ('stream_keep', '100000', 0, 100000000,
    'How many of its last entries a stream of a workflow keeps; 0: all.'),
  ('audit_keep_days', '0', 0, 36500, 'For how many days the audit is kept; 0: for ever.'),
  ('rejected_keep_days', '90', 0, 36500,
    'For how many days a rejected entry is kept once somebody has decided; 0: for ever.')
) n(setting_name, default_value, minimum, maximum, description);

-- A schema that was there before goes on keeping everything until somebody says otherwise.
do $existing$
begin
  if exists (
    select from workflows.schema_migration m where m.applied_at < transaction_timestamp()) then
    update workflows.setting s set setting_value = '0'
    where s.setting_name in ('event_history_keep', 'stream_keep', 'rejected_keep_days');
  else
    insert into workflows.retention_policy (queue_id, status, keep_seconds, changed_at, changed_by)
    select 0, s, 90 * 86400, clock_timestamp(), 'installer'
    from unnest('{SUCCESS,CANCELLED,STOPPED,ABORTED}'::text[]) s;
  end if;
end
$existing$;
