-- Talking to a running workflow: messages, events, streams, prompts, and who waits for what.
-- Insert-only where a user's transaction may stay open. New tables only: no table is rewritten, and
-- the one lock on step is a moment.

-- Old rows fit the narrower list, so nobody has to read them again to prove it.
-- squawk-ignore ban-drop-constraint
alter table workflows.step drop constraint if exists step_kind;
alter table workflows.step add constraint step_kind check (kind in (
  'step', 'tx', 'sleep', 'handler', 'command', 'value', 'event', 'stream', 'progress', 'send',
  'receive', 'get_event', 'prompt')) not valid;

create table workflows.message (
  message_no bigint generated always as identity primary key,
  message_id uuid not null,
  workflow_id uuid not null,
  topic text not null,
  body text not null,
  sent_by text not null,
  database_user text not null,
  sent_at timestamptz not null,
  received_at timestamptz,
  step_key text,
  constraint message_received check ((received_at is null) = (step_key is null))
) with (fillfactor = 80);
create unique index message_id on workflows.message (message_id);
create index message_pending on workflows.message (workflow_id, topic, message_no)
  where received_at is null;
comment on table workflows.message is
  'What was sent to workflows: a message waits until it is received, and then stays as record.';

create table workflows.event (
  workflow_id uuid not null,
  event_key text not null,
  value text not null,
  change_no integer not null,
  set_at timestamptz not null,
  primary key (workflow_id, event_key)
) with (fillfactor = 50);
comment on table workflows.event is
  'What workflows publish: the latest value per key.';

create table workflows.event_history (
  workflow_id uuid not null,
  event_key text not null,
  change_no integer not null,
  value text not null,
  set_at timestamptz not null,
  primary key (workflow_id, event_key, change_no)
);
comment on table workflows.event_history is
  'Every value that a workflow has published.';

create table workflows.stream (
  workflow_id uuid not null,
  stream_name text not null,
  stream_offset bigint not null,
  value text not null,
  written_at timestamptz not null,
  primary key (workflow_id, stream_name, stream_offset)
);
comment on table workflows.stream is
  'Append-only logs of workflows, each counted from 0.';

create table workflows.prompt (
  prompt_id uuid primary key,
  workflow_id uuid not null,
  step_key text not null,
  question text not null,
  form text,
  roles text[],
  needs_second boolean not null,
  default_answer text,
  asked_at timestamptz not null,
  due_at timestamptz,
  status text not null
    constraint prompt_status check (status in ('OPEN', 'ANSWERED', 'EXPIRED', 'WITHDRAWN')),
  ended_at timestamptz,
  answer text,
  answered_by text,
  second_actor text,
  reason text,
  request_id text,
  database_user text,
  constraint prompt_ended check ((ended_at is null) = (status = 'OPEN')),
  constraint prompt_answered check ((answered_by is null) = (status <> 'ANSWERED'))
);
create index prompt_step on workflows.prompt (workflow_id, step_key, asked_at);
create index prompt_open on workflows.prompt (asked_at) where status = 'OPEN';
comment on table workflows.prompt is
  'Questions of workflows to operators, and who answered what.';

create table workflows.wait (
  workflow_id uuid primary key,
  step_key text not null,
  topic text not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index wait_topic on workflows.wait (topic);
comment on table workflows.wait is
  'What a workflow waits for, from the record that says so until it came; whatever status it has.';

create table workflows.wake_call (
  wake_call_id bigint generated always as identity primary key,
  workflow_id uuid not null,
  topic text
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index wake_call_workflow on workflows.wake_call (workflow_id);
comment on table workflows.wake_call is
  'Workflows that must be looked at again, because something came for them.';
