-- The tables. A live workflow has exactly one hot row, in ready, lease or parked, and that row is its
-- lock: nobody changes workflow without holding it. Lock order everywhere:
--   hot row -> workflow -> turn -> gate_ticket -> child rows (step, command, audit).
-- Hot tables have no foreign keys, no payloads and no index on a column that changes.

create sequence workflows.ready_seq;
comment on sequence workflows.ready_seq is 'Order of arrival; drawn after the transaction has its id, which the marks of lane rely on.';

create type workflows.enqueue_request as (
  workflow_id uuid, workflow_name text, inputs text, workflow_version integer, queue_id integer,
  priority smallint, partition_key text, resources text[], gate_ids bigint[], deduplication_id text,
  on_duplicate text, available_at timestamptz, start_before timestamptz, timeout_seconds float8,
  max_attempts integer, on_worker_lost text, parent_workflow_id uuid, actor text, problem jsonb);
comment on type workflows.enqueue_request is 'One checked request to enqueue; problem is set where it must be refused.';

-- Configuration ------------------------------------------------------------------------------------

create table workflows.setting (
  setting_name text primary key,
  setting_value text not null,
  value_type text not null constraint setting_value_type check (value_type in ('integer', 'number', 'boolean', 'text')),
  minimum float8,
  maximum float8,
  description text not null,
  changed_at timestamptz,
  changed_by text
);
comment on table workflows.setting is 'Settings of the whole schema; changed by set_setting.';

create table workflows.queue (
  queue_id integer generated always as identity primary key,
  queue_name text not null unique,
  is_paused boolean not null default false,
  accepts_work boolean not null default true,
  max_running integer constraint queue_max_running check (max_running >= 0),
  max_enqueued integer constraint queue_max_enqueued check (max_enqueued >= 0),
  history text not null default 'errors' constraint queue_history check (history in ('errors', 'full')),
  pause_reason text,
  created_at timestamptz not null
);
comment on table workflows.queue is 'Named lines of workflows with their limits and policies.';

create table workflows.workflow_definition (
  workflow_name text not null,
  workflow_version integer not null,
  queue_name text not null,
  priority smallint not null,
  timeout_seconds float8,
  max_attempts integer not null,
  backoff_seconds float8 not null,
  backoff_rate float8 not null,
  max_backoff_seconds float8 not null,
  on_worker_lost text not null constraint workflow_definition_on_worker_lost check (on_worker_lost in ('retry', 'hold', 'fail')),
  commands text not null constraint workflow_definition_commands check (commands in ('auto', 'manual')),
  registered_at timestamptz not null,
  registered_by text not null,
  primary key (workflow_name, workflow_version)
);
comment on table workflows.workflow_definition is 'What workers registered: the policies of each workflow function; the latest registration wins.';

-- Hot: what can be claimed, what runs, what waits ----------------------------------------------------

create table workflows.lane (
  lane_id bigint primary key,
  queue_id integer not null,
  workflow_name text not null,
  workflow_version integer not null,
  priority smallint not null,
  kind text not null constraint lane_kind check (kind in ('command', 'returning', 'new', 'single', 'gated')),
  low bigint not null default 0,
  floor bigint not null default 0,
  candidate bigint,
  candidate_xid xid8
) with (fillfactor = 20);
create index lane_definition on workflows.lane (workflow_name, workflow_version);
comment on table workflows.lane is 'One line of claimable workflows per queue, name, version, priority and kind, with the mark below which nothing is left to claim.';

create table workflows.new_lane (
  lane_id bigint not null,
  queue_id integer not null,
  workflow_name text not null,
  workflow_version integer not null,
  priority smallint not null,
  kind text not null
);
create index new_lane_queue on workflows.new_lane (queue_id, lane_id);
comment on table workflows.new_lane is 'Lanes asked for by enqueue and not yet made: insert-only, so that an open transaction never blocks another; the next claim folds them into lane.';

create table workflows.ready (
  lane_id bigint not null,
  ready_seq bigint not null,
  workflow_id uuid not null,
  start_before timestamptz,
  primary key (lane_id, ready_seq)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
create index ready_start_before on workflows.ready (start_before) where start_before is not null;
comment on table workflows.ready is 'Hot rows of exactly the claimable workflows; a claim deletes from it.';

create table workflows.lease (
  workflow_id uuid primary key,
  lease_token uuid not null,
  worker_id uuid not null,
  claim_no bigint not null,
  claimed_at timestamptz not null,
  deadline_at timestamptz,
  queue_id integer not null,
  is_started boolean not null,
  is_limited boolean not null,
  control text constraint lease_control check (control in ('hold', 'stop', 'cancel', 'timeout'))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
create index lease_worker on workflows.lease (worker_id, claim_no);
create index lease_limited on workflows.lease (queue_id) where is_limited;
create index lease_deadline on workflows.lease (deadline_at) where deadline_at is not null;
comment on table workflows.lease is 'Hot rows of exactly the RUNNING workflows: who works on it, the token that proves it, and the control word.';

create table workflows.parked (
  workflow_id uuid primary key,
  queue_id integer not null,
  status text not null constraint parked_status check (status in ('DELAYED', 'BLOCKED', 'WAITING', 'HELD')),
  due_at timestamptz,
  resume_at timestamptz,
  resume_status text constraint parked_resume_status check (resume_status in ('ENQUEUED', 'DELAYED', 'BLOCKED', 'WAITING')),
  constraint parked_held_resumes check ((status = 'HELD') = (resume_status is not null))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
create index parked_due on workflows.parked (due_at) where due_at is not null;
create index parked_queue on workflows.parked (queue_id, status);
comment on table workflows.parked is 'Hot rows of live workflows that are neither claimable nor running, with their timers.';

create table workflows.worker (
  worker_id uuid primary key,
  expires_at timestamptz not null,
  renewed_at timestamptz not null,
  lost_at timestamptz,
  retired_at timestamptz,
  running_count integer not null default 0,
  listen_mode text not null constraint worker_listen_mode check (listen_mode in ('listen', 'poll', 'starting')),
  lease_seconds float8 not null,
  threads integer not null,
  queue_ids integer[] not null,
  worker_name text not null,
  host_name text,
  process_id text,
  library_version text,
  database_user text not null,
  started_at timestamptz not null
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
comment on table workflows.worker is 'One row per running engine; renewing touches this row alone, whatever it works on.';

create table workflows.worker_definition (
  worker_id uuid not null,
  workflow_name text not null,
  workflow_version integer not null,
  primary key (worker_id, workflow_name, workflow_version)
);
comment on table workflows.worker_definition is 'Names and versions that a worker can run; it claims nothing else.';

create table workflows.maintenance (
  maintenance_id integer primary key constraint maintenance_single check (maintenance_id = 1),
  last_turn_at timestamptz not null,
  last_count_at timestamptz not null
) with (fillfactor = 20);
comment on table workflows.maintenance is 'When maintenance last ran: a gap means that the database was away, and nobody is declared lost for one more lease.';

-- Gates: partition keys and resources ---------------------------------------------------------------

create table workflows.turn (turn_id integer primary key constraint turn_single check (turn_id = 1));
comment on table workflows.turn is 'One row, locked and never changed: who holds it may hand gates over.';

create table workflows.gate_ticket (
  gate_id bigint not null,
  priority smallint not null,
  ticket_seq bigint not null,
  workflow_id uuid not null,
  queue_id integer not null,
  is_holder boolean not null default false,
  is_held boolean not null default false,
  gate_name text not null,
  primary key (gate_id, priority, ticket_seq)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
create unique index gate_ticket_holder on workflows.gate_ticket (gate_id) where is_holder;
comment on table workflows.gate_ticket is 'Who holds and who waits for a partition key or resource; the unique index makes one holder exact.';

create table workflows.wake (
  wake_id bigint generated always as identity primary key,
  gate_id bigint not null
);
comment on table workflows.wake is 'Gates that must be looked at again by the next claim, finish or maintenance turn.';

create table workflows.deduplication (
  workflow_name text not null,
  deduplication_id text not null,
  workflow_id uuid not null,
  primary key (workflow_name, deduplication_id)
);
comment on table workflows.deduplication is 'Which workflow holds a deduplication id; the row is stale once that workflow has ended.';

-- Record --------------------------------------------------------------------------------------------

-- Columns that change come first and fixed in width, the rest last: an update then logs only its head.
create table workflows.workflow (
  workflow_id uuid primary key,
  lease_token uuid,
  started_at timestamptz,
  ended_at timestamptz,
  deadline_at timestamptz,
  held_at timestamptz,
  lane_id bigint not null,
  ready_seq bigint not null,
  ticket_seq bigint,
  change_no integer not null default 0,
  attempt integer not null default 0,
  failure_count integer not null default 0,
  reclaim_count integer not null default 0,
  status text not null,
  state text not null,
  reason text,
  enqueued_at timestamptz not null,
  available_at timestamptz,
  start_before timestamptz,
  timeout_seconds float8,
  queue_id integer not null,
  workflow_version integer not null,
  max_attempts integer,
  priority smallint not null,
  workflow_name text not null,
  on_worker_lost text,
  partition_key text,
  resources text[],
  gate_ids bigint[],
  deduplication_id text,
  parent_workflow_id uuid,
  enqueued_by text not null,
  actor text,
  constraint workflow_status_state check (status || ' ' || state = any ((
    '{DELAYED IDLE,DELAYED RUNNING,DELAYED HOLDING,DELAYED PAUSING,DELAYED RESUMING,DELAYED STOPPING,DELAYED ABORTING,'
    'BLOCKED IDLE,BLOCKED RUNNING,BLOCKED HOLDING,BLOCKED PAUSING,BLOCKED RESUMING,BLOCKED STOPPING,BLOCKED ABORTING,'
    'ENQUEUED IDLE,ENQUEUED RUNNING,ENQUEUED HOLDING,ENQUEUED PAUSING,ENQUEUED RESUMING,ENQUEUED STOPPING,'
    'ENQUEUED ABORTING,RUNNING STARTING,RUNNING RUNNING,RUNNING HOLDING,RUNNING PAUSING,RUNNING RESUMING,'
    'RUNNING STOPPING,RUNNING ABORTING,RUNNING CANCELLING,WAITING RUNNING,HELD HELD,HELD PAUSED,SUCCESS COMPLETE,'
    'ERROR ERROR,CANCELLED CANCELLED,STOPPED STOPPED,ABORTED ABORTED}')::text[])),
  constraint workflow_ended check ((ended_at is not null) = (status = any ('{SUCCESS,ERROR,CANCELLED,STOPPED,ABORTED}'::text[]))),
  constraint workflow_held check ((held_at is not null) = (status = 'HELD'))
) with (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.1);
comment on table workflows.workflow is 'One row per workflow, live or ended; no index on a column that changes.';

create table workflows.workflow_payload (
  workflow_id uuid primary key,
  inputs text not null
);
comment on table workflows.workflow_payload is 'Inputs as JSON text; a workflow without inputs has no row.';

create table workflows.workflow_outcome (
  workflow_id uuid primary key,
  result text,
  error_class text,
  error_message text,
  error_traceback text,
  is_sanitised boolean not null default false
);
comment on table workflows.workflow_outcome is 'Result as JSON text, or the last error; a workflow that returned nothing has no row.';

create table workflows.step (
  workflow_id uuid not null,
  step_key text not null,
  kind text not null constraint step_kind check (kind in ('step', 'tx', 'sleep')),
  status text not null constraint step_status check (status in ('SUCCESS', 'ERROR', 'RETRYING', 'WAITING')),
  attempts integer not null,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  due_at timestamptz,
  output text,
  error text,
  primary key (workflow_id, step_key)
) with (autovacuum_vacuum_scale_factor = 0.05);
comment on table workflows.step is 'What each step of a workflow returned or raised: written once, replayed ever after.';

create table workflows.failed_workflow (
  workflow_id uuid primary key,
  queue_id integer not null,
  ended_at timestamptz not null
);
create index failed_workflow_queue on workflows.failed_workflow (queue_id);
comment on table workflows.failed_workflow is 'Workflows that ended in ERROR with no try left; the view dead_letter shows them.';

create table workflows.command (
  command_id bigint generated always as identity primary key,
  workflow_id uuid not null,
  command text not null,
  actor text not null,
  reason text,
  request_id text,
  outcome text not null constraint command_outcome check (outcome in ('accepted', 'already', 'rejected', 'obeyed', 'overtaken')),
  message text not null,
  from_status text not null,
  from_state text not null,
  to_status text not null,
  to_state text not null,
  database_user text not null,
  accepted_at timestamptz not null,
  obeyed_at timestamptz
);
create unique index command_request on workflows.command (request_id) where request_id is not null;
create index command_workflow on workflows.command (workflow_id, command_id);
create index command_open on workflows.command (workflow_id) where outcome = 'accepted';
comment on table workflows.command is 'Every order to a workflow, who gave it, why, and what became of it.';

create table workflows.audit (
  audit_id bigint generated always as identity primary key,
  workflow_id uuid,
  change_no integer,
  audited_at timestamptz not null,
  event text not null,
  status text,
  state text,
  attempt integer,
  lease_token uuid,
  worker_id uuid,
  actor text,
  database_user text not null,
  reason text,
  detail text
);
create index audit_workflow on workflows.audit (workflow_id, change_no) where workflow_id is not null;
comment on table workflows.audit is 'Append-only: operator acts, errors, reclaims, configuration; every transition where the queue keeps full history.';

create table workflows.queue_count (
  queue_id integer primary key,
  enqueued bigint not null,
  delayed bigint not null,
  blocked bigint not null,
  waiting bigint not null,
  held bigint not null,
  dead_letters bigint not null,
  counted_at timestamptz not null
) with (fillfactor = 50);
comment on table workflows.queue_count is 'Exact counts of queues that are too long to count live; refreshed by maintenance.';

-- First rows ----------------------------------------------------------------------------------------

insert into workflows.turn (turn_id) values (1);
insert into workflows.maintenance (maintenance_id, last_turn_at, last_count_at) values (1, clock_timestamp(), '-infinity');
insert into workflows.queue (queue_name, created_at) values ('default', clock_timestamp());
insert into workflows.setting (setting_name, setting_value, value_type, minimum, maximum, description) values
  ('lease_seconds', '20', 'number', 0.2, 3600, 'A worker that has not renewed for so long is lost and its workflows are claimed again.'),
  ('poll_seconds', '1', 'number', 0.02, 60, 'How often an idle worker looks for work when no notification comes.'),
  ('suspend_over_seconds', '2', 'number', 0, 3600, 'A wait longer than this leaves the worker thread.'),
  ('payload_bytes', '1048576', 'integer', 1024, 104857600, 'Largest inputs, result or step output, as JSON text.'),
  ('max_reclaims', '5', 'integer', 0, 1000, 'A workflow that lost its worker more often than this ends in ERROR.'),
  ('max_delay_seconds', '315360000', 'number', 1, 3153600000, 'Longest delay that enqueue accepts.'),
  ('create_queues_on_enqueue', 'false', 'boolean', null, null, 'Whether enqueue makes a queue that does not exist.');
