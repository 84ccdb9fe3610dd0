begin isolation level read committed;
set local client_min_messages = warning;
set local search_path = pg_catalog, pg_temp;

-- bootstrap.sql
-- Runs first, in the installer's transaction: one installer at a time, the roles, the schema, the ledger.
-- Works without CREATEROLE where the roles exist and the installing user is a member of the owner role.
select pg_advisory_xact_lock(hashtextextended('workflows.install', 0));

do $roles$
declare
  v_role text;
begin
  foreach v_role in array array['workflows_owner', 'workflows_enqueuer', 'workflows_worker',
                                'workflows_operator', 'workflows_viewer', 'workflows_admin'] loop
    if not exists (select from pg_roles where rolname = v_role) then
      begin
        execute format('create role %I nologin', v_role);
      exception when duplicate_object or unique_violation then
        null;  -- roles belong to the whole server: another database is being installed right now
      end;
    end if;
  end loop;
  -- Since 16 whoever creates a role is its member, but may not act as it.
  if not pg_has_role(current_user, 'workflows_owner',
    case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end) then
    execute format('grant workflows_owner to %I', current_user);
  end if;
end
$roles$;

do $schema$
begin
  if to_regnamespace('workflows') is null then
    create schema workflows authorization workflows_owner;
  end if;
end
$schema$;

set local role workflows_owner;

create table if not exists workflows.schema_migration (
  version integer primary key,
  file_name text not null,
  sha256 text not null,
  is_breaking boolean not null,
  applied_at timestamptz not null
);
comment on table workflows.schema_migration is 'Ledger of applied migrations; one row per file of sql/migrations.';
comment on column workflows.schema_migration.version is 'Number at the start of the file name.';
comment on column workflows.schema_migration.file_name is 'Name of the migration file.';
comment on column workflows.schema_migration.sha256 is 'Digest of the file as released; a difference refuses the installation.';
comment on column workflows.schema_migration.is_breaking is 'True where a library older than this version must stop working.';
comment on column workflows.schema_migration.applied_at is 'When it was applied.';

set local lock_timeout = '10s';
do $guard$
declare
  v_version integer := (select max(version) from workflows.schema_migration);
begin
  if v_version > 1 then
    raise exception using errcode = 'WF008', message = 'schema is newer than this installer',
      detail = json_build_object('schema_version', v_version, 'library_version', 1),
      hint = 'upgrade the library: pip install --upgrade ignition-workflows';
  end if;
end
$guard$;

do $guard$
declare
  v_sha256 text := (
    select sha256 from workflows.schema_migration where version = 1);
begin
  if v_sha256 <> '599886df6518f920b8191dc00bd51a26084f7ac973c7cfca84902d54fc53d9ae' then
    raise exception using errcode = 'WF902', message = 'applied migration was edited',
      detail = json_build_object('file_name', '0001_create_tables.sql'),
      hint = 'restore the released file and put the change into a new migration';
  elsif v_sha256 is null then
    execute $migration_0001$
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
$migration_0001$;
    insert into workflows.schema_migration (version, file_name, sha256, is_breaking, applied_at)
    values (1, '0001_create_tables.sql', '599886df6518f920b8191dc00bd51a26084f7ac973c7cfca84902d54fc53d9ae', false,
            clock_timestamp());
  end if;
end
$guard$;

-- functions/clock_now.sql
-- The one clock. Every function reads it once, into a variable; only tests replace it.
create or replace function workflows.clock_now() returns timestamptz
language sql volatile
as 'select clock_timestamp()';
comment on function workflows.clock_now() is 'The database clock that every due, expiry and ordering decision uses.';

-- functions/refuse.sql
-- The one place that raises. The message is fixed per code; the detail is JSON for programs, the hint
-- says to a person what is wrong and what to do.
create or replace function workflows.refuse(p_code text, p_detail jsonb, p_hint text) returns text
language plpgsql
as $$
begin
  raise exception using
    errcode = p_code,
    message = case p_code
      when 'WF001' then 'stale lease token'
      when 'WF002' then 'bad argument'
      when 'WF003' then 'unknown id'
      when 'WF004' then 'already finished otherwise'
      when 'WF005' then 'queue does not take work'
      when 'WF006' then 'duplicate'
      when 'WF007' then 'replay mismatch'
      when 'WF008' then 'schema version does not fit'
      else 'command rejected' end,
    detail = p_detail::text,
    hint = p_hint;
end
$$;
comment on function workflows.refuse(text, jsonb, text) is 'Raises one of the documented errors WF001 to WF009.';

-- functions/bad_argument.sql
-- Names the field of a bad argument, for enqueue_many as an answer and for the others as an error.
create or replace function workflows.bad_argument(p_field text, p_problem text) returns jsonb
language sql immutable
as $$select jsonb_build_object('field', p_field, 'problem', p_problem)$$;
comment on function workflows.bad_argument(text, text) is 'Detail of a WF002: the field and what is wrong with it.';

-- functions/setting_of.sql
-- In PL/pgSQL, whose plans are kept: as an SQL function it would be planned again in each transaction.
create or replace function workflows.setting_of(p_name text) returns text
language plpgsql stable
as $$
begin
  return (select s.setting_value from workflows.setting s where s.setting_name = p_name);
end
$$;
comment on function workflows.setting_of(text) is 'Value of one setting as text.';

-- functions/schema_version.sql
create or replace function workflows.schema_version() returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as 'select max(version) from workflows.schema_migration';
comment on function workflows.schema_version() is 'Number of the newest applied migration.';

-- functions/new_workflow_id.sql
-- RFC 9562 version 7: 48 bits of milliseconds, then random. Ordered in time for people and for the
-- index; nothing relies on that order.
create or replace function workflows.new_workflow_id(p_now timestamptz) returns uuid
language sql volatile
as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
      placing substring(int8send((extract(epoch from p_now) * 1000)::bigint) from 3)
      from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;
comment on function workflows.new_workflow_id(timestamptz) is 'A new time-ordered uuid (version 7).';

-- functions/lane_key.sql
-- A lane is known by a hash of what it stands for, so that enqueue can name it without a look or a lock.
create or replace function workflows.lane_key(
  p_queue_id integer, p_name text, p_version integer, p_priority smallint, p_kind text) returns bigint
language sql immutable
as $$
  select hashtextextended(p_queue_id::text || ' ' || p_version::text || ' ' || p_priority::text || ' ' || p_kind || ' ' || p_name, 0)
$$;
comment on function workflows.lane_key(integer, text, integer, smallint, text) is 'Id of the lane of a queue, name, version, priority and kind.';

-- functions/gate_label.sql
create or replace function workflows.gate_label(p_queue_id integer, p_partition_key text, p_resource text) returns text
language sql immutable
as $$
  select case when p_resource is null then 'key ' || p_queue_id || ' ' || p_partition_key else 'resource ' || p_resource end
$$;
comment on function workflows.gate_label(integer, text, text) is 'Readable name of a gate; its hash is the gate id.';

-- functions/gate_keys.sql
-- Sorted, so that any two workflows name their common gates in the same order.
create or replace function workflows.gate_keys(p_queue_id integer, p_partition_key text, p_resources text[]) returns bigint[]
language sql immutable
as $$
  select array_agg(distinct g.gate_id order by g.gate_id)
  from (select hashtextextended(workflows.gate_label(p_queue_id, p_partition_key, null), 0) as gate_id
        where p_partition_key is not null
        union all
        select hashtextextended(workflows.gate_label(null, null, r), 0) from unnest(p_resources) r) g
$$;
comment on function workflows.gate_keys(integer, text, text[]) is 'Ids of the gates that a partition key and resources stand for.';

-- functions/name_problem.sql
create or replace function workflows.name_problem(p_name text) returns text
language sql immutable
as $$
  select case
    when p_name is null or p_name = '' then 'must not be empty'
    when length(p_name) > 200 then 'must not be longer than 200 characters'
    when p_name ~ '[[:cntrl:]]' then 'must not contain control characters'
    when p_name <> btrim(p_name) then 'must not begin or end with a space'
  end
$$;
comment on function workflows.name_problem(text) is 'What is wrong with a name, or null.';

-- functions/payload_problem.sql
-- Cheap tests first (the setting payload_bytes cannot be less than 1024); only text that could hold something poisonous is parsed as jsonb, which finds NUL,
-- lone surrogates, numbers no double can hold, and more than 64 levels.
create or replace function workflows.payload_problem(p_text text, p_limit integer default null) returns text
language plpgsql stable
as $$
declare
  v_value jsonb;
  v_problem text := 'is not valid JSON';
begin
  if p_text is null then return 'must be JSON, not null'; end if;
  if octet_length(p_text) > 1024 and octet_length(p_text) > coalesce(p_limit, workflows.setting_of('payload_bytes')::integer) then
    return 'is larger than ' || coalesce(p_limit, workflows.setting_of('payload_bytes')::integer) || ' bytes';
  end if;
  begin
    perform p_text::json;
    if length(p_text) - length(translate(p_text, '[{', '')) <= 64
       and p_text !~ '\\u(0000|[dD][89a-fA-F])|[eE]\+?[0-9]{3}|[0-9]{250}' then
      return null;
    end if;
    v_problem := 'contains half of a surrogate pair';
    v_value := p_text::jsonb;
  exception
    when untranslatable_character then return 'contains a NUL character';
    when statement_too_complex then return 'is nested deeper than 64 levels';
    when numeric_value_out_of_range then return 'contains a number that is out of range';
    when data_exception then return v_problem;
  end;
  if jsonb_path_exists(v_value, 'strict $.**{64} ? (@.type() == "array" || @.type() == "object")') then return 'is nested deeper than 64 levels'; end if;
  if jsonb_path_exists(v_value, '$.** ? (@.type() == "number" && (@ > 1.7976931348623157e308 || @ < -1.7976931348623157e308))') then
    return 'contains a number that is out of range';
  end if;
  return null;
end
$$;
comment on function workflows.payload_problem(text, integer) is 'What is wrong with a payload given as JSON text, or null.';

-- functions/audit_change.sql
-- Writes one audit row per workflow as it stands now. Without an actor it is an ordinary transition and
-- is written only where the queue keeps full history.
create or replace function workflows.audit_change(
  p_workflow_ids uuid[], p_event text, p_actor text, p_reason text, p_detail text) returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  if p_actor is null and not exists (select from workflows.queue q where q.history = 'full') then return 0; end if;
  insert into workflows.audit (workflow_id, change_no, audited_at, event, status, state, attempt, lease_token, actor,
    database_user, reason, detail)
  select w.workflow_id, w.change_no, workflows.clock_now(), p_event, w.status, w.state, w.attempt, w.lease_token, p_actor,
    session_user, coalesce(p_reason, w.reason), p_detail
  from unnest(p_workflow_ids) i(workflow_id)
  join workflows.workflow w on w.workflow_id = i.workflow_id
  join workflows.queue q on q.queue_id = w.queue_id
  where p_actor is not null or q.history = 'full';
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.audit_change(uuid[], text, text, text, text) is 'Audits the present status of some workflows.';

-- functions/queue_lanes.sql
-- The lanes of a queue with the seq above which they may have rows: those that stand, and those that
-- enqueue asked for and that no claim has made yet. While no worker runs, new_lane has a row per enqueue,
-- so it is read by jumping from lane to lane.
create or replace function workflows.queue_lanes(p_queue_id integer, out lane_id bigint, out floor bigint) returns setof record
language sql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off
as $$
  with recursive asked as (
    (select n.lane_id from workflows.new_lane n where n.queue_id = p_queue_id order by n.lane_id limit 1)
    union all
    select x.lane_id from asked a cross join lateral (
      select n.lane_id from workflows.new_lane n where n.queue_id = p_queue_id and n.lane_id > a.lane_id order by n.lane_id limit 1) x)
  select l.lane_id, l.floor from workflows.lane l where l.queue_id = p_queue_id
  union all
  select a.lane_id, 0 from asked a where not exists (select from workflows.lane l where l.lane_id = a.lane_id)
$$;
comment on function workflows.queue_lanes(integer) is 'Lanes of a queue, made or asked for, and where their rows begin.';

-- functions/count_ready.sql
-- Counts claimable workflows of a queue from the floors of its lanes up, so dead rows cost nothing.
create or replace function workflows.count_ready(p_queue_id integer, p_cap integer) returns bigint
language sql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off
as $$
  select count(*) from (
    select from workflows.queue_lanes(p_queue_id) l
    join workflows.ready r on r.lane_id = l.lane_id and r.ready_seq > l.floor limit p_cap) r
$$;
comment on function workflows.count_ready(integer, integer) is 'Number of claimable workflows of a queue, counted up to a cap.';

-- functions/count_parked.sql
-- Like count_ready: pinned to the index.
create or replace function workflows.count_parked(p_queue_id integer, p_status text, p_cap integer) returns bigint
language sql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off
as $$
  select count(*) from (
    select from workflows.parked p where p.queue_id = p_queue_id and p.status = p_status limit p_cap) p
$$;
comment on function workflows.count_parked(integer, text, integer) is 'Number of parked workflows of a queue in one status, counted up to a cap.';

-- functions/queue_figures.sql
-- What the view queue_depth shows of one queue. A function, because a view cannot turn JIT off: with no
-- statistics about queues the planner thinks the view costly and compiles it, for a quarter of a second.
create or replace function workflows.queue_figures(
  p_queue_id integer, out enqueued bigint, out delayed bigint, out blocked bigint, out running bigint, out waiting bigint,
  out held bigint, out dead_letters bigint, out oldest_enqueued_at timestamptz) returns record
language sql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
  select workflows.count_ready(p_queue_id, 10001), workflows.count_parked(p_queue_id, 'DELAYED', 10001),
    workflows.count_parked(p_queue_id, 'BLOCKED', 10001), (select count(*) from workflows.lease l where l.queue_id = p_queue_id),
    workflows.count_parked(p_queue_id, 'WAITING', 10001), workflows.count_parked(p_queue_id, 'HELD', 10001),
    (select count(*) from (select from workflows.failed_workflow f where f.queue_id = p_queue_id limit 10001) f),
    (select min(w.enqueued_at) from workflows.queue_lanes(p_queue_id) l
     cross join lateral (select r.workflow_id from workflows.ready r where r.lane_id = l.lane_id and r.ready_seq > l.floor
                         order by r.ready_seq limit 1) h
     join workflows.workflow w on w.workflow_id = h.workflow_id)
$$;
comment on function workflows.queue_figures(integer) is 'How many workflows of a queue stand where, each counted up to 10001.';

-- functions/read_options.sql
-- Reads the options of one enqueue into the request; the first problem wins and names its field.
-- Numbers are compared as numeric, so that NaN and Infinity cannot slip through as text.
create or replace function workflows.read_options(p_request workflows.enqueue_request, p_options text, p_now timestamptz)
returns workflows.enqueue_request
language plpgsql volatile
as $$
declare
  v_request workflows.enqueue_request := p_request;
  v_options jsonb;
  v_key text;
  v_value jsonb;
  v_text text;
  v_problem text;
  v_delay float8;
begin
  begin
    v_options := p_options::jsonb;
  exception when data_exception or statement_too_complex then
    v_request.problem := workflows.bad_argument('options', 'is not valid JSON');
    return v_request;
  end;
  if jsonb_typeof(v_options) <> 'object' then
    v_request.problem := workflows.bad_argument('options', 'must be a JSON object');
    return v_request;
  end if;
  v_request.on_duplicate := 'return';
  for v_key, v_value in select e.key, e.value from jsonb_each(v_options) e order by e.key loop
    continue when jsonb_typeof(v_value) = 'null';
    v_text := v_value #>> '{}';
    v_problem := workflows.option_problem(v_key, v_value, v_text);
    if v_problem is null then
      case v_key
        when 'workflow_id' then v_request.workflow_id := v_text::uuid;
        when 'workflow_version' then v_request.workflow_version := v_text::numeric;
        when 'queue_name' then
          select q.queue_id into v_request.queue_id from workflows.queue q where q.queue_name = v_text;
          if not found then v_request.queue_id := workflows.missing_queue(v_text, p_now); end if;
          if v_request.queue_id is null then
            v_request.problem := jsonb_build_object('code', 'WF005', 'field', v_key, 'problem', 'no such queue: ' || v_text);
            return v_request;
          end if;
        when 'priority' then v_request.priority := v_text::numeric;
        when 'partition_key' then v_request.partition_key := v_text;
        when 'resources' then
          select array_agg(distinct r order by r) into v_request.resources from jsonb_array_elements_text(v_value) r;
        when 'deduplication_id' then v_request.deduplication_id := v_text;
        when 'on_duplicate' then v_request.on_duplicate := v_text;
        when 'delay_seconds' then v_delay := round(v_text::numeric, 6)::float8;
        when 'available_at' then v_request.available_at := v_text::timestamptz;
        when 'start_before' then v_request.start_before := v_text::timestamptz;
        when 'timeout_seconds' then v_request.timeout_seconds := round(v_text::numeric, 6)::float8;
        when 'max_attempts' then v_request.max_attempts := v_text::numeric;
        when 'on_worker_lost' then v_request.on_worker_lost := v_text;
        when 'parent' then v_request.parent_workflow_id := v_text::uuid;
        else v_request.actor := v_text;
      end case;
    else
      v_request.problem := workflows.bad_argument(v_key, v_problem);
      return v_request;
    end if;
  end loop;
  if v_delay is not null and v_request.available_at is not null then
    v_request.problem := workflows.bad_argument('delay_seconds', 'give delay_seconds or available_at, not both');
  elsif v_delay > 0 then
    v_request.available_at := p_now + v_delay * interval '1 second';
  end if;
  if v_request.available_at <= p_now then v_request.available_at := null; end if;
  if v_request.start_before <= coalesce(v_request.available_at, p_now) then
    v_request.problem := workflows.bad_argument('start_before', 'must be later than now and than available_at');
  elsif v_request.on_duplicate <> 'return' and v_request.deduplication_id is null then
    v_request.problem := workflows.bad_argument('on_duplicate', 'needs a deduplication_id');
  elsif v_request.on_duplicate = 'debounce' and v_request.available_at is null then
    v_request.problem := workflows.bad_argument('delay_seconds', 'debounce needs a delay');
  end if;
  return v_request;
end
$$;
comment on function workflows.read_options(workflows.enqueue_request, text, timestamptz) is 'Checks the options of an enqueue and reads them into the request.';

-- What is wrong with one option, or null. Names, numbers, times and ids each have one rule.
create or replace function workflows.option_problem(p_key text, p_value jsonb, p_text text) returns text
language plpgsql volatile
as $$
declare
  v_limit numeric;
begin
  if p_key in ('workflow_id', 'parent') then
    return case when jsonb_typeof(p_value) = 'string'
      and p_text ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then null else 'is not a uuid' end;
  elsif p_key in ('queue_name', 'partition_key', 'deduplication_id', 'actor') then
    return case when jsonb_typeof(p_value) <> 'string' then 'must be text' else workflows.name_problem(p_text) end;
  elsif p_key in ('workflow_version', 'priority', 'max_attempts') then
    if jsonb_typeof(p_value) <> 'number' or p_text::numeric % 1 <> 0 then return 'must be a whole number'; end if;
    return case
      when p_key = 'priority' and p_text::numeric not between -100 and 100 then 'must be between -100 and 100'
      when p_key <> 'priority' and p_text::numeric not between 1 and 1000000 then 'must be between 1 and 1000000' end;
  elsif p_key in ('delay_seconds', 'timeout_seconds') then
    if jsonb_typeof(p_value) <> 'number' then return 'must be a number of seconds'; end if;
    v_limit := workflows.setting_of('max_delay_seconds')::numeric;
    return case
      when p_text::numeric > v_limit then 'must not be more than ' || v_limit || ' seconds'
      when p_key = 'timeout_seconds' and p_text::numeric < 0.000001 then 'must be more than 0'
      when p_text::numeric < 0 then 'must not be negative' end;
  elsif p_key in ('available_at', 'start_before') then
    return workflows.time_problem(p_value, p_text);
  elsif p_key = 'on_duplicate' then
    return case when p_text in ('return', 'replace', 'reject', 'debounce') then null
      else 'must be return, replace, reject or debounce' end;
  elsif p_key = 'on_worker_lost' then
    return case when p_text in ('retry', 'hold', 'fail') then null else 'must be retry, hold or fail' end;
  elsif p_key = 'resources' then
    if jsonb_typeof(p_value) <> 'array' or jsonb_array_length(p_value) not between 1 and 100 then
      return 'must be an array of 1 to 100 names';
    end if;
    return (select case when jsonb_typeof(r) <> 'string' then 'must be an array of names'
                        else 'each name ' || workflows.name_problem(r #>> '{}') end
            from jsonb_array_elements(p_value) r
            where jsonb_typeof(r) <> 'string' or workflows.name_problem(r #>> '{}') is not null limit 1);
  end if;
  return 'is not an option of enqueue';
end
$$;
comment on function workflows.option_problem(text, jsonb, text) is 'What is wrong with one option of enqueue, or null.';

create or replace function workflows.time_problem(p_value jsonb, p_text text) returns text
language plpgsql volatile
as $$
declare
  v_time timestamptz;
begin
  if jsonb_typeof(p_value) <> 'string' or p_text !~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$' then
    return 'must be a time like 2026-01-31T08:00:00Z';
  end if;
  v_time := p_text::timestamptz;
  if v_time > workflows.clock_now() + workflows.setting_of('max_delay_seconds')::float8 * interval '1 second' then
    return 'is too far in the future';
  end if;
  return null;
exception when data_exception then
  return 'must be a time like 2026-01-31T08:00:00Z';
end
$$;
comment on function workflows.time_problem(jsonb, text) is 'What is wrong with a time given as text, or null.';

-- Makes the queue where the setting allows it; null where it does not.
create or replace function workflows.missing_queue(p_queue_name text, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_queue_id integer;
begin
  if workflows.setting_of('create_queues_on_enqueue') <> 'true' then return null; end if;
  insert into workflows.queue (queue_name, created_at) values (p_queue_name, p_now) on conflict do nothing;
  select q.queue_id into v_queue_id from workflows.queue q where q.queue_name = p_queue_name;
  return v_queue_id;
end
$$;
comment on function workflows.missing_queue(text, timestamptz) is 'Id of a queue made on the fly, or null where enqueue may not make queues.';

-- functions/notify_idle.sql
-- Wakes idle workers of these queues, and costs nothing while nobody is idle. A worker that goes idle
-- takes the idle lock of its queues in shared mode, then tries the in-flight lock, then looks once more;
-- we hold the in-flight lock until commit and then probe: whoever comes second sees the other, so no
-- wake-up is lost, not even over a transaction that stays open.
create or replace function workflows.notify_idle(p_queue_ids integer[]) returns integer
language plpgsql volatile
as $$
declare
  v_queue_id integer;
  v_notified integer := 0;
begin
  foreach v_queue_id in array p_queue_ids loop
    perform pg_advisory_xact_lock_shared(hashtext('workflows.inflight'), v_queue_id);
    if pg_try_advisory_lock(hashtext('workflows.idle'), v_queue_id) then
      perform pg_advisory_unlock(hashtext('workflows.idle'), v_queue_id);
    else
      perform pg_notify('workflows_wake', v_queue_id::text);
      v_notified := v_notified + 1;
    end if;
  end loop;
  return v_notified;
end
$$;
comment on function workflows.notify_idle(integer[]) is 'Notifies the idle workers of some queues.';

-- The other side: marks this session idle for its queues. True: every enqueue that did not see the mark
-- has committed, so one more look is enough. False: one has not, so poll shortly.
create or replace function workflows.mark_idle(p_queue_ids integer[]) returns boolean
language plpgsql volatile
as $$
declare
  v_queue_id integer;
  v_is_quiet boolean := true;
begin
  foreach v_queue_id in array p_queue_ids loop
    perform pg_advisory_lock_shared(hashtext('workflows.idle'), v_queue_id);
  end loop;
  foreach v_queue_id in array p_queue_ids loop
    if pg_try_advisory_lock(hashtext('workflows.inflight'), v_queue_id) then
      perform pg_advisory_unlock(hashtext('workflows.inflight'), v_queue_id);
    else
      v_is_quiet := false;
    end if;
  end loop;
  return v_is_quiet;
end
$$;
comment on function workflows.mark_idle(integer[]) is 'Marks the session of a worker idle for its queues.';

create or replace function workflows.unmark_idle(p_queue_ids integer[]) returns integer
language plpgsql volatile
as $$
declare
  v_queue_id integer;
begin
  foreach v_queue_id in array p_queue_ids loop
    perform pg_advisory_unlock_shared(hashtext('workflows.idle'), v_queue_id);
  end loop;
  return cardinality(p_queue_ids);
end
$$;
comment on function workflows.unmark_idle(integer[]) is 'Takes the idle mark of this session back.';

-- functions/insert_workflows.sql
-- Inserts the rows of checked requests, wakes idle workers and answers every request in order. Statuses:
-- nothing -> ENQUEUED or DELAYED. Locks nothing that others wait for but the ids themselves. The
-- transaction takes its id before it draws ready_seq: the marks of lane are proven by that order.
create or replace function workflows.insert_workflows(p_requests workflows.enqueue_request[], p_now timestamptz) returns jsonb
language plpgsql volatile
as $$
declare
  v_user text := session_user;
  v_queues integer[];
  v_new uuid[];
  v_answer jsonb;
begin
  perform pg_current_xact_id();
  with asked as materialized (
    select r.*, r.ordinality as request_no, d.workflow_name is not null as is_registered,
      coalesce(r.workflow_id, workflows.new_workflow_id(p_now)) as new_id,
      coalesce(r.workflow_version, d.workflow_version, 1) as new_version,
      coalesce(r.queue_id, q.queue_id) as new_queue_id,
      coalesce(r.priority, d.priority, 0::smallint) as new_priority
    from unnest(p_requests) with ordinality r
    left join lateral (
      select d.workflow_name, d.workflow_version, d.queue_name, d.priority from workflows.workflow_definition d
      where d.workflow_name = r.workflow_name and (r.workflow_version is null or d.workflow_version = r.workflow_version)
      order by d.workflow_version desc limit 1) d on r.problem is null
    join workflows.queue q on q.queue_name = coalesce(d.queue_name, 'default')),
  checked as (
    select a.*, g.gate_ids as new_gate_ids, k.kind as new_kind,
      coalesce(a.problem, workflows.queue_problem(a.new_queue_id)) as refusal,
      case when a.available_at is not null then 'DELAYED' else 'ENQUEUED' end as new_status,
      workflows.lane_key(a.new_queue_id, a.workflow_name, a.new_version, a.new_priority, k.kind) as new_lane_id,
      row_number() over (partition by a.new_id order by a.request_no) = 1 as is_first
    from asked a
    cross join lateral (select case when a.partition_key is not null or a.resources is not null
      then workflows.gate_keys(a.new_queue_id, a.partition_key, a.resources) end as gate_ids) g
    cross join lateral (select workflows.lane_kind(g.gate_ids, a.on_worker_lost) as kind) k),
  placed as materialized (
    -- the window above has sorted by id, which is random: places are drawn in the order of the batch
    select c.*, nextval('workflows.ready_seq') as new_seq from (select c.* from checked c order by c.request_no) c),
  added as (
    insert into workflows.workflow (
      workflow_id, lane_id, ready_seq, status, state, enqueued_at, available_at, start_before, timeout_seconds, queue_id,
      workflow_version, max_attempts, priority, workflow_name, on_worker_lost, partition_key, resources, gate_ids,
      deduplication_id, parent_workflow_id, enqueued_by, actor)
    select p.new_id, p.new_lane_id, p.new_seq, p.new_status, 'IDLE', p_now, p.available_at, p.start_before, p.timeout_seconds,
      p.new_queue_id, p.new_version, p.max_attempts, p.new_priority, p.workflow_name, p.on_worker_lost, p.partition_key,
      p.resources, p.new_gate_ids, p.deduplication_id, p.parent_workflow_id, v_user, p.actor
    from placed p where p.is_first and p.refusal is null order by p.new_id
    on conflict do nothing
    returning workflow_id),
  settled as materialized (
    -- Not a join: the planner expects one row and would compare each with each. This hashes.
    select p.*, (p.is_first and p.new_id in (select a.workflow_id from added a)) is true as is_new from placed p),
  payload as (
    insert into workflows.workflow_payload (workflow_id, inputs)
    select f.new_id, f.inputs from settled f where f.is_new and f.inputs <> '{}'),
  queued as (
    insert into workflows.ready (lane_id, ready_seq, workflow_id, start_before)
    select f.new_lane_id, f.new_seq, f.new_id, f.start_before from settled f where f.is_new and f.new_status = 'ENQUEUED'),
  delayed as (
    insert into workflows.parked (workflow_id, queue_id, status, due_at, resume_at)
    select f.new_id, f.new_queue_id, 'DELAYED', least(f.available_at, f.start_before), f.available_at
    from settled f where f.is_new and f.new_status = 'DELAYED'),
  lanes as (
    insert into workflows.new_lane (lane_id, queue_id, workflow_name, workflow_version, priority, kind)
    select distinct f.new_lane_id, f.new_queue_id, f.workflow_name, f.new_version, f.new_priority, f.new_kind
    from settled f where f.is_new and f.new_status = 'ENQUEUED' and not exists (select from workflows.lane l where l.lane_id = f.new_lane_id))
  select jsonb_agg(workflows.enqueue_answer(f.refusal, f.new_id, f.is_new, f.is_registered) order by f.request_no),
    array_agg(distinct f.new_queue_id) filter (where f.is_new and f.new_status = 'ENQUEUED'),
    array_agg(f.new_id) filter (where f.is_new)
  into v_answer, v_queues, v_new
  from settled f;
  if v_new is not null then perform workflows.audit_change(v_new, 'enqueued', null, null, null); end if;
  if v_queues is not null then perform workflows.notify_idle(v_queues); end if;
  return coalesce(v_answer, '[]');
end
$$;
comment on function workflows.insert_workflows(workflows.enqueue_request[], timestamptz) is 'Inserts the rows of checked requests to enqueue and answers each.';

create or replace function workflows.enqueue_answer(p_problem jsonb, p_workflow_id uuid, p_is_new boolean, p_is_registered boolean) returns jsonb
language sql immutable
as $$
  select case
    when p_problem ? 'holder' then jsonb_build_object('workflow_id', p_problem ->> 'holder', 'deduplicated', true, 'is_registered', true)
    when p_problem is not null then jsonb_build_object('error', p_problem || jsonb_build_object(
      'code', coalesce(p_problem ->> 'code', 'WF002'), 'message', concat_ws(' ', p_problem ->> 'field', p_problem ->> 'problem')))
    else jsonb_build_object('workflow_id', p_workflow_id, 'deduplicated', not p_is_new, 'is_registered', p_is_registered) end
$$;
comment on function workflows.enqueue_answer(jsonb, uuid, boolean, boolean) is 'Answer to one request to enqueue.';

-- Why a queue does not take work now, or null. Counted before the rows go in, so that callers at the same
-- moment can go past max_enqueued by what they bring.
create or replace function workflows.queue_problem(p_queue_id integer) returns jsonb
language plpgsql stable
as $$
declare
  v_queue workflows.queue%rowtype;
begin
  select q.* into v_queue from workflows.queue q where q.queue_id = p_queue_id;
  if not v_queue.accepts_work then
    return jsonb_build_object('code', 'WF005', 'field', 'queue_name', 'problem', 'is closed: ' || v_queue.queue_name);
  end if;
  if v_queue.max_enqueued is null then return null; end if;
  if workflows.count_ready(p_queue_id, v_queue.max_enqueued) >= v_queue.max_enqueued then
    return jsonb_build_object('code', 'WF005', 'field', 'queue_name', 'problem', 'is full: ' || v_queue.queue_name);
  end if;
  return null;
end
$$;
comment on function workflows.queue_problem(integer) is 'Why a queue does not take work, or null.';

-- Where a workflow that has not started queues: gated ones are admitted to their gates first, single ones
-- are never claimed ahead of a free thread.
create or replace function workflows.lane_kind(p_gate_ids bigint[], p_on_worker_lost text) returns text
language sql immutable
as $$
  select case when p_gate_ids is not null then 'gated' when p_on_worker_lost <> 'retry' then 'single' else 'new' end
$$;
comment on function workflows.lane_kind(bigint[], text) is 'Kind of lane for a workflow that has not started.';

-- functions/insert_workflow.sql
-- The short way for one request without a deduplication id or parent: the same rows as insert_workflows writes, by plain
-- statements. A statement over sets costs three times as much for a single row, and buttons and tags
-- enqueue one at a time. An id that stands already is answered as it is. The tests hold both ways against each other.
create or replace function workflows.insert_workflow(p_request workflows.enqueue_request, p_now timestamptz) returns uuid
language plpgsql volatile
as $$
declare
  v_id uuid := coalesce(p_request.workflow_id, workflows.new_workflow_id(p_now));
  v_version integer;
  v_priority smallint;
  v_queue_id integer;
  v_problem jsonb;
  v_gates bigint[];
  v_kind text;
  v_lane bigint;
  v_seq bigint;
begin
  select d.workflow_version, d.priority, q.queue_id into v_version, v_priority, v_queue_id
  from workflows.workflow_definition d join workflows.queue q on q.queue_name = d.queue_name
  where d.workflow_name = p_request.workflow_name
    and (p_request.workflow_version is null or d.workflow_version = p_request.workflow_version)
  order by d.workflow_version desc limit 1;
  v_queue_id := coalesce(p_request.queue_id, v_queue_id);
  if v_queue_id is null then
    select q.queue_id into v_queue_id from workflows.queue q where q.queue_name = 'default';
  end if;
  v_problem := workflows.queue_problem(v_queue_id);
  if v_problem is not null then
    perform workflows.refuse('WF005', v_problem - 'code', 'queue ' || (v_problem ->> 'problem'));
  end if;
  v_version := coalesce(p_request.workflow_version, v_version, 1);
  v_priority := coalesce(p_request.priority, v_priority, 0::smallint);
  if p_request.partition_key is not null or p_request.resources is not null then
    v_gates := workflows.gate_keys(v_queue_id, p_request.partition_key, p_request.resources);
  end if;
  v_kind := workflows.lane_kind(v_gates, p_request.on_worker_lost);
  v_lane := workflows.lane_key(v_queue_id, p_request.workflow_name, v_version, v_priority, v_kind);
  perform pg_current_xact_id();
  v_seq := nextval('workflows.ready_seq');
  insert into workflows.workflow (
    workflow_id, lane_id, ready_seq, status, state, enqueued_at, available_at, start_before, timeout_seconds, queue_id,
    workflow_version, max_attempts, priority, workflow_name, on_worker_lost, partition_key, resources, gate_ids, enqueued_by, actor)
  values (v_id, v_lane, v_seq, case when p_request.available_at is null then 'ENQUEUED' else 'DELAYED' end, 'IDLE', p_now,
    p_request.available_at, p_request.start_before, p_request.timeout_seconds, v_queue_id, v_version, p_request.max_attempts,
    v_priority, p_request.workflow_name, p_request.on_worker_lost, p_request.partition_key, p_request.resources, v_gates,
    session_user, p_request.actor)
  on conflict do nothing;
  if not found then return v_id; end if;
  if p_request.inputs <> '{}' then
    insert into workflows.workflow_payload (workflow_id, inputs) values (v_id, p_request.inputs);
  end if;
  if exists (select from workflows.queue q where q.queue_id = v_queue_id and q.history = 'full') then
    perform workflows.audit_change(array[v_id], 'enqueued', null, null, null);
  end if;
  if p_request.available_at is not null then
    insert into workflows.parked (workflow_id, queue_id, status, due_at, resume_at)
    values (v_id, v_queue_id, 'DELAYED', least(p_request.available_at, p_request.start_before), p_request.available_at);
    return v_id;
  end if;
  insert into workflows.ready (lane_id, ready_seq, workflow_id, start_before) values (v_lane, v_seq, v_id, p_request.start_before);
  if not exists (select from workflows.lane l where l.lane_id = v_lane) then
    insert into workflows.new_lane (lane_id, queue_id, workflow_name, workflow_version, priority, kind)
    values (v_lane, v_queue_id, p_request.workflow_name, v_version, v_priority, v_kind);
  end if;
  perform workflows.notify_idle(array[v_queue_id]);
  return v_id;
end
$$;
comment on function workflows.insert_workflow(workflows.enqueue_request, timestamptz) is 'Inserts the rows of one checked request to enqueue.';

-- functions/enqueue_requests.sql
-- Enqueues checked requests and answers one outcome each, in order. Requests with a deduplication id are
-- settled first, in the order of those ids, then rows go in by workflow id: two callers with the same
-- ids in opposite order wait for each other but never in a circle.
create or replace function workflows.enqueue_requests(p_requests workflows.enqueue_request[], p_now timestamptz) returns jsonb
language plpgsql volatile
as $$
declare
  v_requests workflows.enqueue_request[] := p_requests;
  v_request workflows.enqueue_request;
  v_index bigint;
  v_taken workflows.enqueue_request;
  v_taken_index bigint;
begin
  for v_index in
    select r.ordinality from unnest(p_requests) with ordinality r
    where r.problem is null and (r.deduplication_id is not null or r.parent_workflow_id is not null)
    order by r.workflow_name, r.deduplication_id, r.ordinality
  loop
    v_request := v_requests[v_index];
    -- an id that stands already is answered as it is, whoever holds the deduplication id by now
    continue when exists (select from workflows.workflow w where w.workflow_id = v_request.workflow_id);
    v_request.workflow_id := coalesce(v_request.workflow_id, workflows.new_workflow_id(p_now));
    v_request.problem := workflows.parent_problem(v_request);
    if v_request.problem is null and v_request.deduplication_id is not null then
      if (v_request.workflow_name, v_request.deduplication_id) = (v_taken.workflow_name, v_taken.deduplication_id) then
        v_taken := workflows.merge_request(v_taken, v_request);
        v_requests[v_taken_index] := v_taken;
        v_request.problem := case when v_request.on_duplicate = 'reject' then workflows.held_problem(v_taken.workflow_id)
          else jsonb_build_object('holder', v_taken.workflow_id) end;
      else
        v_request.problem := workflows.take_deduplication_id(v_request);
        if v_request.problem is null then
          v_taken := v_request;
          v_taken_index := v_index;
        end if;
      end if;
    end if;
    v_requests[v_index] := v_request;
  end loop;
  return workflows.insert_workflows(v_requests, p_now);
end
$$;
comment on function workflows.enqueue_requests(workflows.enqueue_request[], timestamptz) is 'Enqueues checked requests and answers one outcome each.';

-- A later request of the same batch with the same deduplication id: the first has no row yet.
create or replace function workflows.merge_request(p_first workflows.enqueue_request, p_later workflows.enqueue_request)
returns workflows.enqueue_request
language plpgsql immutable
as $$
declare
  v_merged workflows.enqueue_request := p_first;
begin
  if p_later.on_duplicate in ('replace', 'debounce') then v_merged.inputs := p_later.inputs; end if;
  if p_later.on_duplicate = 'debounce' then v_merged.available_at := p_later.available_at; end if;
  return v_merged;
end
$$;
comment on function workflows.merge_request(workflows.enqueue_request, workflows.enqueue_request) is 'The first request of a batch as a later one with its deduplication id leaves it.';

create or replace function workflows.held_problem(p_workflow_id uuid) returns jsonb
language sql immutable
as $$
  select jsonb_build_object('code', 'WF006', 'field', 'deduplication_id', 'workflow_id', p_workflow_id,
    'problem', 'is held by workflow ' || p_workflow_id)
$$;
comment on function workflows.held_problem(uuid) is 'Detail of a WF006: who holds the deduplication id.';

-- Takes the deduplication id of a request for its workflow. Null: taken, go on. {"holder": id}: answer
-- that workflow instead. Otherwise the error. An id is free again once its workflow has ended, which is
-- judged here, so that finishing never touches this table.
create or replace function workflows.take_deduplication_id(p_request workflows.enqueue_request) returns jsonb
language plpgsql volatile
as $$
declare
  v_holder uuid;
  v_holder_ended boolean;
begin
  loop
    insert into workflows.deduplication (workflow_name, deduplication_id, workflow_id)
    values (p_request.workflow_name, p_request.deduplication_id, p_request.workflow_id) on conflict do nothing;
    if found then return null; end if;
    select d.workflow_id, w.ended_at is not null or w.workflow_id is null into v_holder, v_holder_ended
    from workflows.deduplication d left join workflows.workflow w on w.workflow_id = d.workflow_id
    where d.workflow_name = p_request.workflow_name and d.deduplication_id = p_request.deduplication_id;
    if v_holder = p_request.workflow_id then return null; end if;
    if v_holder_ended then
      update workflows.deduplication d set workflow_id = p_request.workflow_id
      where d.workflow_name = p_request.workflow_name and d.deduplication_id = p_request.deduplication_id and d.workflow_id = v_holder;
      if found then return null; end if;
    elsif v_holder is not null then
      if p_request.on_duplicate = 'reject' then
        return workflows.held_problem(v_holder);
      end if;
      if p_request.on_duplicate = 'return' or workflows.replace_waiting(v_holder, p_request) then
        return jsonb_build_object('holder', v_holder);
      end if;
    end if;
  end loop;
end
$$;
comment on function workflows.take_deduplication_id(workflows.enqueue_request) is 'Takes a deduplication id for a request, or says who holds it.';

-- Gives a workflow that has not started the inputs of a later request, and with debounce a later time.
-- Locks its hot row first, so that claims pass it by. False: it ended meanwhile, look again.
create or replace function workflows.replace_waiting(p_workflow_id uuid, p_request workflows.enqueue_request) returns boolean
language plpgsql volatile
as $$
declare
  v_workflow workflows.workflow%rowtype;
begin
  v_workflow := workflows.lock_workflow(p_workflow_id);
  if v_workflow.ended_at is not null then return false; end if;
  if v_workflow.started_at is not null or v_workflow.status = 'RUNNING' then return true; end if;
  insert into workflows.workflow_payload (workflow_id, inputs) values (p_workflow_id, p_request.inputs)
  on conflict (workflow_id) do update set inputs = excluded.inputs;
  if p_request.on_duplicate = 'debounce' and v_workflow.status in ('DELAYED', 'ENQUEUED') then
    delete from workflows.ready r where r.lane_id = v_workflow.lane_id and r.ready_seq = v_workflow.ready_seq;
    insert into workflows.parked (workflow_id, queue_id, status, due_at, resume_at)
    values (p_workflow_id, v_workflow.queue_id, 'DELAYED', least(p_request.available_at, v_workflow.start_before), p_request.available_at)
    on conflict (workflow_id) do update set due_at = excluded.due_at, resume_at = excluded.resume_at;
    update workflows.workflow w set status = 'DELAYED', change_no = w.change_no + 1 where w.workflow_id = p_workflow_id;
    perform workflows.audit_change(array[p_workflow_id], 'delayed', null, null, null);
  end if;
  return true;
end
$$;
comment on function workflows.replace_waiting(uuid, workflows.enqueue_request) is 'Replaces the inputs of a workflow that has not started.';

-- A child of a workflow that holds a key or resource works under its parent's; if it could wait for gates
-- of its own, parent and child could wait for each other for ever.
create or replace function workflows.parent_problem(p_request workflows.enqueue_request) returns jsonb
language plpgsql stable
as $$
declare
  v_gates bigint[];
begin
  if p_request.parent_workflow_id is null then return null; end if;
  with recursive ancestor as (
    select w.parent_workflow_id, w.gate_ids from workflows.workflow w where w.workflow_id = p_request.parent_workflow_id
    union all
    select w.parent_workflow_id, w.gate_ids from ancestor a join workflows.workflow w on w.workflow_id = a.parent_workflow_id)
  select coalesce(max(a.gate_ids) filter (where a.gate_ids is not null), '{}') into v_gates from ancestor a having count(*) > 0;
  if not found then
    return workflows.bad_argument('parent', 'is not the id of a workflow');
  elsif v_gates <> '{}' and (p_request.partition_key is not null or p_request.resources is not null) then
    return workflows.bad_argument(case when p_request.resources is null then 'partition_key' else 'resources' end,
      'cannot be given for a child of a workflow that holds its own; the child works under those of its parent');
  end if;
  return null;
end
$$;
comment on function workflows.parent_problem(workflows.enqueue_request) is 'What is wrong with the parent of a request, or null.';

-- functions/enqueue_plain.sql
-- The short way for a batch that is clean and gives no options but workflow_id, which is what the buffer of
-- a busy gateway sends: set-based, three times as fast as the long way. Answers null, having done nothing,
-- where any item needs the long way, which also says what is wrong. An id that stands already is answered
-- as a duplicate. The transaction takes its id before it draws ready_seq: the marks of lane rely on that.
create or replace function workflows.enqueue_plain(p_names text[], p_inputs text[], p_ids uuid[], p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_user text := session_user;
  v_limit integer := workflows.setting_of('payload_bytes')::integer;
  v_ms bytea := substring(int8send((extract(epoch from p_now) * 1000)::bigint) from 3);
  v_answer text;
  v_queues integer[];
  v_new uuid[];
begin
  if exists (select from unnest(p_inputs) i where octet_length(i) > v_limit
             or octet_length(i) - octet_length(replace(replace(i, '[', ''), '{', '')) > 64)
     or (select count(distinct i) < count(i) from unnest(p_ids) i) then
    return null;
  end if;
  perform pg_current_xact_id();
  with named as materialized (
    select n.workflow_name, d.workflow_name is not null as is_registered, coalesce(d.workflow_version, 1) as workflow_version,
      coalesce(d.priority, 0::smallint) as priority, q.queue_id,
      workflows.name_problem(n.workflow_name) is null and q.accepts_work and q.max_enqueued is null as is_plain
    from (select distinct a.workflow_name from unnest(p_names) a(workflow_name)) n
    left join lateral (
      select d.workflow_name, d.workflow_version, d.queue_name, d.priority from workflows.workflow_definition d
      where d.workflow_name = n.workflow_name order by d.workflow_version desc limit 1) d on true
    join workflows.queue q on q.queue_name = coalesce(d.queue_name, 'default')),
  laned as materialized (
    select n.*, workflows.lane_key(n.queue_id, n.workflow_name, n.workflow_version, n.priority, 'new') as lane_id
    from named n where (select bool_and(n2.is_plain) from named n2)),
  placed as materialized (
    -- the join may go lane by lane: places are drawn in the order of the batch
    select o.*, nextval('workflows.ready_seq') as ready_seq from (
      select l.*, a.inputs, a.item_no, coalesce(a.workflow_id, encode(set_bit(set_bit(
        overlay(uuid_send(gen_random_uuid()) placing v_ms from 1 for 6), 52, 1), 53, 1), 'hex')::uuid) as workflow_id
      from unnest(p_names, p_inputs, p_ids) with ordinality a(workflow_name, inputs, workflow_id, item_no)
      join laned l on l.workflow_name = a.workflow_name order by a.item_no) o),
  added as (
    insert into workflows.workflow (
      workflow_id, lane_id, ready_seq, status, state, enqueued_at, queue_id, workflow_version, priority, workflow_name, enqueued_by)
    select p.workflow_id, p.lane_id, p.ready_seq, 'ENQUEUED', 'IDLE', p_now, p.queue_id, p.workflow_version, p.priority,
      p.workflow_name, v_user
    from placed p order by p.workflow_id
    on conflict do nothing
    returning workflow_id),
  settled as materialized (
    -- Not a join: the planner expects one row and would compare each with each. This hashes.
    select p.*, (p.workflow_id in (select a.workflow_id from added a)) is true as is_new from placed p),
  payload as (
    insert into workflows.workflow_payload (workflow_id, inputs)
    select s.workflow_id, s.inputs from settled s where s.is_new and s.inputs <> '{}'),
  queued as (
    insert into workflows.ready (lane_id, ready_seq, workflow_id)
    select s.lane_id, s.ready_seq, s.workflow_id from settled s where s.is_new),
  lanes as (
    insert into workflows.new_lane (lane_id, queue_id, workflow_name, workflow_version, priority, kind)
    select l.lane_id, l.queue_id, l.workflow_name, l.workflow_version, l.priority, 'new'
    from laned l where not exists (select from workflows.lane l2 where l2.lane_id = l.lane_id))
  select '[' || string_agg('{"workflow_id":"' || s.workflow_id || '","deduplicated":' || case when s.is_new then 'false' else 'true' end
      || ',"is_registered":' || case when s.is_registered then 'true' else 'false' end || '}', ',' order by s.item_no) || ']',
    array(select distinct l.queue_id from laned l), array_agg(s.workflow_id) filter (where s.is_new)
  into v_answer, v_queues, v_new from settled s;
  if v_new is not null then perform workflows.audit_change(v_new, 'enqueued', null, null, null); end if;
  if v_queues <> '{}' then perform workflows.notify_idle(v_queues); end if;
  return v_answer;
end
$$;
comment on function workflows.enqueue_plain(text[], text[], uuid[], timestamptz) is 'Enqueues a batch without options, or answers null where an item needs more.';

-- functions/enqueue.sql
-- Accepts one workflow and answers its id. Inserts only, so that a caller's open transaction blocks
-- neither claims nor other enqueuers. A repeated workflow_id or deduplication_id answers the id that
-- already stands, unless on_duplicate says otherwise.
create or replace function workflows.enqueue(
  p_workflow_name text, p_inputs text default '{}', p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_request workflows.enqueue_request;
  v_answer jsonb;
begin
  v_request := workflows.read_request(p_workflow_name, p_inputs, p_options, v_now);
  if v_request.problem is null and v_request.deduplication_id is null and v_request.parent_workflow_id is null then
    return workflows.insert_workflow(v_request, v_now)::text;
  end if;
  v_answer := workflows.enqueue_requests(array[v_request], v_now) -> 0;
  if v_answer ? 'error' then
    perform workflows.refuse(v_answer #>> '{error,code}', (v_answer -> 'error') - 'code' - 'message',
      coalesce((v_answer #>> '{error,field}') || ' ', '') || (v_answer #>> '{error,problem}'));
  end if;
  return v_answer ->> 'workflow_id';
end
$$;
comment on function workflows.enqueue(text, text, text) is 'Enqueues one workflow and returns its id.';

-- One checked request from what a caller gave.
create or replace function workflows.read_request(
  p_workflow_name text, p_inputs text, p_options text, p_now timestamptz) returns workflows.enqueue_request
language plpgsql volatile
as $$
declare
  v_request workflows.enqueue_request;
  v_problem text;
begin
  v_request.workflow_name := p_workflow_name;
  v_request.inputs := coalesce(p_inputs, '{}');
  v_problem := workflows.name_problem(p_workflow_name);
  if v_problem is not null then
    v_request.problem := workflows.bad_argument('workflow_name', v_problem);
    return v_request;
  end if;
  if v_request.inputs <> '{}' then
    v_problem := workflows.payload_problem(v_request.inputs);
    if v_problem is not null then
      v_request.problem := workflows.bad_argument('inputs', v_problem);
      return v_request;
    end if;
  end if;
  if p_options is not null and p_options <> '{}' then
    v_request := workflows.read_options(v_request, p_options, p_now);
  end if;
  return v_request;
end
$$;
comment on function workflows.read_request(text, text, text, timestamptz) is 'Checks what a caller wants to enqueue.';

-- functions/enqueue_many.sql
-- Accepts an array of {workflow_name, inputs, options} and answers one outcome per item, in order: a bad
-- item is answered with its error and does not touch the others.
create or replace function workflows.enqueue_many(p_items text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_requests workflows.enqueue_request[];
  v_answer text;
begin
  if not workflows.is_json_array(p_items) then
    perform workflows.refuse('WF002', workflows.bad_argument('items', 'is not a JSON array'),
      'items must be a JSON array of {"workflow_name": .., "inputs": .., "options": ..}');
  end if;
  v_answer := workflows.enqueue_clean(p_items, v_now);
  if v_answer is not null then return v_answer; end if;
  select array_agg(workflows.read_entry(e.item, v_now) order by e.item_no) into v_requests
  from json_array_elements(p_items::json) with ordinality e(item, item_no);
  return workflows.enqueue_requests(coalesce(v_requests, '{}'), v_now)::text;
end
$$;
comment on function workflows.enqueue_many(text) is 'Enqueues a JSON array of items and returns one outcome per item.';

-- Tries the short way: null where the text could hold something poisonous, or an item has any key or option
-- that the short way does not know. Numbers of keys are compared instead of each key being looked at.
create or replace function workflows.enqueue_clean(p_items text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_names text[];
  v_inputs text[];
  v_ids uuid[];
begin
  if p_items ~ '\\u(0000|[dD][89a-fA-F])|[:,[\s]-?[0-9.]+[eE]\+?[0-9]{3}|[0-9]{250}'
     or exists (select from json_array_elements(p_items::json) e where json_typeof(e) <> 'object') then
    return null;
  end if;
  select array_agg(x.workflow_name), array_agg(coalesce(x.inputs::text, '{}')),
    array_agg(substring(x.options::text from
      '^\s*{\s*"workflow_id"\s*:\s*"([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})"\s*}\s*$')::uuid)
  into v_names, v_inputs, v_ids
  from json_to_recordset(p_items::json) x(workflow_name text, inputs json, options json)
  having count(x.workflow_name) + count(x.inputs) + count(x.options)
      = (select count(*) from json_array_elements(p_items::json) e cross join json_object_keys(e))
    and bool_and(coalesce(x.options::text, '{}') = '{}' or x.options::text ~
      '^\s*{\s*"workflow_id"\s*:\s*"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"\s*}\s*$')
    and count(x.workflow_name) = count(*);
  return case when v_names is not null then workflows.enqueue_plain(v_names, v_inputs, v_ids, p_now) end;
end
$$;
comment on function workflows.enqueue_clean(text, timestamptz) is 'Enqueues a clean batch the short way, or answers null.';

create or replace function workflows.is_json_array(p_text text) returns boolean
language plpgsql immutable
as $$
begin
  return coalesce(json_typeof(p_text::json) = 'array', false);
exception when data_exception or statement_too_complex then
  return false;
end
$$;
comment on function workflows.is_json_array(text) is 'Whether a text is a JSON array.';

create or replace function workflows.read_entry(p_entry json, p_now timestamptz) returns workflows.enqueue_request
language plpgsql volatile
as $$
declare
  v_request workflows.enqueue_request;
  v_key text;
begin
  if json_typeof(p_entry) <> 'object' then
    v_request.problem := workflows.bad_argument('items', 'each item must be an object');
    return v_request;
  end if;
  if p_entry::text ~ '\\u(0000|[dD][89a-fA-F])' and workflows.payload_problem(p_entry::text, 1073741823) is not null then
    v_request.problem := workflows.bad_argument('inputs', workflows.payload_problem(p_entry::text, 1073741823));
    return v_request;
  end if;
  select k into v_key from json_object_keys(p_entry) k where k not in ('workflow_name', 'inputs', 'options') limit 1;
  if found then
    v_request.problem := workflows.bad_argument(v_key, 'is not a key of an item; use workflow_name, inputs, options');
    return v_request;
  end if;
  return workflows.read_request(p_entry ->> 'workflow_name', (p_entry -> 'inputs')::text, (p_entry -> 'options')::text, p_now);
end
$$;
comment on function workflows.read_entry(json, timestamptz) is 'Checks one item of enqueue_many.';

-- functions/lock_workflow.sql
-- Locks a live workflow by its hot row, then its record, and returns the record; an ended one is returned
-- as it is. Waits for a claim or finish in progress and then looks again, holding nothing meanwhile, so it
-- is never part of a circle.
create or replace function workflows.lock_workflow(p_workflow_id uuid) returns workflows.workflow
language plpgsql volatile
as $$
declare
  v_workflow workflows.workflow%rowtype;
begin
  loop
    select w.* into v_workflow from workflows.workflow w where w.workflow_id = p_workflow_id;
    if not found then
      perform workflows.refuse('WF003', jsonb_build_object('workflow_id', p_workflow_id), 'there is no workflow with this id');
    end if;
    if v_workflow.ended_at is not null then return v_workflow; end if;
    if v_workflow.status = 'RUNNING' then
      perform from workflows.lease l where l.workflow_id = p_workflow_id for no key update;
    elsif v_workflow.status = 'ENQUEUED' then
      perform from workflows.ready r where r.lane_id = v_workflow.lane_id and r.ready_seq = v_workflow.ready_seq
        and r.workflow_id = p_workflow_id for update;
    else
      perform from workflows.parked p where p.workflow_id = p_workflow_id for update;
    end if;
    if found then
      select w.* into v_workflow from workflows.workflow w where w.workflow_id = p_workflow_id for no key update;
      return v_workflow;
    end if;
  end loop;
end
$$;
comment on function workflows.lock_workflow(uuid) is 'Locks a live workflow and returns its record.';

-- functions/requeue_workflows.sql
-- Makes workflows claimable that the caller has locked and whose hot row it has removed. Statuses:
-- any live -> ENQUEUED. One that has started, or that got its gates, comes back ahead of new work of its
-- priority, with a fresh place, so that the marks of lane only move forward; the others queue as new.
create or replace function workflows.requeue_workflows(p_workflow_ids uuid[]) returns integer
language plpgsql volatile
as $$
declare
  v_queues integer[];
begin
  perform pg_current_xact_id();
  with placed as materialized (
    select o.workflow_id, o.kind, nextval('workflows.ready_seq') as new_seq from (
      select w.workflow_id, case
          when w.gate_ids is not null and w.ticket_seq is null then 'gated'
          when w.gate_ids is not null or w.started_at is not null then 'returning'
          else workflows.lane_kind(null, w.on_worker_lost) end as kind
      from unnest(p_workflow_ids) i(workflow_id) join workflows.workflow w on w.workflow_id = i.workflow_id
      order by w.ready_seq) o),
  moved as (
    update workflows.workflow w
    set status = 'ENQUEUED', held_at = null, change_no = w.change_no + 1, ready_seq = p.new_seq,
      state = case when w.started_at is null then 'IDLE' else 'RUNNING' end,
      lane_id = workflows.lane_key(w.queue_id, w.workflow_name, w.workflow_version, w.priority, p.kind)
    from placed p where w.workflow_id = p.workflow_id
    returning w.workflow_id, w.lane_id, w.ready_seq, w.queue_id, w.workflow_name, w.workflow_version, w.priority, p.kind,
      case when w.started_at is null then w.start_before end as start_before),
  queued as (
    insert into workflows.ready (lane_id, ready_seq, workflow_id, start_before)
    select m.lane_id, m.ready_seq, m.workflow_id, m.start_before from moved m),
  lanes as (
    insert into workflows.new_lane (lane_id, queue_id, workflow_name, workflow_version, priority, kind)
    select distinct m.lane_id, m.queue_id, m.workflow_name, m.workflow_version, m.priority, m.kind
    from moved m where not exists (select from workflows.lane l where l.lane_id = m.lane_id))
  select array_agg(distinct m.queue_id) into v_queues from moved m;
  if v_queues is null then return 0; end if;
  perform workflows.audit_change(p_workflow_ids, 'enqueued', null, null, null);
  return workflows.notify_idle(v_queues);
end
$$;
comment on function workflows.requeue_workflows(uuid[]) is 'Makes locked workflows claimable.';

-- functions/settle_workflow.sql
-- Moves one workflow that the caller has locked and whose hot row it has removed to a new status: every
-- transition but claim, plain success and those of whole batches goes through here. Final: its gates are
-- freed (whoever takes the next turn hands them over) and open commands are answered.
create or replace function workflows.settle_workflow(
  p_workflow_id uuid, p_status text, p_state text, p_reason text, p_resume_status text, p_resume_at timestamptz,
  p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_workflow workflows.workflow%rowtype;
  v_is_final boolean := p_status in ('SUCCESS', 'ERROR', 'CANCELLED', 'STOPPED', 'ABORTED');
begin
  if p_status = 'ENQUEUED' then
    update workflows.workflow w set reason = p_reason where w.workflow_id = p_workflow_id;
    perform workflows.requeue_workflows(array[p_workflow_id]);
    return p_status;
  end if;
  update workflows.workflow w
  set status = p_status, state = p_state, reason = p_reason, change_no = w.change_no + 1,
    ended_at = case when v_is_final then p_now end,
    held_at = case when p_status = 'HELD' then coalesce(w.held_at, p_now) end
  where w.workflow_id = p_workflow_id
  returning w.* into v_workflow;
  if v_is_final then
    perform workflows.free_gates(array[p_workflow_id]);
    if p_status = 'ERROR' then
      insert into workflows.failed_workflow (workflow_id, queue_id, ended_at) values (p_workflow_id, v_workflow.queue_id, p_now)
      on conflict do nothing;
    end if;
  else
    insert into workflows.parked (workflow_id, queue_id, status, due_at, resume_at, resume_status)
    values (p_workflow_id, v_workflow.queue_id, p_status,
      case when v_workflow.started_at is null then least(case when p_status <> 'HELD' then p_resume_at end, v_workflow.start_before)
           when p_status <> 'HELD' then least(p_resume_at, v_workflow.deadline_at) end,
      p_resume_at, p_resume_status);
  end if;
  perform workflows.audit_change(array[p_workflow_id], lower(p_status), case when p_status = 'ERROR' then 'engine' end, p_reason, null);
  return p_status;
end
$$;
comment on function workflows.settle_workflow(uuid, text, text, text, text, timestamptz, timestamptz) is 'Moves one locked workflow to a new status.';

-- Frees the gates of workflows that ended. The tickets of a waiting one are found by its place.
create or replace function workflows.free_gates(p_workflow_ids uuid[]) returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  with gone as (
    delete from workflows.gate_ticket t using unnest(p_workflow_ids) i(workflow_id)
      join workflows.workflow w on w.workflow_id = i.workflow_id cross join lateral unnest(w.gate_ids) g(gate_id)
    where t.gate_id = g.gate_id and t.priority = w.priority and t.ticket_seq = w.ticket_seq
    returning t.gate_id)
  insert into workflows.wake (gate_id) select distinct g.gate_id from gone g;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.free_gates(uuid[]) is 'Frees the gates of workflows that ended.';

-- functions/settle_error.sql
-- A workflow raised. Statuses: RUNNING -> DELAYED (another try), HELD (and then another try), STOPPED or
-- CANCELLED (a command waited), or ERROR when no try is left. Only exceptions count against max_attempts.
create or replace function workflows.settle_error(
  p_workflow workflows.workflow, p_control text, p_error json, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_definition workflows.workflow_definition%rowtype;
  v_failures integer := p_workflow.failure_count + 1;
  v_due timestamptz;
  v_reason text := left(concat_ws(': ', p_error ->> 'class', p_error ->> 'message'), 500);
begin
  if p_control in ('stop', 'cancel', 'timeout') then
    return workflows.settle_ending(p_workflow, p_control, p_now);
  end if;
  select d.* into v_definition from workflows.workflow_definition d
  where d.workflow_name = p_workflow.workflow_name and d.workflow_version = p_workflow.workflow_version;
  if v_failures >= coalesce(p_workflow.max_attempts, v_definition.max_attempts, 1) then
    if p_control is not null then perform workflows.answer_commands(array[p_workflow.workflow_id], 'overtaken', p_now); end if;
    return workflows.settle_workflow(p_workflow.workflow_id, 'ERROR', 'ERROR', v_reason, null, null, p_now);
  end if;
  v_due := p_now + workflows.backoff_seconds(v_failures, v_definition.backoff_seconds, v_definition.backoff_rate,
    v_definition.max_backoff_seconds) * interval '1 second';
  if p_control = 'hold' then
    perform workflows.forget_failed_steps(p_workflow.workflow_id);
    perform workflows.answer_commands(array[p_workflow.workflow_id], 'obeyed', p_now);
    return workflows.settle_workflow(p_workflow.workflow_id, 'HELD', 'HELD', p_workflow.reason, 'DELAYED', v_due, p_now);
  end if;
  perform workflows.forget_failed_steps(p_workflow.workflow_id);
  perform workflows.audit_change(array[p_workflow.workflow_id], 'try failed', 'engine', v_reason, null);
  return workflows.settle_workflow(p_workflow.workflow_id, 'DELAYED', 'RUNNING', v_reason, null, v_due, p_now);
end
$$;
comment on function workflows.settle_error(workflows.workflow, text, json, timestamptz) is 'Decides what follows an exception of a workflow.';

-- A command or deadline ends a workflow. Statuses: any live -> STOPPED or CANCELLED.
create or replace function workflows.settle_ending(p_workflow workflows.workflow, p_control text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_status text := case when p_control in ('stop', 'stopped') then 'STOPPED' else 'CANCELLED' end;
begin
  perform workflows.answer_commands(array[p_workflow.workflow_id], 'obeyed', p_now);
  return workflows.settle_workflow(p_workflow.workflow_id, v_status, v_status, p_workflow.reason, null, null, p_now);
end
$$;
comment on function workflows.settle_ending(workflows.workflow, text, timestamptz) is 'Ends a workflow as a command or deadline ordered.';

-- A workflow leaves its worker without having ended. Statuses: RUNNING -> WAITING (until the time of a
-- step), HELD, or ENQUEUED when it was only released. A HOLD that was taken back in time changes nothing.
create or replace function workflows.settle_leaving(
  p_workflow workflows.workflow, p_control text, p_outcome text, p_step_key text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_due timestamptz;
  v_resume text := 'ENQUEUED';
begin
  if p_outcome = 'suspend' then
    select s.due_at into v_due from workflows.step s where s.workflow_id = p_workflow.workflow_id and s.step_key = p_step_key;
    v_resume := 'WAITING';
    v_due := coalesce(v_due, p_now);
  end if;
  if p_control = 'hold' then
    perform workflows.answer_commands(array[p_workflow.workflow_id], 'obeyed', p_now);
    return workflows.settle_workflow(p_workflow.workflow_id, 'HELD', 'HELD', p_workflow.reason, v_resume, v_due, p_now);
  end if;
  return workflows.settle_workflow(p_workflow.workflow_id, v_resume, 'RUNNING', p_workflow.reason, null, v_due, p_now);
end
$$;
comment on function workflows.settle_leaving(workflows.workflow, text, text, text, timestamptz) is 'Moves a workflow that left its worker without ending.';

create or replace function workflows.answer_commands(p_workflow_ids uuid[], p_outcome text, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  update workflows.command c set outcome = p_outcome, obeyed_at = p_now
  where c.workflow_id = any (p_workflow_ids) and c.outcome = 'accepted' and c.obeyed_at is null;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.answer_commands(uuid[], text, timestamptz) is 'Says what became of the open commands of some workflows.';

create or replace function workflows.keep_error(p_workflow_id uuid, p_error json, p_is_sanitised boolean) returns boolean
language plpgsql volatile
as $$
begin
  insert into workflows.workflow_outcome (workflow_id, error_class, error_message, error_traceback, is_sanitised)
  values (p_workflow_id, left(p_error ->> 'class', 200), left(p_error ->> 'message', 8192), right(p_error ->> 'traceback', 8192),
    coalesce(p_is_sanitised, false))
  on conflict (workflow_id) do update set error_class = excluded.error_class, error_message = excluded.error_message,
    error_traceback = excluded.error_traceback, is_sanitised = excluded.is_sanitised;
  return true;
end
$$;
comment on function workflows.keep_error(uuid, json, boolean) is 'Keeps the last error of a workflow.';

-- Another try of a workflow runs the step again that it failed on. An error that the workflow caught and
-- went on from, so that a later step succeeded, is part of its history and is replayed like a result.
create or replace function workflows.forget_failed_steps(p_workflow_id uuid) returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  delete from workflows.step s where s.workflow_id = p_workflow_id and s.status in ('ERROR', 'RETRYING')
    and not exists (select from workflows.step l where l.workflow_id = p_workflow_id and l.status in ('SUCCESS', 'WAITING')
                    and l.ended_at > s.ended_at);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.forget_failed_steps(uuid) is 'Forgets the failed steps that another try must run again.';

-- functions/hand_over.sql
-- Hands free gates to who waits first: all the gates of a workflow or none, in order of priority and
-- arrival; a waiter is passed only by one of better priority or one that shares no gate with it. The
-- caller holds the turn, so one hand-over runs at a time, and it waits for nothing. A waiter whose row
-- is locked (an operator is commanding it) leaves its gates in wake for the next turn. Waiters that are
-- HELD or whose queue is paused are passed over.
create or replace function workflows.hand_over() returns integer
language plpgsql volatile
as $$
declare
  v_gates bigint[];
  v_granted uuid[];
  v_left bigint[];
begin
  with gone as (delete from workflows.wake w returning w.gate_id)
  select array_agg(distinct g.gate_id) into v_gates from gone g;
  if v_gates is null then return 0; end if;
  with head as materialized (
    select distinct t.workflow_id from unnest(v_gates) p(gate_id)
    cross join lateral (select workflows.gate_head(p.gate_id) as workflow_id) t where t.workflow_id is not null),
  able as materialized (
    select w.workflow_id, w.priority, w.ticket_seq, w.gate_ids from head h join workflows.workflow w on w.workflow_id = h.workflow_id
    where not exists (select from unnest(w.gate_ids) g(gate_id)
                      where workflows.gate_head(g.gate_id) is distinct from w.workflow_id)),
  granted as materialized (
    select p.workflow_id from able a join workflows.parked p on p.workflow_id = a.workflow_id
    where p.status = 'BLOCKED' for update of p skip locked),
  holding as (
    update workflows.gate_ticket t set is_holder = true
    from granted n join able a on a.workflow_id = n.workflow_id cross join lateral unnest(a.gate_ids) g(gate_id)
    where t.gate_id = g.gate_id and t.priority = a.priority and t.ticket_seq = a.ticket_seq),
  unparked as (
    delete from workflows.parked p using granted n where p.workflow_id = n.workflow_id)
  select array(select n.workflow_id from granted n),
    array(select g.gate_id from able a cross join lateral unnest(a.gate_ids) g(gate_id)
          where a.workflow_id not in (select n.workflow_id from granted n))
  into v_granted, v_left;
  insert into workflows.wake (gate_id) select distinct g from unnest(v_left) g;
  if v_granted <> '{}' then perform workflows.requeue_workflows(v_granted); end if;
  return cardinality(v_granted);
end
$$;
comment on function workflows.hand_over() is 'Hands free gates to the workflows that wait first for them.';

-- Who waits first for a gate that nobody holds, or null.
create or replace function workflows.gate_head(p_gate_id bigint) returns uuid
language plpgsql stable
as $$
begin
  if exists (select from workflows.gate_ticket t where t.gate_id = p_gate_id and t.is_holder) then return null; end if;
  return (
    select t.workflow_id from workflows.gate_ticket t
    where t.gate_id = p_gate_id and not t.is_held
      and not exists (select from workflows.queue q where q.queue_id = t.queue_id and q.is_paused)
    order by t.priority, t.ticket_seq limit 1);
end
$$;
comment on function workflows.gate_head(bigint) is 'The workflow that waits first for a free gate.';

-- Takes the turn and hands over what has been freed, if anything. Finishing waits for the turn, whose
-- holder waits for nothing; a claim does not wait and says so by answering false.
create or replace function workflows.take_turn(p_may_wait boolean) returns boolean
language plpgsql volatile
as $$
begin
  if p_may_wait then
    perform from workflows.turn t where t.turn_id = 1 for no key update;
  else
    perform from workflows.turn t where t.turn_id = 1 for no key update skip locked;
  end if;
  return found;
end
$$;
comment on function workflows.take_turn(boolean) is 'Takes the right to hand gates over, until commit.';

-- functions/reclaim_lease.sql
-- Takes back one lease that the caller has locked. Statuses: RUNNING -> ENQUEUED, or what a waiting
-- command or on_worker_lost says. 'released': the worker never started it or gave it back, nothing counts.
-- 'lost': it counts against max_reclaims, never against max_attempts. The token is forgotten, so that
-- whatever its holder still sends is refused, also before the next claim.
create or replace function workflows.reclaim_lease(p_lease workflows.lease, p_cause text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_workflow workflows.workflow%rowtype;
  v_policy text;
  v_is_poison boolean;
begin
  select w.* into v_workflow from workflows.workflow w where w.workflow_id = p_lease.workflow_id for no key update;
  delete from workflows.lease l where l.workflow_id = p_lease.workflow_id;
  if p_cause = 'lost' and p_lease.is_started then
    perform workflows.audit_change(array[p_lease.workflow_id], 'worker lost', 'engine', null, p_lease.worker_id::text);
  end if;
  update workflows.workflow w set lease_token = null where w.workflow_id = p_lease.workflow_id;
  if p_lease.control in ('stop', 'cancel', 'timeout') then
    return workflows.settle_ending(v_workflow, p_lease.control, p_now);
  elsif p_cause = 'released' or not p_lease.is_started then
    if v_workflow.started_at = p_lease.claimed_at and not p_lease.is_started then
      update workflows.workflow w set started_at = null, deadline_at = null where w.workflow_id = p_lease.workflow_id;
    end if;
    return workflows.settle_leaving(v_workflow, p_lease.control, 'released', null, p_now);
  end if;
  update workflows.workflow w set reclaim_count = w.reclaim_count + 1 where w.workflow_id = p_lease.workflow_id;
  select coalesce(v_workflow.on_worker_lost, d.on_worker_lost, 'retry') into v_policy
  from workflows.workflow_definition d
  where d.workflow_name = v_workflow.workflow_name and d.workflow_version = v_workflow.workflow_version;
  v_is_poison := v_workflow.reclaim_count >= workflows.setting_of('max_reclaims')::integer;
  if p_lease.control = 'hold' and (v_policy <> 'retry' or v_is_poison) then
    perform workflows.answer_commands(array[p_lease.workflow_id],
      case when v_policy = 'hold' and not v_is_poison then 'obeyed' else 'overtaken' end, p_now);
  end if;
  if v_policy = 'fail' then
    return workflows.settle_workflow(p_lease.workflow_id, 'ERROR', 'ERROR', 'worker lost', null, null, p_now);
  elsif v_is_poison then
    return workflows.settle_workflow(p_lease.workflow_id, 'ERROR', 'ERROR',
      'worker lost ' || v_workflow.reclaim_count + 1 || ' times', null, null, p_now);
  elsif v_policy = 'hold' then
    return workflows.settle_workflow(p_lease.workflow_id, 'HELD', 'HELD', 'worker lost', 'ENQUEUED', null, p_now);
  end if;
  return workflows.settle_leaving(v_workflow, p_lease.control, 'released', null, p_now);
end
$$;
comment on function workflows.reclaim_lease(workflows.lease, text, timestamptz) is 'Takes back one lease.';

-- functions/register_worker.sql
-- Registers one running engine with the queues it works and the names and versions it can run; the latest
-- registration of a name sets its policies. Idempotent for the same id, unless that worker was lost.
create or replace function workflows.register_worker(p_worker_id text, p_registration text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_asked json := p_registration::json;
  v_lease float8 := workflows.setting_of('lease_seconds')::float8;
  v_version integer := workflows.schema_version();
  v_missing text;
  v_queues integer[];
begin
  if (v_asked ->> 'schema_version')::integer is distinct from v_version then
    perform workflows.refuse('WF008', jsonb_build_object('schema_version', v_version, 'library', v_asked ->> 'schema_version'),
      case when v_version < (v_asked ->> 'schema_version')::integer
        then 'the schema is older than this library: run ignition-workflows migrate'
        else 'the schema is newer than this library: upgrade the library' end);
  end if;
  select n.queue_name into v_missing from json_array_elements_text(v_asked -> 'queues') n(queue_name)
  where not exists (select from workflows.queue q where q.queue_name = n.queue_name) limit 1;
  if found then
    perform workflows.refuse('WF005', jsonb_build_object('field', 'queues', 'queue_name', v_missing),
      'there is no queue ' || v_missing || ': make it with create_queue');
  end if;
  select array_agg(q.queue_id order by q.queue_id) into v_queues
  from json_array_elements_text(v_asked -> 'queues') n(queue_name) join workflows.queue q on q.queue_name = n.queue_name;
  perform workflows.register_definitions(p_worker_id::uuid, v_asked -> 'definitions', v_now);
  insert into workflows.worker as w (worker_id, expires_at, renewed_at, listen_mode, lease_seconds, threads, queue_ids, worker_name,
    host_name, process_id, library_version, database_user, started_at)
  values (p_worker_id::uuid, v_now + v_lease * interval '1 second', v_now, coalesce(v_asked ->> 'listen_mode', 'starting'), v_lease,
    coalesce((v_asked ->> 'threads')::integer, 1), v_queues, coalesce(v_asked ->> 'worker_name', p_worker_id),
    v_asked ->> 'host_name', v_asked ->> 'process_id', v_asked ->> 'library_version', session_user, v_now)
  on conflict (worker_id) do update set queue_ids = excluded.queue_ids, threads = excluded.threads, listen_mode = excluded.listen_mode
  where w.lost_at is null and w.retired_at is null;
  if not found then
    perform workflows.refuse('WF001', jsonb_build_object('worker_id', p_worker_id),
      'this worker was declared lost or has retired; register under a new id');
  end if;
  return json_build_object('lease_ms', (v_lease * 1000)::bigint, 'renew_ms', (v_lease * 250)::bigint,
    'poll_ms', (workflows.setting_of('poll_seconds')::float8 * 1000)::bigint,
    'suspend_over_ms', (workflows.setting_of('suspend_over_seconds')::float8 * 1000)::bigint,
    'payload_bytes', workflows.setting_of('payload_bytes')::integer, 'channel', 'workflows_wake', 'queue_ids', v_queues)::text;
end
$$;
comment on function workflows.register_worker(text, text) is 'Registers a worker, its queues and what it can run.';

-- Definitions that differ from what stands are written and audited; the others cost a read.
create or replace function workflows.register_definitions(p_worker_id uuid, p_definitions json, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_changed text[];
  v_missing text;
begin
  select x.queue_name into v_missing from json_to_recordset(p_definitions) as x(queue_name text)
  where not exists (select from workflows.queue q where q.queue_name = x.queue_name) limit 1;
  if found then
    perform workflows.refuse('WF005', jsonb_build_object('field', 'definitions', 'queue_name', v_missing),
      'a workflow names the queue ' || coalesce(v_missing, '(null)') || ', which does not exist: make it with create_queue');
  end if;
  with asked as materialized (
    select x.* from json_to_recordset(p_definitions) as x(workflow_name text, workflow_version integer, queue_name text,
      priority smallint, timeout_seconds float8, max_attempts integer, backoff_seconds float8, backoff_rate float8,
      max_backoff_seconds float8, on_worker_lost text, commands text) order by x.workflow_name, x.workflow_version),
  written as (
    insert into workflows.workflow_definition as d (workflow_name, workflow_version, queue_name, priority, timeout_seconds, max_attempts,
      backoff_seconds, backoff_rate, max_backoff_seconds, on_worker_lost, commands, registered_at, registered_by)
    select a.workflow_name, a.workflow_version, a.queue_name, a.priority, a.timeout_seconds, a.max_attempts, a.backoff_seconds,
      a.backoff_rate, a.max_backoff_seconds, a.on_worker_lost, a.commands, p_now, p_worker_id::text from asked a
    on conflict (workflow_name, workflow_version) do update set queue_name = excluded.queue_name, priority = excluded.priority,
      timeout_seconds = excluded.timeout_seconds, max_attempts = excluded.max_attempts, backoff_seconds = excluded.backoff_seconds,
      backoff_rate = excluded.backoff_rate, max_backoff_seconds = excluded.max_backoff_seconds,
      on_worker_lost = excluded.on_worker_lost, commands = excluded.commands, registered_at = excluded.registered_at,
      registered_by = excluded.registered_by
    where (d.queue_name, d.priority, d.timeout_seconds, d.max_attempts, d.backoff_seconds, d.backoff_rate, d.max_backoff_seconds,
           d.on_worker_lost, d.commands)
      is distinct from (excluded.queue_name, excluded.priority, excluded.timeout_seconds, excluded.max_attempts,
           excluded.backoff_seconds, excluded.backoff_rate, excluded.max_backoff_seconds, excluded.on_worker_lost, excluded.commands)
    returning d.workflow_name, d.workflow_version)
  select array_agg(w.workflow_name || ' ' || w.workflow_version) into v_changed from written w;
  if v_changed is not null then
    insert into workflows.audit (audited_at, event, worker_id, database_user, detail)
    values (p_now, 'definitions registered', p_worker_id, session_user, array_to_string(v_changed, ', '));
  end if;
  delete from workflows.worker_definition d where d.worker_id = p_worker_id;
  insert into workflows.worker_definition (worker_id, workflow_name, workflow_version)
  select distinct p_worker_id, x.workflow_name, x.workflow_version
  from json_to_recordset(p_definitions) as x(workflow_name text, workflow_version integer);
  return coalesce(cardinality(v_changed), 0);
end
$$;
comment on function workflows.register_definitions(uuid, json, timestamptz) is 'Writes the definitions that a worker can run.';

-- functions/renew_worker.sql
-- Keeps all leases of one worker by touching its one row. The worker sends what it really holds: a lease
-- it does not know of (its claim's reply was lost, a thread died) goes back to the queue after two renewals,
-- without using an attempt. Answers what it must stop, and the command that waits for each workflow.
create or replace function workflows.renew_worker(p_worker_id text, p_held text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_held json := p_held::json;
  v_worker workflows.worker%rowtype;
  v_lost json;
  v_controls json;
begin
  update workflows.worker w set renewed_at = v_now, expires_at = v_now + w.lease_seconds * interval '1 second',
    running_count = json_array_length(v_held -> 'held'), listen_mode = coalesce(v_held ->> 'listen_mode', w.listen_mode)
  where w.worker_id = p_worker_id::uuid and w.lost_at is null and w.retired_at is null
  returning w.* into v_worker;
  if not found then return '{"is_lost":true}'; end if;
  perform workflows.mark_started(v_worker.worker_id, v_held -> 'started', v_now);
  perform workflows.release_unknown(v_worker, v_held -> 'held', v_now);
  select json_agg(h.workflow_id) filter (where l.workflow_id is null),
    json_agg(json_build_array(l.workflow_id, l.lease_token, l.control)) filter (where l.control is not null)
  into v_lost, v_controls
  from (select (x ->> 0)::uuid as workflow_id, (x ->> 1)::uuid as lease_token from json_array_elements(v_held -> 'held') x) h
  left join workflows.lease l on l.workflow_id = h.workflow_id and l.lease_token = h.lease_token;
  return json_build_object('is_lost', false, 'lease_ms', (v_worker.lease_seconds * 1000)::bigint,
    'lost', coalesce(v_lost, '[]'), 'controls', coalesce(v_controls, '[]'))::text;
end
$$;
comment on function workflows.renew_worker(text, text) is 'Renews all leases of a worker and tells it what waits for it.';

-- Workflows that were claimed ahead and have started since. Their time counts from now. States:
-- STARTING -> RUNNING.
create or replace function workflows.mark_started(p_worker_id uuid, p_started json, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_started uuid[];
begin
  if p_started is null or json_array_length(p_started) = 0 then return 0; end if;
  with locked as materialized (
    select l.workflow_id from json_array_elements_text(p_started) s(id) join workflows.lease l on l.workflow_id = s.id::uuid
    where l.worker_id = p_worker_id and not l.is_started for no key update of l skip locked),
  started as (
    update workflows.lease l set is_started = true, deadline_at = l.deadline_at + (p_now - l.claimed_at)
    from locked k where l.workflow_id = k.workflow_id returning l.workflow_id, l.claimed_at),
  moved as (
    update workflows.workflow w set change_no = w.change_no + 1, deadline_at = w.deadline_at + (p_now - s.claimed_at),
      state = case w.state when 'STARTING' then 'RUNNING' else w.state end,
      started_at = case w.started_at when s.claimed_at then p_now else w.started_at end
    from started s where w.workflow_id = s.workflow_id returning w.workflow_id)
  select array_agg(m.workflow_id) into v_started from moved m;
  if v_started is not null then perform workflows.audit_change(v_started, 'started', null, null, p_worker_id::text); end if;
  return coalesce(cardinality(v_started), 0);
end
$$;
comment on function workflows.mark_started(uuid, json, timestamptz) is 'Marks workflows that were claimed ahead as started.';

create or replace function workflows.release_unknown(p_worker workflows.worker, p_held json, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_lease workflows.lease%rowtype;
  v_count integer := 0;
begin
  for v_lease in
    select l.* from workflows.lease l
    where l.worker_id = p_worker.worker_id and l.claimed_at < p_now - p_worker.lease_seconds * interval '0.5 second'
      and not exists (select from json_array_elements(p_held) h where (h ->> 0)::uuid = l.workflow_id)
    for update skip locked
  loop
    perform workflows.reclaim_lease(v_lease, 'released', p_now);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function workflows.release_unknown(workflows.worker, json, timestamptz) is 'Releases leases that their worker does not know of.';

-- functions/retire_worker.sql
-- A worker stops for good: what it still holds goes back to the queue without using an attempt.
create or replace function workflows.retire_worker(p_worker_id text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_lease workflows.lease%rowtype;
  v_count integer := 0;
begin
  update workflows.worker w set retired_at = coalesce(w.retired_at, v_now), running_count = 0 where w.worker_id = p_worker_id::uuid;
  for v_lease in
    select l.* from workflows.lease l where l.worker_id = p_worker_id::uuid for update skip locked
  loop
    perform workflows.reclaim_lease(v_lease, 'released', v_now);
    v_count := v_count + 1;
  end loop;
  delete from workflows.worker_definition d where d.worker_id = p_worker_id::uuid;
  return json_build_object('released', v_count)::text;
end
$$;
comment on function workflows.retire_worker(text) is 'Retires a worker and releases what it holds.';

-- functions/claim_answer.sql
-- The answer of a claim, and of the same claim asked again. Big inputs and long histories are left out
-- and marked is_partial: the worker loads those one by one.
create or replace function workflows.claim_answer(
  p_worker_id uuid, p_claim_no bigint, p_is_idle boolean, p_retry_ms integer, p_now timestamptz) returns text
language plpgsql stable
as $$
declare
  v_workflows text;
begin
  -- Written as text: json_build_object costs three times as much for the same.
  select '[' || string_agg('{"w":"' || l.workflow_id || '","t":"' || l.lease_token || '","name":' || to_json(w.workflow_name)
      || ',"version":' || w.workflow_version || ',"attempt":' || w.attempt || ',"started":' || case when l.is_started then 'true' else 'false' end
      || ',"queue":' || to_json(q.queue_name)
      || case when octet_length(p.inputs) > 65536 then ',"inputs":null' else ',"inputs":' || coalesce(p.inputs, '{}') end
      || case when l.control is null then '' else ',"control":"' || l.control || '"' end
      || case when w.parent_workflow_id is null then '' else ',"parent":"' || w.parent_workflow_id || '"' end
      || case when l.deadline_at is null then '' else ',"deadline_ms":' || (extract(epoch from l.deadline_at - p_now) * 1000)::bigint end
      || case when w.attempt > 1 then ',"steps":' || coalesce(workflows.recorded_steps(l.workflow_id, 500, p_now)::text, 'null') else '' end
      || case when octet_length(p.inputs) > 65536 or w.attempt > 1 and workflows.has_more_steps(l.workflow_id, 500) then ',"is_partial":true' else '' end
      || '}', ',' order by l.is_started desc, w.priority, w.ready_seq) || ']' into v_workflows
  from workflows.lease l
  join workflows.workflow w on w.workflow_id = l.workflow_id
  join workflows.queue q on q.queue_id = l.queue_id
  left join workflows.workflow_payload p on p.workflow_id = l.workflow_id
  where l.worker_id = p_worker_id and l.claim_no = p_claim_no;
  return '{"workflows":' || coalesce(v_workflows, '[]') || ',"idle":' || case when p_is_idle then 'true' else 'false' end || ',"retry_ms":' || coalesce(p_retry_ms::text, 'null') || '}';
end
$$;
comment on function workflows.claim_answer(uuid, bigint, boolean, integer, timestamptz) is 'All that a worker needs to run what it claimed.';

-- Recorded steps as JSON, up to a number; null where there are more.
create or replace function workflows.recorded_steps(p_workflow_id uuid, p_limit integer, p_now timestamptz) returns json
language plpgsql stable
as $$
begin
  if workflows.has_more_steps(p_workflow_id, p_limit) then return null; end if;
  return (
    select json_agg(json_build_object('k', s.step_key, 'kind', s.kind, 'status', s.status, 'output', s.output::json,
      'error', s.error::json, 'attempts', s.attempts,
      'due_ms', case when s.due_at is not null then (extract(epoch from s.due_at - p_now) * 1000)::bigint end) order by s.started_at)
    from workflows.step s where s.workflow_id = p_workflow_id);
end
$$;
comment on function workflows.recorded_steps(uuid, integer, timestamptz) is 'The recorded steps of a workflow as JSON.';

create or replace function workflows.has_more_steps(p_workflow_id uuid, p_limit integer) returns boolean
language sql stable
as $$select exists (select from workflows.step s where s.workflow_id = p_workflow_id offset p_limit)$$;
comment on function workflows.has_more_steps(uuid, integer) is 'Whether a workflow has more recorded steps than a number.';

-- functions/take_ready.sql
-- The claim proper, in three steps. Quota: how many rows to take from each lane, by reading from its mark,
-- without locks. Take: lock and delete just those rows, mark the workflows RUNNING, insert their leases.
-- Mark: move low behind what has been taken, so that the next claim does not walk over dead rows.
-- Another claimer may have taken some meanwhile, hence up to three rounds.
create or replace function workflows.take_ready(
  p_worker_id uuid, p_queue_ids integer[], p_start_now integer, p_prefetch integer, p_claim_no bigint, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_limited integer[];
  v_caps integer[];
  v_lanes bigint[];
  v_lows bigint[];
  v_firsts bigint[];
  v_counts bigint[];
  v_wanted bigint;
  v_taken integer;
  v_claimed uuid[];
  v_expired uuid[];
  v_total integer := 0;
begin
  for v_round in 1..3 loop
    select l.queue_ids, l.caps into v_limited, v_caps from workflows.lock_limited(p_queue_ids) l;
    select q.lanes, q.lows, q.firsts, q.counts, q.wanted into v_lanes, v_lows, v_firsts, v_counts, v_wanted
    from workflows.claim_quota(p_worker_id, p_queue_ids, v_limited, v_caps, p_start_now - v_total, p_prefetch) q;
    exit when v_lanes is null;
    with quota as materialized (
      select * from unnest(v_lanes, v_lows, v_counts) q(lane_id, low, wanted)),
    chosen as materialized (
      select h.* from quota q cross join lateral (
        select r.lane_id, r.ready_seq, r.workflow_id, r.start_before from workflows.ready r
        where r.lane_id = q.lane_id and r.ready_seq > q.low order by r.ready_seq limit q.wanted for update skip locked) h),
    gone as (
      delete from workflows.ready r using chosen c where r.lane_id = c.lane_id and r.ready_seq = c.ready_seq
      returning r.workflow_id, r.lane_id, r.ready_seq, r.start_before <= p_now as is_late),
    placed as materialized (
      select g.workflow_id, l.queue_id, d.timeout_seconds, q.max_running is not null as is_limited,
        row_number() over (order by l.kind = 'new' and q.max_running is null and d.on_worker_lost = 'retry',
          l.kind <> 'command', l.priority, l.kind <> 'returning', g.ready_seq) <= p_start_now - v_total as is_started
      from gone g join workflows.lane l on l.lane_id = g.lane_id join workflows.queue q on q.queue_id = l.queue_id
      join workflows.workflow_definition d on d.workflow_name = l.workflow_name and d.workflow_version = l.workflow_version
      where g.is_late is not true),
    running as (
      update workflows.workflow w
      set status = 'RUNNING', state = case when p.is_started then 'RUNNING' else 'STARTING' end,
        lease_token = gen_random_uuid(), attempt = w.attempt + 1, change_no = w.change_no + 1,
        started_at = coalesce(w.started_at, p_now),
        deadline_at = coalesce(w.deadline_at, p_now + coalesce(w.timeout_seconds, p.timeout_seconds) * interval '1 second')
      from placed p where w.workflow_id = p.workflow_id
      returning w.workflow_id, w.lease_token, w.deadline_at, p.queue_id, p.is_started, p.is_limited),
    leased as (
      insert into workflows.lease (workflow_id, lease_token, worker_id, claim_no, claimed_at, deadline_at, queue_id, is_started, is_limited)
      select r.workflow_id, r.lease_token, p_worker_id, p_claim_no, p_now, r.deadline_at, r.queue_id, r.is_started, r.is_limited
      from running r)
    select array_agg(g.workflow_id) filter (where g.is_late is not true), array_agg(g.workflow_id) filter (where g.is_late)
    into v_claimed, v_expired from gone g;
    v_taken := coalesce(cardinality(v_claimed), 0);
    v_total := v_total + v_taken;
    if v_taken > 0 then perform workflows.audit_change(v_claimed, 'claimed', null, null, p_worker_id::text); end if;
    if v_expired is not null then perform workflows.expire_unstarted(v_expired, p_now); end if;
    update workflows.lane l set low = q.first_seq - 1000
    from unnest(v_lanes, v_firsts) q(lane_id, first_seq)
    where l.lane_id = q.lane_id and q.first_seq - l.low > 5000
      and l.lane_id in (select l2.lane_id from workflows.lane l2 where l2.lane_id = q.lane_id for no key update skip locked);
    exit when v_taken >= v_wanted or v_total >= p_start_now;
  end loop;
  return v_total;
end
$$;
comment on function workflows.take_ready(uuid, integer[], integer, integer, bigint, timestamptz) is 'Takes claimable workflows for a worker.';

-- Room in the limited queues: the lock orders all claims of a queue, and the count is a new statement, so
-- it can be too high, never too low. A queue that another claim has locked has no room for us now.
create or replace function workflows.lock_limited(p_queue_ids integer[], out queue_ids integer[], out caps integer[])
language plpgsql volatile
as $$
begin
  select array_agg(q.queue_id order by q.queue_id) into queue_ids from workflows.queue q
  where q.queue_id = any (p_queue_ids) and q.max_running is not null and not q.is_paused;
  if queue_ids is null then return; end if;
  caps := array(
    select case when k.queue_id is null then 0 end from unnest(queue_ids) i(queue_id)
    left join (select q.queue_id from workflows.queue q where q.queue_id = any (queue_ids) for no key update skip locked) k
      on k.queue_id = i.queue_id);
  caps := array(
    select coalesce(c.cap, greatest(0, q.max_running - (select count(*) from workflows.lease e
      where e.queue_id = c.queue_id and e.is_limited)))::integer
    from unnest(queue_ids, caps) c(queue_id, cap) join workflows.queue q on q.queue_id = c.queue_id);
end
$$;
comment on function workflows.lock_limited(integer[]) is 'Locks the limited queues and answers how many more may run.';

-- How many rows to take from which lane, reading only. Rows beyond those that start at once come only
-- from lanes that are new, unlimited and retry, where waiting in a worker harms nobody.
create or replace function workflows.claim_quota(
  p_worker_id uuid, p_queue_ids integer[], p_limited integer[], p_caps integer[], p_start_now integer, p_prefetch integer,
  out lanes bigint[], out lows bigint[], out firsts bigint[], out counts bigint[], out wanted bigint)
language plpgsql stable
as $$
begin
  with mine as materialized (
    select l.lane_id, l.queue_id, l.low, l.priority, l.kind <> 'command' as is_late, l.kind <> 'returning' as is_fresh, c.cap,
      l.kind = 'new' and q.max_running is null and f.on_worker_lost = 'retry' as is_prefetchable
    from workflows.worker_definition d
    join workflows.lane l on l.workflow_name = d.workflow_name and l.workflow_version = d.workflow_version
    join workflows.workflow_definition f on f.workflow_name = d.workflow_name and f.workflow_version = d.workflow_version
    join workflows.queue q on q.queue_id = l.queue_id
    left join unnest(p_limited, p_caps) c(queue_id, cap) on c.queue_id = l.queue_id
    where d.worker_id = p_worker_id and l.queue_id = any (p_queue_ids) and l.kind <> 'gated'
      and (l.kind = 'command' or not q.is_paused and coalesce(c.cap, 1) > 0)),
  seen as materialized (
    select m.lane_id, m.low, m.is_late, m.priority, m.is_fresh, m.is_prefetchable, m.cap, h.ready_seq,
      row_number() over (partition by m.queue_id order by m.is_late, m.priority, m.is_fresh, h.ready_seq) as queue_place
    from mine m cross join lateral (
      select r.ready_seq from workflows.ready r where r.lane_id = m.lane_id and r.ready_seq > m.low
      order by r.ready_seq limit p_start_now + case when m.is_prefetchable then p_prefetch else 0 end) h),
  placed as materialized (
    -- those that their queue has no room for must not take the places of others
    select s.lane_id, s.low, s.is_prefetchable, s.ready_seq,
      row_number() over (order by s.is_late, s.priority, s.is_fresh, s.ready_seq) as place
    from seen s where s.cap is null or s.queue_place <= s.cap),
  chosen as materialized (
    select s.* from placed s where s.place <= p_start_now or s.is_prefetchable
    order by s.place > p_start_now, s.place limit p_start_now + p_prefetch),
  lane as (
    select c.lane_id, c.low, min(c.ready_seq) as first_seq, count(*) as n from chosen c group by c.lane_id, c.low)
  select array_agg(l.lane_id), array_agg(l.low), array_agg(l.first_seq), array_agg(l.n), sum(l.n)
  into lanes, lows, firsts, counts, wanted from lane l;
end
$$;
comment on function workflows.claim_quota(uuid, integer[], integer[], integer[], integer, integer) is 'How many workflows to take from which lane.';

-- Workflows that were met after their start_before. Statuses: ENQUEUED -> CANCELLED.
create or replace function workflows.expire_unstarted(p_workflow_ids uuid[], p_now timestamptz) returns integer
language plpgsql volatile
as $$
begin
  perform workflows.settle_workflow(i.workflow_id, 'CANCELLED', 'CANCELLED', 'not started before its start_before', null, null, p_now)
  from unnest(p_workflow_ids) i(workflow_id);
  return cardinality(p_workflow_ids);
end
$$;
comment on function workflows.expire_unstarted(uuid[], timestamptz) is 'Cancels workflows that were not started in time.';

-- functions/claim_workflows.sql
-- Claims workflows for one worker: up to p_start_now to start at once, up to p_prefetch more from lanes
-- where that harms nobody. Statuses: ENQUEUED -> RUNNING. Waits for nobody: every lock is skip locked.
-- Runs on one session per worker: when it comes back short it marks that session idle, so that enqueue
-- knows whom to notify. The same p_request_no with p_is_resend answers the same workflows again.
create or replace function workflows.claim_workflows(
  p_worker_id text, p_start_now integer, p_prefetch integer default 0, p_request_no bigint default 0,
  p_is_resend boolean default false, p_may_idle boolean default false, p_is_idle boolean default false) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_worker uuid := p_worker_id::uuid;
  v_queues integer[];
  v_claimed integer := 0;
  v_is_idle boolean := false;
  v_retry_ms integer;
begin
  select w.queue_ids into v_queues from workflows.worker w
  where w.worker_id = v_worker and w.lost_at is null and w.retired_at is null for share;
  if not found then
    perform workflows.refuse('WF001', jsonb_build_object('worker_id', p_worker_id),
      'this worker is not registered or was declared lost; register again under a new id');
  end if;
  if p_is_idle then perform workflows.unmark_idle(v_queues); end if;
  if not p_is_resend then
    perform workflows.fold_new_lanes();
    if not workflows.admit_gated() then v_retry_ms := 5; end if;
    perform workflows.fold_new_lanes();
    v_claimed := workflows.take_ready(v_worker, v_queues, p_start_now, p_prefetch, p_request_no, v_now);
    if p_may_idle and v_claimed < p_start_now then
      v_is_idle := true;
      if not workflows.mark_idle(v_queues) then v_retry_ms := coalesce(v_retry_ms, 20); end if;
      perform workflows.fold_new_lanes();
      v_claimed := v_claimed + workflows.take_ready(
        v_worker, v_queues, p_start_now - v_claimed, p_prefetch, p_request_no, v_now);
    end if;
  end if;
  return workflows.claim_answer(v_worker, p_request_no, v_is_idle, v_retry_ms, v_now);
end
$$;
comment on function workflows.claim_workflows(text, integer, integer, bigint, boolean, boolean, boolean) is 'Claims workflows for a worker and returns all it needs to run them.';

-- Makes the lanes that enqueue asked for.
create or replace function workflows.fold_new_lanes() returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  if not exists (select from workflows.new_lane) then return 0; end if;
  with gone as (
    delete from workflows.new_lane n where n.ctid = any (array(select n2.ctid from workflows.new_lane n2 for update skip locked))
    returning n.*)
  insert into workflows.lane (lane_id, queue_id, workflow_name, workflow_version, priority, kind)
  select distinct g.lane_id, g.queue_id, g.workflow_name, g.workflow_version, g.priority, g.kind from gone g
  order by g.lane_id on conflict do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.fold_new_lanes() is 'Makes lanes that were asked for.';

-- Gives gated workflows their tickets, in order of priority and arrival, and hands free gates over.
-- Statuses: ENQUEUED -> BLOCKED, and ENQUEUED again for those that get all their gates. False: somebody
-- else holds the turn.
create or replace function workflows.admit_gated() returns boolean
language plpgsql volatile
as $$
declare
  v_lanes bigint[];
  v_firsts bigint[];
  v_has_wake boolean := exists (select from workflows.wake);
  v_blocked uuid[];
begin
  select array_agg(l.lane_id), array_agg(h.ready_seq) into v_lanes, v_firsts
  from workflows.lane l
  cross join lateral (select r.ready_seq from workflows.ready r where r.lane_id = l.lane_id and r.ready_seq > l.low
                      order by r.ready_seq limit 1) h
  where l.kind = 'gated' and not exists (select from workflows.queue q where q.queue_id = l.queue_id and q.is_paused);
  if v_lanes is null and not v_has_wake then return true; end if;
  if not workflows.take_turn(false) then return false; end if;
  if v_lanes is not null then
    with chosen as materialized (
      select h.* from unnest(v_lanes, v_firsts) q(lane_id, first_seq) join workflows.lane l on l.lane_id = q.lane_id
      cross join lateral (select r.lane_id, r.ready_seq, r.workflow_id from workflows.ready r
                          where r.lane_id = q.lane_id and r.ready_seq >= q.first_seq
                          order by r.ready_seq limit 500 for update skip locked) h
      order by l.priority, h.ready_seq limit 500),
    gone as (
      delete from workflows.ready r using chosen c where r.lane_id = c.lane_id and r.ready_seq = c.ready_seq
      returning r.workflow_id, r.ready_seq),
    moved as (
      update workflows.workflow w set status = 'BLOCKED', ticket_seq = g.ready_seq, change_no = w.change_no + 1
      from gone g where w.workflow_id = g.workflow_id returning w.*),
    blocked as (
      insert into workflows.parked (workflow_id, queue_id, status, due_at)
      select m.workflow_id, m.queue_id, 'BLOCKED', m.start_before from moved m),
    tickets as (
      insert into workflows.gate_ticket (gate_id, priority, ticket_seq, workflow_id, queue_id, gate_name)
      select hashtextextended(n.gate_name, 0), m.priority, m.ticket_seq, m.workflow_id, m.queue_id, n.gate_name
      from moved m cross join lateral (
        select workflows.gate_label(m.queue_id, m.partition_key, null) as gate_name where m.partition_key is not null
        union all select workflows.gate_label(null, null, r) from unnest(m.resources) r) n
      returning gate_id),
    woken as (
      insert into workflows.wake (gate_id) select distinct t.gate_id from tickets t)
    select array_agg(m.workflow_id) into v_blocked from moved m;
    if v_blocked is not null then perform workflows.audit_change(v_blocked, 'blocked', null, null, null); end if;
    update workflows.lane l set low = q.first_seq - 1000
    from unnest(v_lanes, v_firsts) q(lane_id, first_seq)
    where l.lane_id = q.lane_id and q.first_seq - l.low > 5000
      and l.lane_id in (select l2.lane_id from workflows.lane l2 where l2.lane_id = q.lane_id for no key update skip locked);
  end if;
  perform workflows.hand_over();
  return true;
end
$$;
comment on function workflows.admit_gated() is 'Gives gated workflows their tickets and hands free gates over.';

-- functions/load_workflow.sql
-- What a claim left out because it was large. Only for the holder of the lease.
create or replace function workflows.load_workflow(p_worker_id text, p_workflow_id text, p_lease_token text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
begin
  if not exists (select from workflows.lease l where l.workflow_id = p_workflow_id::uuid
                 and l.lease_token = p_lease_token::uuid and l.worker_id = p_worker_id::uuid) then
    perform workflows.refuse('WF001', jsonb_build_object('workflow_id', p_workflow_id), 'another worker has this workflow now');
  end if;
  return json_build_object(
    'inputs', (select coalesce(max(p.inputs), '{}')::json from workflows.workflow_payload p where p.workflow_id = p_workflow_id::uuid),
    'steps', workflows.recorded_steps(p_workflow_id::uuid, 1000000, v_now))::text;
end
$$;
comment on function workflows.load_workflow(text, text, text) is 'Inputs and recorded steps of one claimed workflow.';

-- functions/record_steps.sql
-- Records what steps did, for many workflows in one call. Each record locks its lease in a mode that a
-- command's update passes but a reclaim's or finish's delete does not, so a late worker cannot record.
-- A step that is recorded already answers what stands; the control word comes back with every answer.
-- Null: everything was recorded and no command waits.
create or replace function workflows.record_steps(p_worker_id text, p_records text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_answers json;
begin
  with asked as materialized (
    select distinct on (x.w, x.t, x.k) x.* from json_to_recordset(p_records::json) as x(
      n integer, w uuid, t uuid, k text, kind text, status text, output json, error json, attempt integer, retry json,
      seconds float8, elapsed_ms float8) order by x.w, x.t, x.k, x.n),
  own as materialized (
    select a.*, l.control from asked a join workflows.lease l on l.workflow_id = a.w and l.lease_token = a.t for key share of l),
  added as (
    insert into workflows.step (workflow_id, step_key, kind, status, attempts, started_at, ended_at, due_at, output, error)
    select o.w, o.k, coalesce(o.kind, 'step'), o.status, coalesce(o.attempt, 1),
      v_now - coalesce(o.elapsed_ms, 0) * interval '1 millisecond', v_now, v_now + o.seconds * interval '1 second',
      nullif(o.output::text, 'null'), o.error::text
    from own o where o.retry is null
    on conflict do nothing
    returning workflow_id, step_key),
  -- "in (select ..)" in a select list is hashed, where a join would be a nested loop over the batch
  answered as (
    select o.*, case when (o.w, o.k) in (select d.workflow_id, d.step_key from added d) then 'recorded' else 'look' end as answer
    from own o
    union all
    select a.*, null, 'WF001' from asked a where (a.n in (select o.n from own o)) is not true)
  select json_agg(json_build_object('n', a.n, 'w', a.w, 'k', a.k, 'a', a.answer, 'c', a.control, 'kind', coalesce(a.kind, 'step'),
    'retry', a.retry, 'attempt', a.attempt, 'error', a.error, 'status', a.status, 'output', a.output, 'due_ms', a.seconds * 1000))
  into v_answers
  from answered a where a.answer <> 'recorded' or a.control is not null or a.seconds is not null;
  if v_answers is null then return null; end if;
  return (
    select json_agg(case when x.a = 'look' then workflows.record_again(x.n, x.w, x.k, x.kind, x.c, x.status, x.output, x.error, x.attempt, x.retry, v_now)
      else json_strip_nulls(json_build_object('n', x.n, 'a', x.a, 'c', x.c, 'due_ms', x.due_ms)) end)
    from json_to_recordset(v_answers) as x(n integer, w uuid, k text, a text, c text, kind text, status text, output json, error json,
      attempt integer, retry json, due_ms float8))::text;
end
$$;
comment on function workflows.record_steps(text, text) is 'Records the results of steps for a worker.';

-- A record that was not simply new: a failed try, a step tried before, or one that is recorded already.
-- The caller has locked the lease. A failed try stays RETRYING with its time until none is left.
create or replace function workflows.record_again(
  p_n integer, p_workflow_id uuid, p_step_key text, p_kind text, p_control text, p_status text, p_output json, p_error json,
  p_attempt integer, p_retry json, p_now timestamptz) returns json
language plpgsql volatile
as $$
declare
  v_step workflows.step%rowtype;
  v_due timestamptz;
  v_status text := p_status;
begin
  select s.* into v_step from workflows.step s where s.workflow_id = p_workflow_id and s.step_key = p_step_key for update;
  if found and v_step.kind <> p_kind then
    return json_strip_nulls(json_build_object('n', p_n, 'a', 'WF007', 'c', p_control));
  elsif found and (v_step.status <> 'RETRYING' or v_step.attempts >= p_attempt and p_status = 'ERROR' and p_retry is not null) then
    return json_build_object('n', p_n, 'c', p_control, 'status', v_step.status, 'output', v_step.output::json, 'error', v_step.error::json,
      'a', case when v_step.status = 'RETRYING' then 'retry' else 'replayed' end,
      'due_ms', case when v_step.due_at is not null then (extract(epoch from v_step.due_at - p_now) * 1000)::bigint end);
  end if;
  if p_status = 'ERROR' and p_retry is not null and p_attempt < (p_retry ->> 'max_attempts')::integer then
    v_status := 'RETRYING';
    v_due := p_now + workflows.backoff_seconds(p_attempt, (p_retry ->> 'interval_seconds')::float8,
      (p_retry ->> 'backoff_rate')::float8, (p_retry ->> 'max_interval_seconds')::float8) * interval '1 second';
  end if;
  insert into workflows.step (workflow_id, step_key, kind, status, attempts, started_at, ended_at, due_at, output, error)
  values (p_workflow_id, p_step_key, p_kind, v_status, p_attempt, p_now, p_now, v_due, nullif(p_output::text, 'null'), p_error::text)
  on conflict (workflow_id, step_key) do update
  set status = excluded.status, attempts = excluded.attempts, ended_at = excluded.ended_at, due_at = excluded.due_at,
    output = excluded.output, error = excluded.error;
  return json_strip_nulls(json_build_object('n', p_n, 'c', p_control,
    'a', case when v_status = 'RETRYING' then 'retry' when p_status = 'ERROR' and p_retry is not null then 'give_up' else 'recorded' end,
    'due_ms', (extract(epoch from v_due - p_now) * 1000)::bigint));
end
$$;
comment on function workflows.record_again(integer, uuid, text, text, text, text, json, json, integer, json, timestamptz) is 'Records a failed try, or answers what is recorded.';

-- Full jitter: anything between nothing and the exponential wait, so that many failures do not come
-- back together (Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015).
create or replace function workflows.backoff_seconds(p_failures integer, p_first float8, p_rate float8, p_most float8) returns float8
language sql volatile
as $$
  select random() * least(coalesce(p_most, 3600), coalesce(p_first, 1) * power(coalesce(p_rate, 2)::numeric, least(p_failures - 1, 60))::float8)
$$;
comment on function workflows.backoff_seconds(integer, float8, float8, float8) is 'Seconds to wait before the next try.';

-- functions/finish_workflows.sql
-- Takes the outcomes of many workflows, each with its own answer; null: all were taken. Deleting the lease
-- by its token is the fence: a stale worker changes nothing. Statuses: RUNNING -> SUCCESS here, and all
-- the other ways in finish_other. A computed result is recorded even when a command came first; the
-- command is then marked overtaken. A lease that a command has locked answers busy: send it again.
create or replace function workflows.finish_workflows(p_worker_id text, p_outcomes text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_asked integer := json_array_length(p_outcomes::json);
  v_done uuid[];
  v_tokens uuid[];
  v_gated uuid[];
  v_commanded uuid[];
  v_answers json;
begin
  with asked as materialized (
    select distinct on (x.w, x.t) x.* from json_to_recordset(p_outcomes::json) as x(
      n integer, w uuid, t uuid, outcome text, result json, is_sanitised boolean) where x.outcome = 'success' order by x.w, x.t),
  locked as materialized (
    select l.workflow_id, nullif(a.result::text, 'null') as result, coalesce(a.is_sanitised, false) as is_sanitised
    from asked a join workflows.lease l on l.workflow_id = a.w and l.lease_token = a.t for update of l skip locked),
  gone as (
    delete from workflows.lease l using locked k where l.workflow_id = k.workflow_id
    returning l.workflow_id, l.control, k.result, k.is_sanitised),
  ended as (
    update workflows.workflow w set status = 'SUCCESS', state = 'COMPLETE', ended_at = v_now, reason = null, change_no = w.change_no + 1
    from gone g where w.workflow_id = g.workflow_id
    returning w.workflow_id, w.lease_token, w.gate_ids is not null as is_gated, g.control, g.result, g.is_sanitised),
  results as (
    insert into workflows.workflow_outcome (workflow_id, result, is_sanitised)
    select e.workflow_id, e.result, e.is_sanitised from ended e where e.result is not null or e.is_sanitised
    on conflict (workflow_id) do update set result = excluded.result, error_class = null, error_message = null,
      error_traceback = null, is_sanitised = excluded.is_sanitised)
  select array_agg(e.workflow_id), array_agg(e.lease_token), array_agg(e.workflow_id) filter (where e.is_gated),
    array_agg(e.workflow_id) filter (where e.control is not null)
  into v_done, v_tokens, v_gated, v_commanded from ended e;
  if v_commanded is not null then perform workflows.answer_commands(v_commanded, 'overtaken', v_now); end if;
  if v_gated is not null then perform workflows.free_gates(v_gated); end if;
  if v_done is not null then perform workflows.audit_change(v_done, 'success', null, null, p_worker_id); end if;
  if coalesce(cardinality(v_done), 0) < v_asked then
    select json_agg(json_build_object('n', x.n, 'a', r.answer)) filter (where r.answer <> 'ok') into v_answers
    from (select * from json_to_recordset(p_outcomes::json) as x(
            n integer, w uuid, t uuid, outcome text, result json, is_sanitised boolean, error json, k text)
          where not coalesce(x.w = any (v_done) and x.t = any (v_tokens), false) order by x.w) x
    cross join lateral (select workflows.finish_other(x.w, x.t, x.outcome, x.error, x.is_sanitised, x.k, v_now) as answer) r;
  end if;
  if exists (select from workflows.wake) and workflows.take_turn(true) then
    -- who came meanwhile, perhaps with better priority, lines up before the gates are handed over
    perform workflows.fold_new_lanes();
    perform workflows.admit_gated();
  end if;
  return v_answers::text;
end
$$;
comment on function workflows.finish_workflows(text, text) is 'Takes the outcomes of workflows from a worker.';

-- Every outcome but a plain success. A command that waits decides first: what it orders happens now.
create or replace function workflows.finish_other(
  p_workflow_id uuid, p_lease_token uuid, p_outcome text, p_error json, p_is_sanitised boolean, p_step_key text,
  p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_control text;
  v_is_started boolean;
  v_claimed_at timestamptz;
  v_workflow workflows.workflow%rowtype;
begin
  select l.control, l.is_started, l.claimed_at into v_control, v_is_started, v_claimed_at from workflows.lease l
  where l.workflow_id = p_workflow_id and l.lease_token = p_lease_token for update skip locked;
  if not found or p_outcome = 'success' then return workflows.finish_refusal(p_workflow_id, p_lease_token, p_outcome); end if;
  select w.* into v_workflow from workflows.workflow w where w.workflow_id = p_workflow_id for no key update;
  delete from workflows.lease l where l.workflow_id = p_workflow_id;
  if p_error is not null then perform workflows.keep_error(p_workflow_id, p_error, p_is_sanitised); end if;
  if p_outcome = 'error' then
    update workflows.workflow w set failure_count = w.failure_count + 1 where w.workflow_id = p_workflow_id;
    perform workflows.settle_error(v_workflow, v_control, p_error, p_now);
  elsif v_control in ('stop', 'cancel', 'timeout') or p_outcome in ('stopped', 'cancelled') then
    perform workflows.settle_ending(v_workflow, coalesce(v_control, p_outcome), p_now);
  else
    if not v_is_started and p_outcome = 'released' and v_workflow.started_at = v_claimed_at then
      update workflows.workflow w set started_at = null, deadline_at = null where w.workflow_id = p_workflow_id;
    end if;
    perform workflows.settle_leaving(v_workflow, v_control, p_outcome, p_step_key, p_now);
  end if;
  return 'ok';
end
$$;
comment on function workflows.finish_other(uuid, uuid, text, json, boolean, text, timestamptz) is 'Takes one outcome that is not a plain success.';

-- Why an outcome was not taken. The same token and outcome once more is the answer as before: a worker
-- that lost the reply may ask again.
create or replace function workflows.finish_refusal(p_workflow_id uuid, p_lease_token uuid, p_outcome text) returns text
language plpgsql volatile
as $$
declare
  v_workflow workflows.workflow%rowtype;
begin
  if exists (select from workflows.lease l where l.workflow_id = p_workflow_id and l.lease_token = p_lease_token) then
    return 'busy';
  end if;
  select w.* into v_workflow from workflows.workflow w where w.workflow_id = p_workflow_id;
  if v_workflow.lease_token is distinct from p_lease_token then return 'WF001'; end if;
  return case
    when p_outcome = 'success' and v_workflow.status = 'SUCCESS' then 'ok'
    when p_outcome = 'error' and v_workflow.status in ('ERROR', 'DELAYED', 'ENQUEUED', 'HELD', 'STOPPED', 'CANCELLED') then 'ok'
    when p_outcome in ('stopped', 'cancelled') and v_workflow.status in ('STOPPED', 'CANCELLED') then 'ok'
    when p_outcome in ('suspend', 'released', 'held') and v_workflow.ended_at is null then 'ok'
    when v_workflow.ended_at is not null then 'WF004'
    else 'WF001' end;
end
$$;
comment on function workflows.finish_refusal(uuid, uuid, text) is 'Why an outcome was not taken.';

-- functions/run_maintenance.sql
-- Bounded work that any worker does in turn: timers that are due on every call; once a second, by whoever
-- gets the row, lost workers, deadlines, the marks of lanes and counts. Waits for nobody. Answers the
-- milliseconds until the next timer.
create or replace function workflows.run_maintenance(p_limit integer default 500) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_due integer;
  v_reclaimed integer := 0;
  v_timeouts integer := 0;
  v_next timestamptz;
begin
  v_due := workflows.release_due(p_limit, v_now);
  if workflows.take_maintenance(v_now) then
    v_reclaimed := workflows.reclaim_lost(p_limit, v_now);
    v_timeouts := workflows.expire_deadlines(p_limit, v_now);
    perform workflows.sweep_lanes();
    perform workflows.count_queues(v_now);
    perform workflows.forget_workers(v_now);
  end if;
  perform workflows.fold_new_lanes();
  perform workflows.admit_gated();
  select min(p.due_at) into v_next from workflows.parked p where p.due_at is not null;
  return json_build_object('next_due_ms', case when v_next is not null then greatest(0, ceil(extract(epoch from v_next - v_now) * 1000))::bigint end,
    'did', json_build_object('due', v_due, 'reclaimed', v_reclaimed, 'timeouts', v_timeouts))::text;
end
$$;
comment on function workflows.run_maintenance(integer) is 'Does bounded maintenance and says when the next timer is due.';

-- Whether this call does the turn of this second. A gap since the last turn longer than a lease may have
-- been the database's, not the workers': then every worker gets one fresh lease before any is lost.
create or replace function workflows.take_maintenance(p_now timestamptz) returns boolean
language plpgsql volatile
as $$
declare
  v_last timestamptz;
  v_lease interval := workflows.setting_of('lease_seconds')::float8 * interval '1 second';
begin
  select m.last_turn_at into v_last from workflows.maintenance m where m.maintenance_id = 1 for no key update skip locked;
  if not found or v_last > p_now - least(v_lease / 5, interval '0.9 second') and v_last <= p_now then return false; end if;
  update workflows.maintenance m set last_turn_at = p_now where m.maintenance_id = 1;
  if p_now - v_last > least(v_lease, interval '5 seconds') then
    update workflows.worker w set expires_at = greatest(w.expires_at, p_now + w.lease_seconds * interval '1 second')
    where w.worker_id in (select w2.worker_id from workflows.worker w2 where w2.lost_at is null and w2.retired_at is null
                          for no key update skip locked);
  end if;
  return true;
end
$$;
comment on function workflows.take_maintenance(timestamptz) is 'Takes the maintenance turn of this second.';

-- Timers. Statuses: DELAYED, WAITING -> ENQUEUED; past start_before or the deadline -> CANCELLED.
create or replace function workflows.release_due(p_limit integer, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_due uuid[];
  v_free uuid[];
  v_late uuid[];
begin
  if exists (select from workflows.ready r where r.start_before <= p_now) then
    with locked as materialized (
      select r.lane_id, r.ready_seq from workflows.ready r where r.start_before <= p_now order by r.start_before limit p_limit for update skip locked),
    gone as (delete from workflows.ready r using locked k where r.lane_id = k.lane_id and r.ready_seq = k.ready_seq returning r.workflow_id)
    select array_agg(g.workflow_id) into v_late from gone g;
    if v_late is not null then perform workflows.expire_unstarted(v_late, p_now); end if;
  end if;
  if not exists (select from workflows.parked p where p.due_at <= p_now) then return 0; end if;
  with locked as materialized (
    select p.workflow_id from workflows.parked p where p.due_at <= p_now order by p.due_at limit p_limit for update skip locked),
  gone as (delete from workflows.parked p using locked k where p.workflow_id = k.workflow_id returning p.workflow_id, p.status)
  select array_agg(g.workflow_id),
    array_agg(g.workflow_id) filter (where g.status in ('DELAYED', 'WAITING') and coalesce(w.deadline_at > p_now, true)
      and (w.started_at is not null or coalesce(w.start_before > p_now, true)))
  into v_due, v_free from gone g join workflows.workflow w on w.workflow_id = g.workflow_id;
  if v_free is not null then perform workflows.requeue_workflows(v_free); end if;
  perform workflows.settle_workflow(w.workflow_id, 'CANCELLED', 'CANCELLED',
    case when w.started_at is null then 'not started before its start_before' else 'timeout' end, null, null, p_now)
  from unnest(v_due) d(workflow_id) join workflows.workflow w on w.workflow_id = d.workflow_id
  where not coalesce(d.workflow_id = any (v_free), false);
  return coalesce(cardinality(v_due), 0);
end
$$;
comment on function workflows.release_due(integer, timestamptz) is 'Moves workflows whose time has come.';

-- Declares workers lost that have not renewed, then takes their leases back, a bounded number per turn.
create or replace function workflows.reclaim_lost(p_limit integer, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_lease workflows.lease%rowtype;
  v_count integer := 0;
begin
  update workflows.worker w set lost_at = p_now
  where w.worker_id in (select w2.worker_id from workflows.worker w2
    where w2.lost_at is null and w2.retired_at is null and w2.expires_at <= p_now for no key update skip locked);
  for v_lease in
    select l.* from workflows.worker w join workflows.lease l on l.worker_id = w.worker_id
    where w.lost_at is not null or w.retired_at is not null
    limit p_limit for update of l skip locked
  loop
    perform workflows.reclaim_lease(v_lease, 'lost', p_now);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function workflows.reclaim_lost(integer, timestamptz) is 'Takes back the leases of lost workers.';

-- Deadlines of running workflows: asks the worker to stop. States: -> CANCELLING.
create or replace function workflows.expire_deadlines(p_limit integer, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_workers uuid[];
  v_told uuid[];
begin
  if not exists (select from workflows.lease l where l.deadline_at <= p_now and l.is_started and coalesce(l.control, 'hold') = 'hold') then return 0; end if;
  with locked as materialized (
    select l.workflow_id from workflows.lease l where l.deadline_at <= p_now and l.is_started and coalesce(l.control, 'hold') = 'hold'
    order by l.deadline_at limit p_limit for no key update skip locked),
  told as (
    update workflows.lease l set control = 'timeout' from locked k where l.workflow_id = k.workflow_id
    returning l.workflow_id, l.worker_id),
  moved as (
    update workflows.workflow w set state = 'CANCELLING', reason = 'timeout', change_no = w.change_no + 1
    from told t where w.workflow_id = t.workflow_id)
  select array_agg(t.worker_id), array_agg(t.workflow_id) into v_workers, v_told from told t;
  if v_told is null then return 0; end if;
  perform workflows.answer_commands(v_told, 'overtaken', p_now);
  perform workflows.audit_change(v_told, 'timeout', null, null, null);
  perform pg_notify('workflows_wake', 'w:' || w) from unnest(v_workers) w group by w;
  return coalesce(cardinality(v_workers), 0);
end
$$;
comment on function workflows.expire_deadlines(integer, timestamptz) is 'Asks workers to stop workflows whose time is over.';

-- Looks for rows that committed late, below the mark of their lane, and moves the mark back to them; and
-- proves the floor, below which nothing can come any more: a mark noted in one turn and dated with a
-- transaction id in the next is safe once every transaction older than that id has ended.
create or replace function workflows.sweep_lanes() returns integer
language plpgsql volatile
as $$
declare
  v_lane workflows.lane%rowtype;
  v_first bigint;
  v_horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_count integer := 0;
begin
  for v_lane in select l.* from workflows.lane l where l.low > l.floor for no key update skip locked loop
    select r.ready_seq into v_first from workflows.ready r
    where r.lane_id = v_lane.lane_id and r.ready_seq > v_lane.floor and r.ready_seq <= v_lane.low order by r.ready_seq limit 1;
    if v_lane.candidate is null then
      v_lane.candidate := v_lane.low;
    elsif v_lane.candidate_xid is null then
      v_lane.candidate_xid := pg_current_xact_id();
    elsif v_lane.candidate_xid < v_horizon then
      if v_first is null or v_first > v_lane.candidate then v_lane.floor := greatest(v_lane.floor, v_lane.candidate); end if;
      v_lane.candidate := null;
      v_lane.candidate_xid := null;
    end if;
    update workflows.lane l set low = coalesce(v_first - 1, l.low), floor = v_lane.floor, candidate = v_lane.candidate,
      candidate_xid = v_lane.candidate_xid
    where l.lane_id = v_lane.lane_id;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function workflows.sweep_lanes() is 'Corrects the marks of lanes.';

-- Exact counts, every five seconds, of queues too long to count live.
create or replace function workflows.count_queues(p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_last timestamptz;
  v_count integer;
begin
  select m.last_count_at into v_last from workflows.maintenance m where m.maintenance_id = 1;
  if v_last > p_now - interval '5 seconds' then return 0; end if;
  update workflows.maintenance m set last_count_at = p_now where m.maintenance_id = 1;
  insert into workflows.queue_count as c (queue_id, enqueued, delayed, blocked, waiting, held, dead_letters, counted_at)
  select q.queue_id, workflows.count_ready(q.queue_id, null), p.delayed, p.blocked, p.waiting, p.held,
    (select count(*) from workflows.failed_workflow f where f.queue_id = q.queue_id), p_now
  from workflows.queue q cross join lateral (
    select count(*) filter (where p.status = 'DELAYED') as delayed, count(*) filter (where p.status = 'BLOCKED') as blocked,
      count(*) filter (where p.status = 'WAITING') as waiting, count(*) filter (where p.status = 'HELD') as held
    from workflows.parked p where p.queue_id = q.queue_id) p
  on conflict (queue_id) do update set enqueued = excluded.enqueued, delayed = excluded.delayed, blocked = excluded.blocked,
    waiting = excluded.waiting, held = excluded.held, dead_letters = excluded.dead_letters, counted_at = excluded.counted_at;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.count_queues(timestamptz) is 'Refreshes the exact counts of queues.';

create or replace function workflows.forget_workers(p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  delete from workflows.worker w where coalesce(w.lost_at, w.retired_at) < p_now - interval '1 day'
    and not exists (select from workflows.lease l where l.worker_id = w.worker_id);
  get diagnostics v_count = row_count;
  if v_count > 0 then
    delete from workflows.worker_definition d where not exists (select from workflows.worker w where w.worker_id = d.worker_id);
  end if;
  return v_count;
end
$$;
comment on function workflows.forget_workers(timestamptz) is 'Forgets workers that ended a day ago.';

-- functions/command_answer.sql
-- The same answer whether the command was just given or is asked about again by its request id.
create or replace function workflows.command_answer(p_command_id bigint) returns text
language sql stable
as $$
  select json_build_object('command_id', c.command_id, 'workflow_id', c.workflow_id, 'command', c.command,
    'outcome', case when c.outcome in ('obeyed', 'overtaken') then 'accepted' else c.outcome end,
    'status', c.to_status, 'state', c.to_state, 'message', c.message, 'accepted_at', c.accepted_at)::text
  from workflows.command c where c.command_id = p_command_id
$$;
comment on function workflows.command_answer(bigint) is 'What a command did, as its sender is told.';

create or replace function workflows.command_message(
  p_command text, p_outcome text, p_before workflows.workflow, p_after workflows.workflow) returns text
language sql immutable
as $$
  select case
    when p_outcome = 'rejected' and p_before.ended_at is not null then p_command || ' rejected: the workflow has ended in ' || p_before.status
    when p_outcome = 'rejected' then p_command || ' rejected: the workflow is ' || p_before.state
    when p_outcome = 'already' and p_before.state in ('STOPPING', 'CANCELLING', 'ABORTING') then 'already ending'
    when p_outcome = 'already' then 'already ' || p_before.state
    else 'accepted, now ' || p_after.state end
$$;
comment on function workflows.command_message(text, text, workflows.workflow, workflows.workflow) is 'A command''s outcome in words.';

create or replace function workflows.command_options(p_options text) returns jsonb
language plpgsql volatile
as $$
declare
  v_options jsonb;
  v_key text;
begin
  v_options := coalesce(nullif(p_options, ''), '{}')::jsonb;
  select k into v_key from jsonb_object_keys(v_options) k where k not in ('actor', 'request_id', 'topic') limit 1;
  if found then
    perform workflows.refuse('WF002', workflows.bad_argument(v_key, 'is not an option of a command'),
      'options are actor, request_id, topic');
  end if;
  return v_options;
exception when data_exception then
  return workflows.refuse('WF002', workflows.bad_argument('options', 'is not a JSON object'), 'options must be a JSON object')::jsonb;
end
$$;
comment on function workflows.command_options(text) is 'Reads the options of a command.';

create or replace function workflows.read_workflow_id(p_text text) returns uuid
language plpgsql volatile
as $$
begin
  return p_text::uuid;
exception when data_exception then
  return workflows.refuse('WF002', workflows.bad_argument('workflow_id', 'is not a uuid'), 'workflow_id must be a uuid')::uuid;
end
$$;
comment on function workflows.read_workflow_id(text) is 'Reads a workflow id given as text.';

-- functions/send_command.sql
-- An operator's order to one workflow, decided and audited in one transaction and answered at once:
-- accepted with the new state, already so, or rejected with the reason. Locks the workflow's hot row;
-- a running one is asked through its lease's control word and its worker is told.
create or replace function workflows.send_command(
  p_workflow_id text, p_command text, p_reason text default null, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_command text := upper(btrim(p_command));
  v_options jsonb := workflows.command_options(p_options);
  v_id uuid := workflows.read_workflow_id(p_workflow_id);
  v_request text := v_options ->> 'request_id';
  v_before workflows.workflow%rowtype;
  v_after workflows.workflow%rowtype;
  v_outcome text;
  v_is_obeyed boolean;
  v_command_id bigint;
begin
  if v_command = 'RESTART' then v_command := 'RESUME'; end if;
  if v_command is null or v_command not in ('HOLD', 'RESUME', 'STOP', 'CANCEL') then
    perform workflows.refuse('WF002', workflows.bad_argument('command', 'is not a command'), 'command must be HOLD, RESUME or STOP');
  end if;
  v_before := workflows.lock_workflow(v_id);
  if v_request is not null then
    select c.command_id into v_command_id from workflows.command c
    where c.request_id = v_request and c.workflow_id = v_id and c.command = v_command;
    if found then return workflows.command_answer(v_command_id); end if;
    if exists (select from workflows.command c where c.request_id = v_request) then perform workflows.refuse_request(v_request); end if;
  end if;
  v_outcome := workflows.apply_command(v_before, v_command, p_reason, v_now);
  select w.* into v_after from workflows.workflow w where w.workflow_id = v_id;
  v_is_obeyed := v_outcome = 'accepted' and (v_after.status <> 'RUNNING' or v_command = 'RESUME');
  insert into workflows.command (workflow_id, command, actor, reason, request_id, outcome, message, from_status, from_state,
    to_status, to_state, database_user, accepted_at, obeyed_at)
  values (v_id, v_command, coalesce(v_options ->> 'actor', 'script'), p_reason, v_request,
    case when v_is_obeyed then 'obeyed' else v_outcome end,
    workflows.command_message(v_command, v_outcome, v_before, v_after), v_before.status, v_before.state, v_after.status, v_after.state,
    session_user, v_now, case when v_is_obeyed then v_now end)
  on conflict (request_id) where request_id is not null do nothing
  returning command_id into v_command_id;
  if not found then
    perform workflows.refuse_request(v_request);
  end if;
  perform workflows.audit_change(array[v_id], 'command ' || v_command || ' ' || v_outcome,
    coalesce(v_options ->> 'actor', 'script'), p_reason, null);
  return workflows.command_answer(v_command_id);
end
$$;
comment on function workflows.send_command(text, text, text, text) is 'Sends HOLD, RESUME or STOP to a workflow and answers what it did.';

-- A request id used before for another order: answering that one would tell an operator that a workflow
-- was stopped which goes on.
create or replace function workflows.refuse_request(p_request_id text) returns text
language plpgsql volatile
as $$
begin
  return workflows.refuse('WF006', jsonb_build_object('field', 'request_id', 'request_id', p_request_id),
    'this request id was used for another order: give each order an id of its own');
end
$$;
comment on function workflows.refuse_request(text) is 'Refuses a request id that belongs to another order.';

-- Applies an order to a locked workflow: accepted, already or rejected. The pairs of command and state are
-- here and nowhere else.
create or replace function workflows.apply_command(
  p_workflow workflows.workflow, p_command text, p_reason text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_id uuid := p_workflow.workflow_id;
  v_ending text := case p_command when 'STOP' then 'STOPPED' when 'CANCEL' then 'CANCELLED' end;
begin
  if p_workflow.ended_at is not null then
    return case when p_workflow.status = v_ending then 'already' else 'rejected' end;
  elsif p_workflow.state in ('STOPPING', 'CANCELLING', 'ABORTING') then
    return case when v_ending is null then 'rejected' else 'already' end;
  elsif p_command = 'RESUME' and p_workflow.state not in ('HELD', 'PAUSED', 'HOLDING', 'PAUSING') then
    return case when p_workflow.status = 'RUNNING' then 'already' else 'rejected' end;
  elsif p_command = 'HOLD' and p_workflow.state in ('HELD', 'HOLDING') then
    return 'already';
  elsif p_workflow.status = 'RUNNING' then
    perform workflows.control_running(v_id, p_command, p_reason);
  elsif v_ending is not null then
    perform workflows.remove_hot_row(p_workflow);
    perform workflows.settle_workflow(v_id, v_ending, v_ending, p_reason, null, null, p_now);
  elsif p_command = 'HOLD' then
    perform workflows.hold_waiting(p_workflow, p_reason, p_now);
  else
    perform workflows.resume_held(p_workflow, p_now);
  end if;
  return 'accepted';
end
$$;
comment on function workflows.apply_command(workflows.workflow, text, text, timestamptz) is 'Applies a command to a locked workflow.';

-- A running workflow is asked: the control word comes back with its next record or renewal.
create or replace function workflows.control_running(p_workflow_id uuid, p_command text, p_reason text) returns text
language plpgsql volatile
as $$
declare
  v_worker uuid;
  v_is_started boolean;
begin
  update workflows.lease l set control = case p_command when 'RESUME' then null else lower(p_command) end
  where l.workflow_id = p_workflow_id returning l.worker_id, l.is_started into v_worker, v_is_started;
  update workflows.workflow w set change_no = w.change_no + 1, reason = p_reason,
    state = case p_command when 'HOLD' then 'HOLDING' when 'STOP' then 'STOPPING' when 'CANCEL' then 'CANCELLING'
      else case when v_is_started then 'RUNNING' else 'STARTING' end end
  where w.workflow_id = p_workflow_id;
  perform workflows.answer_commands(array[p_workflow_id], 'overtaken', workflows.clock_now());
  perform pg_notify('workflows_wake', 'w:' || v_worker);
  return 'accepted';
end
$$;
comment on function workflows.control_running(uuid, text, text) is 'Asks the worker of a running workflow to obey.';

create or replace function workflows.remove_hot_row(p_workflow workflows.workflow) returns boolean
language plpgsql volatile
as $$
begin
  if p_workflow.status = 'ENQUEUED' then
    delete from workflows.ready r where r.lane_id = p_workflow.lane_id and r.ready_seq = p_workflow.ready_seq;
  else
    delete from workflows.parked p where p.workflow_id = p_workflow.workflow_id;
  end if;
  return true;
end
$$;
comment on function workflows.remove_hot_row(workflows.workflow) is 'Removes the hot row of a locked workflow that does not run.';

-- HOLD of one that does not run. Its timer is kept; its tickets stay in line but are passed over.
create or replace function workflows.hold_waiting(p_workflow workflows.workflow, p_reason text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_resume_at timestamptz;
begin
  select p.resume_at into v_resume_at from workflows.parked p where p.workflow_id = p_workflow.workflow_id;
  perform workflows.remove_hot_row(p_workflow);
  perform workflows.settle_workflow(p_workflow.workflow_id, 'HELD', 'HELD', p_reason, p_workflow.status, v_resume_at, p_now);
  if p_workflow.status = 'BLOCKED' then perform workflows.pass_over(p_workflow, true); end if;
  return 'HELD';
end
$$;
comment on function workflows.hold_waiting(workflows.workflow, text, timestamptz) is 'Holds a workflow that does not run.';

create or replace function workflows.pass_over(p_workflow workflows.workflow, p_is_held boolean) returns integer
language plpgsql volatile
as $$
begin
  update workflows.gate_ticket t set is_held = p_is_held from unnest(p_workflow.gate_ids) g(gate_id)
  where t.gate_id = g.gate_id and t.priority = p_workflow.priority and t.ticket_seq = p_workflow.ticket_seq and not t.is_holder;
  insert into workflows.wake (gate_id) select g from unnest(p_workflow.gate_ids) g;
  return workflows.notify_idle(array[p_workflow.queue_id]);
end
$$;
comment on function workflows.pass_over(workflows.workflow, boolean) is 'Marks the tickets of a waiter as passed over, or not.';

-- RESUME: back to where it was. The time held does not count against the timeout. One that never started
-- goes back to its very place, so the marks of its lane are lowered to it first, whatever they are.
create or replace function workflows.resume_held(p_workflow workflows.workflow, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_id uuid := p_workflow.workflow_id;
  v_parked workflows.parked%rowtype;
begin
  delete from workflows.parked p where p.workflow_id = v_id returning p.* into v_parked;
  update workflows.workflow w set held_at = null, deadline_at = w.deadline_at + (p_now - w.held_at),
    status = 'ENQUEUED', state = 'IDLE' where w.workflow_id = v_id;
  if v_parked.resume_status = 'ENQUEUED' and p_workflow.started_at is null and p_workflow.ticket_seq is null then
    update workflows.lane l set low = least(l.low, p_workflow.ready_seq - 1), floor = least(l.floor, p_workflow.ready_seq - 1),
      candidate = null, candidate_xid = null where l.lane_id = p_workflow.lane_id;
    insert into workflows.ready (lane_id, ready_seq, workflow_id, start_before)
    values (p_workflow.lane_id, p_workflow.ready_seq, v_id, p_workflow.start_before);
    update workflows.workflow w set reason = null, change_no = w.change_no + 1 where w.workflow_id = v_id;
    perform workflows.notify_idle(array[p_workflow.queue_id]);
    return 'ENQUEUED';
  end if;
  perform workflows.settle_workflow(v_id, v_parked.resume_status, case when p_workflow.started_at is null then 'IDLE' else 'RUNNING' end,
    null, null, v_parked.resume_at, p_now);
  if v_parked.resume_status = 'BLOCKED' then perform workflows.pass_over(p_workflow, false); end if;
  return v_parked.resume_status;
end
$$;
comment on function workflows.resume_held(workflows.workflow, timestamptz) is 'Brings a held workflow back to where it was.';

-- functions/cancel_workflow.sql
-- Cancels one workflow: at once where it does not run, at the next step boundary where it does.
create or replace function workflows.cancel_workflow(
  p_workflow_id text, p_reason text default null, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
begin
  return workflows.send_command(p_workflow_id, 'CANCEL', p_reason, p_options);
end
$$;
comment on function workflows.cancel_workflow(text, text, text) is 'Cancels a workflow.';

-- functions/retry_workflow.sql
-- Sends an ended workflow back to work: recorded steps are kept, failed ones forgotten, the tries start
-- again. Statuses: ERROR, CANCELLED, STOPPED -> ENQUEUED. Takes its deduplication id again or is refused.
create or replace function workflows.retry_workflow(p_workflow_id text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_id uuid := workflows.read_workflow_id(p_workflow_id);
  v_options jsonb := workflows.command_options(p_options);
  v_workflow workflows.workflow%rowtype;
  v_request workflows.enqueue_request;
  v_problem jsonb;
begin
  select w.* into v_workflow from workflows.workflow w where w.workflow_id = v_id for no key update;
  if not found then
    perform workflows.refuse('WF003', jsonb_build_object('workflow_id', p_workflow_id), 'there is no workflow with this id');
  elsif v_workflow.status not in ('ERROR', 'CANCELLED', 'STOPPED') then
    perform workflows.refuse('WF009', jsonb_build_object('workflow_id', p_workflow_id, 'status', v_workflow.status),
      'only a workflow in ERROR, CANCELLED or STOPPED can be retried; this one is ' || v_workflow.status);
  end if;
  if v_workflow.deduplication_id is not null then
    v_request.workflow_name := v_workflow.workflow_name;
    v_request.deduplication_id := v_workflow.deduplication_id;
    v_request.workflow_id := v_id;
    v_request.on_duplicate := 'reject';
    v_problem := workflows.take_deduplication_id(v_request);
    if v_problem is not null then
      perform workflows.refuse('WF006', v_problem - 'code', 'deduplication_id ' || (v_problem ->> 'problem'));
    end if;
  end if;
  delete from workflows.failed_workflow f where f.workflow_id = v_id;
  perform workflows.forget_failed_steps(v_id);
  delete from workflows.workflow_outcome o where o.workflow_id = v_id;
  update workflows.workflow w set ended_at = null, failure_count = 0, reclaim_count = 0, reason = null, ticket_seq = null,
    deadline_at = null, start_before = case when w.start_before > v_now then w.start_before end, status = 'ENQUEUED', state = 'IDLE'
  where w.workflow_id = v_id;
  perform workflows.requeue_workflows(array[v_id]);
  perform workflows.audit_change(array[v_id], 'retried', coalesce(v_options ->> 'actor', 'script'), null, null);
  return json_build_object('workflow_id', v_id, 'outcome', 'accepted', 'status', 'ENQUEUED', 'attempt', v_workflow.attempt)::text;
end
$$;
comment on function workflows.retry_workflow(text, text) is 'Sends an ended workflow back to work.';

-- functions/get_workflow.sql
-- Reads only. Everything that is known of one workflow, live or ended; an unknown id is WF003.
create or replace function workflows.get_workflow(p_workflow_id text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_id uuid := workflows.read_workflow_id(p_workflow_id);
  v_answer text;
begin
  select workflows.workflow_json(w)::text into v_answer from workflows.workflow w where w.workflow_id = v_id;
  if not found then
    perform workflows.refuse('WF003', jsonb_build_object('workflow_id', p_workflow_id), 'there is no workflow with this id');
  end if;
  return v_answer;
end
$$;
comment on function workflows.get_workflow(text) is 'Everything about one workflow but its steps, as JSON.';

create or replace function workflows.workflow_json(p_workflow workflows.workflow) returns json
language sql stable
as $$
  select json_build_object(
    'workflow_id', p_workflow.workflow_id, 'workflow_name', p_workflow.workflow_name, 'workflow_version', p_workflow.workflow_version,
    'queue_name', q.queue_name, 'status', p_workflow.status, 'state', p_workflow.state, 'priority', p_workflow.priority,
    'partition_key', p_workflow.partition_key, 'resources', p_workflow.resources, 'inputs', coalesce(i.inputs, '{}')::json,
    'result', o.result::json, 'error', case when o.error_class is not null or o.error_message is not null then json_build_object(
      'class', o.error_class, 'message', o.error_message, 'traceback', o.error_traceback) end,
    'is_sanitised', coalesce(o.is_sanitised, false), 'attempt', p_workflow.attempt, 'failure_count', p_workflow.failure_count,
    'reclaim_count', p_workflow.reclaim_count, 'max_attempts', coalesce(p_workflow.max_attempts, d.max_attempts),
    'reason', p_workflow.reason, 'enqueued_at', p_workflow.enqueued_at, 'available_at', p_workflow.available_at,
    'started_at', p_workflow.started_at, 'ended_at', p_workflow.ended_at, 'deadline_at', p_workflow.deadline_at,
    'start_before', p_workflow.start_before, 'parent_workflow_id', p_workflow.parent_workflow_id,
    'deduplication_id', p_workflow.deduplication_id, 'enqueued_by', coalesce(p_workflow.actor, p_workflow.enqueued_by))
  from workflows.queue q
  left join workflows.workflow_payload i on i.workflow_id = p_workflow.workflow_id
  left join workflows.workflow_outcome o on o.workflow_id = p_workflow.workflow_id
  left join workflows.workflow_definition d on d.workflow_name = p_workflow.workflow_name and d.workflow_version = p_workflow.workflow_version
  where q.queue_id = p_workflow.queue_id
$$;
comment on function workflows.workflow_json(workflows.workflow) is 'One workflow as JSON.';

-- functions/list_workflows.sql
-- Newest first, by id; page on with "before" = the last id of a page.
create or replace function workflows.list_workflows(p_filter text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_filter jsonb := workflows.list_filter(p_filter);
  v_answer text;
begin
  select json_agg(workflows.workflow_json(w) order by w.workflow_id desc)::text into v_answer
  from (
    select w.* from workflows.workflow w
    where (v_filter ->> 'before' is null or w.workflow_id < (v_filter ->> 'before')::uuid)
      and (v_filter ->> 'workflow_name' is null or w.workflow_name = v_filter ->> 'workflow_name')
      and (v_filter ->> 'status' is null or w.status = upper(v_filter ->> 'status'))
      and (v_filter ->> 'state' is null or w.state = upper(v_filter ->> 'state'))
      and (v_filter ->> 'partition_key' is null or w.partition_key = v_filter ->> 'partition_key')
      and (v_filter ->> 'queue_name' is null
           or w.queue_id = (select q.queue_id from workflows.queue q where q.queue_name = v_filter ->> 'queue_name'))
      and (v_filter ->> 'since' is null or w.enqueued_at >= (v_filter ->> 'since')::timestamptz)
      and (v_filter ->> 'until' is null or w.enqueued_at < (v_filter ->> 'until')::timestamptz)
    order by w.workflow_id desc limit coalesce((v_filter ->> 'limit')::integer, 100)) w;
  return coalesce(v_answer, '[]');
end
$$;
comment on function workflows.list_workflows(text) is 'Workflows that fit a filter, newest first, as JSON.';

create or replace function workflows.list_filter(p_filter text) returns jsonb
language plpgsql volatile
as $$
declare
  v_filter jsonb;
  v_key text;
begin
  v_filter := coalesce(nullif(p_filter, ''), '{}')::jsonb;
  select k into v_key from jsonb_object_keys(v_filter) k
  where k not in ('workflow_name', 'queue_name', 'status', 'state', 'partition_key', 'since', 'until', 'limit', 'before') limit 1;
  if found then
    perform workflows.refuse('WF002', workflows.bad_argument(v_key, 'is not a filter'),
      'filters are workflow_name, queue_name, status, state, partition_key, since, until, limit, before');
  end if;
  perform (v_filter ->> 'before')::uuid, (v_filter ->> 'since')::timestamptz, (v_filter ->> 'until')::timestamptz, (v_filter ->> 'limit')::integer;
  if coalesce((v_filter ->> 'limit')::integer, 1) not between 1 and 1000 then
    perform workflows.refuse('WF002', workflows.bad_argument('limit', 'must be between 1 and 1000'), 'limit must be between 1 and 1000');
  end if;
  return v_filter;
exception when data_exception then
  return workflows.refuse('WF002', workflows.bad_argument('filter', 'is not a JSON object of valid values'),
    'filter must be a JSON object; before is a workflow id, since and until are times')::jsonb;
end
$$;
comment on function workflows.list_filter(text) is 'Reads the filter of a list.';

-- functions/list_steps.sql
create or replace function workflows.list_steps(p_workflow_id text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_id uuid := workflows.read_workflow_id(p_workflow_id);
begin
  if not exists (select from workflows.workflow w where w.workflow_id = v_id) then
    perform workflows.refuse('WF003', jsonb_build_object('workflow_id', p_workflow_id), 'there is no workflow with this id');
  end if;
  return coalesce((
    select json_agg(json_build_object('step_key', s.step_key, 'step_name', regexp_replace(s.step_key, '^.*/|#[0-9]+$', '', 'g'),
      'kind', s.kind, 'status', s.status, 'output', s.output::json, 'error', s.error::json, 'attempts', s.attempts,
      'started_at', s.started_at, 'ended_at', s.ended_at, 'due_at', s.due_at) order by s.started_at, s.ended_at)
    from workflows.step s where s.workflow_id = v_id)::text, '[]');
end
$$;
comment on function workflows.list_steps(text) is 'The recorded steps of a workflow in order of start, as JSON.';

-- functions/create_queue.sql
-- Makes a queue, or sets the options of one that exists.
create or replace function workflows.create_queue(p_queue_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_problem text := workflows.name_problem(p_queue_name);
begin
  if v_problem is not null then
    perform workflows.refuse('WF002', workflows.bad_argument('queue_name', v_problem), 'queue_name ' || v_problem);
  end if;
  insert into workflows.queue (queue_name, created_at) values (p_queue_name, v_now) on conflict do nothing;
  if found then
    insert into workflows.audit (audited_at, event, database_user, detail) values (v_now, 'queue created', session_user, p_queue_name);
  end if;
  return workflows.set_queue(p_queue_name, p_options);
end
$$;
comment on function workflows.create_queue(text, text) is 'Makes a queue with its options.';

-- functions/set_queue.sql
-- Sets limits and policies of a queue: max_running, max_enqueued (null: none), history, accepts_work.
create or replace function workflows.set_queue(p_queue_name text, p_options text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb;
  v_key text;
  v_queue workflows.queue%rowtype;
begin
  begin
    v_options := coalesce(nullif(p_options, ''), '{}')::jsonb;
    select k into v_key from jsonb_object_keys(v_options) k where k not in ('max_running', 'max_enqueued', 'history', 'accepts_work', 'actor') limit 1;
    if found then
      perform workflows.refuse('WF002', workflows.bad_argument(v_key, 'is not an option of a queue'),
        'options are max_running, max_enqueued, history, accepts_work');
    end if;
    update workflows.queue q set
      max_running = case when v_options ? 'max_running' then (v_options ->> 'max_running')::integer else q.max_running end,
      max_enqueued = case when v_options ? 'max_enqueued' then (v_options ->> 'max_enqueued')::integer else q.max_enqueued end,
      history = coalesce(v_options ->> 'history', q.history),
      accepts_work = coalesce((v_options ->> 'accepts_work')::boolean, q.accepts_work)
    where q.queue_name = p_queue_name returning q.* into v_queue;
  exception when data_exception or check_violation then
    perform workflows.refuse('WF002', workflows.bad_argument('options', 'holds a value that does not fit'),
      'max_running and max_enqueued are whole numbers or null, history is errors or full, accepts_work is true or false');
  end;
  if v_queue.queue_id is null then
    perform workflows.refuse('WF005', jsonb_build_object('field', 'queue_name', 'queue_name', p_queue_name), 'there is no queue ' || p_queue_name);
  end if;
  if v_queue.max_running is not null then
    update workflows.lease l set is_limited = true where l.queue_id = v_queue.queue_id and not l.is_limited;
  end if;
  insert into workflows.audit (audited_at, event, actor, database_user, detail)
  values (workflows.clock_now(), 'queue set', coalesce(v_options ->> 'actor', 'script'), session_user, p_queue_name || ' ' || v_options::text);
  perform workflows.notify_idle(array[v_queue.queue_id]);
  return (to_json(v_queue))::text;
end
$$;
comment on function workflows.set_queue(text, text) is 'Sets limits and policies of a queue.';

-- functions/pause_queue.sql
-- Nothing new of this queue starts until it is resumed; what runs goes on, what waits keeps its place.
create or replace function workflows.pause_queue(p_queue_name text, p_reason text default null, p_actor text default 'script') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
begin
  return workflows.switch_queue(p_queue_name, true, p_reason, p_actor);
end
$$;
comment on function workflows.pause_queue(text, text, text) is 'Pauses a queue.';

create or replace function workflows.switch_queue(p_queue_name text, p_is_paused boolean, p_reason text, p_actor text) returns text
language plpgsql volatile
as $$
declare
  v_queue_id integer;
begin
  update workflows.queue q set is_paused = p_is_paused, pause_reason = case when p_is_paused then p_reason end
  where q.queue_name = p_queue_name returning q.queue_id into v_queue_id;
  if not found then
    perform workflows.refuse('WF005', jsonb_build_object('field', 'queue_name', 'queue_name', p_queue_name), 'there is no queue ' || p_queue_name);
  end if;
  insert into workflows.wake (gate_id) select distinct t.gate_id from workflows.gate_ticket t where t.queue_id = v_queue_id;
  insert into workflows.audit (audited_at, event, actor, database_user, reason, detail)
  values (workflows.clock_now(), case when p_is_paused then 'queue paused' else 'queue resumed' end, p_actor, session_user, p_reason, p_queue_name);
  if not p_is_paused then perform workflows.notify_idle(array[v_queue_id]); end if;
  return json_build_object('queue_name', p_queue_name, 'is_paused', p_is_paused)::text;
end
$$;
comment on function workflows.switch_queue(text, boolean, text, text) is 'Pauses or resumes a queue.';

-- functions/resume_queue.sql
create or replace function workflows.resume_queue(p_queue_name text, p_reason text default null, p_actor text default 'script') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
begin
  return workflows.switch_queue(p_queue_name, false, p_reason, p_actor);
end
$$;
comment on function workflows.resume_queue(text, text, text) is 'Resumes a paused queue.';

-- functions/list_queues.sql
create or replace function workflows.list_queues() returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
begin
  return (
    select json_agg(to_jsonb(d) || jsonb_build_object('max_running', q.max_running, 'max_enqueued', q.max_enqueued,
      'history', q.history, 'accepts_work', q.accepts_work, 'pause_reason', q.pause_reason) order by d.queue_name)
    from workflows.queue_depth d join workflows.queue q on q.queue_name = d.queue_name)::text;
end
$$;
comment on function workflows.list_queues() is 'Every queue with its depth and limits, as JSON.';

-- functions/set_setting.sql
-- Checks type and bounds, then changes the setting for every worker from its next registration or call on.
create or replace function workflows.set_setting(p_name text, p_value text, p_actor text default 'script') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_setting workflows.setting%rowtype;
  v_now timestamptz := workflows.clock_now();
begin
  select s.* into v_setting from workflows.setting s where s.setting_name = p_name for no key update;
  if not found then
    perform workflows.refuse('WF002', workflows.bad_argument('name', 'is not a setting'), 'there is no setting ' || coalesce(p_name, '(null)'));
  end if;
  if workflows.fits_setting(v_setting, p_value) is not true then
    perform workflows.refuse('WF002', workflows.bad_argument('value', 'does not fit ' || p_name),
      p_name || ' is of type ' || v_setting.value_type || coalesce(' from ' || v_setting.minimum || ' to ' || v_setting.maximum, ''));
  end if;
  update workflows.setting s set setting_value = p_value, changed_at = v_now, changed_by = p_actor where s.setting_name = p_name;
  insert into workflows.audit (audited_at, event, actor, database_user, detail)
  values (v_now, 'setting changed', p_actor, session_user, p_name || ': ' || v_setting.setting_value || ' -> ' || p_value);
  return json_build_object('name', p_name, 'value', p_value, 'before', v_setting.setting_value)::text;
end
$$;
comment on function workflows.set_setting(text, text, text) is 'Changes a setting.';

create or replace function workflows.fits_setting(p_setting workflows.setting, p_value text) returns boolean
language plpgsql immutable
as $$
begin
  return case p_setting.value_type
    when 'boolean' then p_value in ('true', 'false')
    when 'integer' then p_value::bigint::float8 between p_setting.minimum and p_setting.maximum
    when 'number' then p_value::float8 between p_setting.minimum and p_setting.maximum
    else p_value is not null end;
exception when data_exception then
  return false;
end
$$;
comment on function workflows.fits_setting(workflows.setting, text) is 'Whether a value fits a setting.';

-- functions/list_settings.sql
create or replace function workflows.list_settings() returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
begin
  return (select json_agg(s order by s.setting_name) from workflows.setting s)::text;
end
$$;
comment on function workflows.list_settings() is 'All settings as JSON.';

-- views/queue_depth.sql
-- One row per queue, also for empty ones. Counted live up to 10,000; beyond that from the count that
-- maintenance keeps, whose age is in the last column.
create or replace view workflows.queue_depth as
select q.queue_name, q.is_paused,
  case when f.enqueued > 10000 then coalesce(c.enqueued, f.enqueued) else f.enqueued end as enqueued,
  case when f.delayed > 10000 then coalesce(c.delayed, f.delayed) else f.delayed end as delayed,
  case when f.blocked > 10000 then coalesce(c.blocked, f.blocked) else f.blocked end as blocked,
  f.running,
  case when f.waiting > 10000 then coalesce(c.waiting, f.waiting) else f.waiting end as waiting,
  case when f.held > 10000 then coalesce(c.held, f.held) else f.held end as held,
  f.dead_letters,
  round(extract(epoch from clock_timestamp() - f.oldest_enqueued_at))::bigint as oldest_enqueued_seconds,
  case when greatest(f.enqueued, f.delayed, f.blocked, f.waiting, f.held) > 10000
    then round(extract(epoch from clock_timestamp() - c.counted_at))::integer else 0 end as counted_seconds_ago
from workflows.queue q
cross join lateral workflows.queue_figures(q.queue_id) f
left join workflows.queue_count c on c.queue_id = q.queue_id;
comment on view workflows.queue_depth is 'How many workflows of each queue stand where; for screens, tags and alarms.';
comment on column workflows.queue_depth.queue_name is 'Name of the queue.';
comment on column workflows.queue_depth.is_paused is 'True while nothing new of it starts.';
comment on column workflows.queue_depth.enqueued is 'Claimable workflows.';
comment on column workflows.queue_depth.delayed is 'Workflows that are not due yet.';
comment on column workflows.queue_depth.blocked is 'Workflows that wait for a partition key or resource.';
comment on column workflows.queue_depth.running is 'Workflows that a worker has claimed.';
comment on column workflows.queue_depth.waiting is 'Suspended workflows.';
comment on column workflows.queue_depth.held is 'Workflows held by an operator or by policy.';
comment on column workflows.queue_depth.dead_letters is 'Workflows that ended in ERROR with no try left, up to 10001.';
comment on column workflows.queue_depth.oldest_enqueued_seconds is 'Age of the claimable workflow that waits longest at the head of a lane.';
comment on column workflows.queue_depth.counted_seconds_ago is 'Age of the counts: 0 where counted live.';

-- views/workflow_status.sql
create or replace view workflows.workflow_status as
select w.workflow_id::text as workflow_id, w.workflow_name, w.workflow_version, q.queue_name, w.status, w.state, w.priority,
  w.partition_key, array_to_string(w.resources, ', ') as resources, w.attempt, w.failure_count, w.reclaim_count, w.reason,
  w.enqueued_at, w.available_at, w.started_at, w.ended_at, w.deadline_at,
  (extract(epoch from coalesce(w.ended_at, clock_timestamp()) - w.started_at))::float8 as running_seconds,
  w.parent_workflow_id::text as parent_workflow_id, coalesce(w.actor, w.enqueued_by) as enqueued_by
from workflows.workflow w
join workflows.queue q on q.queue_id = w.queue_id;
comment on view workflows.workflow_status is 'Every workflow, live or ended.';
comment on column workflows.workflow_status.workflow_id is 'The workflow.';
comment on column workflows.workflow_status.workflow_name is 'Name of the registered function.';
comment on column workflows.workflow_status.workflow_version is 'Version of the registered function.';
comment on column workflows.workflow_status.queue_name is 'Name of the queue.';
comment on column workflows.workflow_status.status is 'Where it stands.';
comment on column workflows.workflow_status.state is 'ISA-88 state that the operator sees.';
comment on column workflows.workflow_status.priority is 'Lower goes first, -100 to 100.';
comment on column workflows.workflow_status.partition_key is 'Workflows of one queue with the same key run one at a time.';
comment on column workflows.workflow_status.resources is 'Equipment it needs, as text.';
comment on column workflows.workflow_status.attempt is 'Number of the claim.';
comment on column workflows.workflow_status.failure_count is 'Exceptions so far.';
comment on column workflows.workflow_status.reclaim_count is 'How often its worker was lost.';
comment on column workflows.workflow_status.reason is 'Why, in words.';
comment on column workflows.workflow_status.enqueued_at is 'When it was accepted.';
comment on column workflows.workflow_status.available_at is 'Not claimable before.';
comment on column workflows.workflow_status.started_at is 'When it first started.';
comment on column workflows.workflow_status.ended_at is 'When it ended.';
comment on column workflows.workflow_status.deadline_at is 'When its time is over.';
comment on column workflows.workflow_status.running_seconds is 'Seconds since it first started, or that it took.';
comment on column workflows.workflow_status.parent_workflow_id is 'The workflow that started it.';
comment on column workflows.workflow_status.enqueued_by is 'Who enqueued it.';

-- views/running_workflow.sql
create or replace view workflows.running_workflow as
select l.workflow_id::text as workflow_id, w.workflow_name, w.workflow_version, q.queue_name, w.state, w.priority, w.attempt,
  k.worker_name, l.worker_id::text as worker_id, l.claimed_at, l.deadline_at, l.control as waiting_command,
  (extract(epoch from clock_timestamp() - l.claimed_at))::float8 as running_seconds
from workflows.lease l
join workflows.workflow w on w.workflow_id = l.workflow_id
join workflows.queue q on q.queue_id = l.queue_id
left join workflows.worker k on k.worker_id = l.worker_id;
comment on view workflows.running_workflow is 'Workflows that a worker has claimed, and which worker.';
comment on column workflows.running_workflow.workflow_id is 'The workflow.';
comment on column workflows.running_workflow.workflow_name is 'Name of the registered function.';
comment on column workflows.running_workflow.workflow_version is 'Version of the registered function.';
comment on column workflows.running_workflow.queue_name is 'Name of the queue.';
comment on column workflows.running_workflow.state is 'ISA-88 state that the operator sees.';
comment on column workflows.running_workflow.priority is 'Lower goes first, -100 to 100.';
comment on column workflows.running_workflow.attempt is 'Number of the claim.';
comment on column workflows.running_workflow.worker_name is 'Name of the worker.';
comment on column workflows.running_workflow.worker_id is 'The worker.';
comment on column workflows.running_workflow.claimed_at is 'When it was claimed.';
comment on column workflows.running_workflow.deadline_at is 'When its time is over.';
comment on column workflows.running_workflow.waiting_command is 'Command that waits to be obeyed.';
comment on column workflows.running_workflow.running_seconds is 'Seconds since it was claimed.';

-- views/worker_status.sql
create or replace view workflows.worker_status as
select w.worker_id::text as worker_id, w.worker_name, w.host_name, w.process_id,
  case when w.retired_at is not null then 'retired' when w.lost_at is not null then 'lost'
    when w.expires_at <= clock_timestamp() then 'late' else 'active' end as status,
  w.listen_mode, w.threads, w.running_count,
  (select string_agg(q.queue_name, ', ' order by q.queue_name) from workflows.queue q where q.queue_id = any (w.queue_ids)) as queues,
  (select count(*) from workflows.worker_definition d where d.worker_id = w.worker_id) as definitions,
  w.library_version, w.database_user, w.started_at, w.renewed_at, w.expires_at
from workflows.worker w;
comment on view workflows.worker_status is 'Workers, active and gone within a day, and how they hear of work.';
comment on column workflows.worker_status.worker_id is 'The worker.';
comment on column workflows.worker_status.worker_name is 'Readable name.';
comment on column workflows.worker_status.host_name is 'Host.';
comment on column workflows.worker_status.process_id is 'Process.';
comment on column workflows.worker_status.status is 'active, late, lost or retired.';
comment on column workflows.worker_status.listen_mode is 'listen: hears of work at once; poll: looks for it.';
comment on column workflows.worker_status.threads is 'Most workflows it runs at once.';
comment on column workflows.worker_status.running_count is 'How many workflows it holds.';
comment on column workflows.worker_status.queues is 'Queues it works.';
comment on column workflows.worker_status.definitions is 'How many names and versions it can run.';
comment on column workflows.worker_status.library_version is 'Version of the library.';
comment on column workflows.worker_status.database_user is 'Database user of the session.';
comment on column workflows.worker_status.started_at is 'When it first started.';
comment on column workflows.worker_status.renewed_at is 'When it last renewed.';
comment on column workflows.worker_status.expires_at is 'Lost when this passes without renewal.';

-- views/resource_status.sql
create or replace view workflows.resource_status as
select t.gate_name, case when t.gate_name like 'resource %' then 'resource' else 'partition key' end as kind,
  max(t.workflow_id::text) filter (where t.is_holder) as held_by,
  count(*) filter (where not t.is_holder) as waiting,
  max(q.queue_name) filter (where t.is_holder) as held_by_queue
from workflows.gate_ticket t
join workflows.queue q on q.queue_id = t.queue_id
group by t.gate_name;
comment on view workflows.resource_status is 'Who holds each partition key and resource, and how many wait.';
comment on column workflows.resource_status.gate_name is 'Partition key or resource.';
comment on column workflows.resource_status.kind is 'partition key or resource.';
comment on column workflows.resource_status.held_by is 'Workflow that holds it.';
comment on column workflows.resource_status.waiting is 'How many wait for it.';
comment on column workflows.resource_status.held_by_queue is 'Queue of the holder.';

-- views/dead_letter.sql
create or replace view workflows.dead_letter as
select f.workflow_id::text as workflow_id, w.workflow_name, w.workflow_version, q.queue_name, f.ended_at, w.attempt, w.failure_count,
  w.reclaim_count, w.reason, o.error_class, o.error_message
from workflows.failed_workflow f
join workflows.workflow w on w.workflow_id = f.workflow_id
join workflows.queue q on q.queue_id = f.queue_id
left join workflows.workflow_outcome o on o.workflow_id = f.workflow_id;
comment on view workflows.dead_letter is 'Workflows that ended in ERROR with no try left, and why.';
comment on column workflows.dead_letter.workflow_id is 'The workflow.';
comment on column workflows.dead_letter.workflow_name is 'Name of the registered function.';
comment on column workflows.dead_letter.workflow_version is 'Version of the registered function.';
comment on column workflows.dead_letter.queue_name is 'Name of the queue.';
comment on column workflows.dead_letter.ended_at is 'When it ended.';
comment on column workflows.dead_letter.attempt is 'Number of the claim.';
comment on column workflows.dead_letter.failure_count is 'Exceptions so far.';
comment on column workflows.dead_letter.reclaim_count is 'How often its worker was lost.';
comment on column workflows.dead_letter.reason is 'Why, in words.';
comment on column workflows.dead_letter.error_class is 'Class name of the error.';
comment on column workflows.dead_letter.error_message is 'Message of the error.';

-- views/command_log.sql
create or replace view workflows.command_log as
select c.command_id, c.workflow_id::text as workflow_id, w.workflow_name, c.command, c.actor, c.reason, c.outcome, c.message,
  c.from_status, c.from_state, c.to_status, c.to_state, c.database_user, c.accepted_at, c.obeyed_at
from workflows.command c
left join workflows.workflow w on w.workflow_id = c.workflow_id;
comment on view workflows.command_log is 'Every order to a workflow: who, when, why, and what became of it.';
comment on column workflows.command_log.command_id is 'Number.';
comment on column workflows.command_log.workflow_id is 'The workflow.';
comment on column workflows.command_log.workflow_name is 'Name of the registered function.';
comment on column workflows.command_log.command is 'HOLD, RESUME, STOP or CANCEL.';
comment on column workflows.command_log.actor is 'Who, as the caller said.';
comment on column workflows.command_log.reason is 'Why, in words.';
comment on column workflows.command_log.outcome is 'accepted (not obeyed yet), already, rejected, obeyed or overtaken (the workflow ended first).';
comment on column workflows.command_log.message is 'The answer in words.';
comment on column workflows.command_log.from_status is 'Status before.';
comment on column workflows.command_log.from_state is 'State before.';
comment on column workflows.command_log.to_status is 'Status after.';
comment on column workflows.command_log.to_state is 'State after.';
comment on column workflows.command_log.database_user is 'Database user of the session.';
comment on column workflows.command_log.accepted_at is 'When it was decided.';
comment on column workflows.command_log.obeyed_at is 'When the workflow obeyed or ended.';

-- views/health.sql
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
    case when max(d.oldest_enqueued_seconds) > 60 then 'work comes faster than it is done: add workers or threads, or look for a paused queue' else '' end
  from workflows.queue_depth d
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
    coalesce(max(age(a.backend_xmin)), 0) || ' transactions' || coalesce(' (pid ' || (array_agg(a.pid order by age(a.backend_xmin) desc))[1] || ')', ''),
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
) c order by c.place;
comment on view workflows.health is 'What is well and what is not, in words, with what to do.';
comment on column workflows.health.check_name is 'What was looked at.';
comment on column workflows.health.status is 'ok, warning or error.';
comment on column workflows.health.measured is 'What was found.';
comment on column workflows.health.advice is 'What to do.';

-- comments.sql
-- What each column means; people read this in their database tools.

comment on column workflows.setting.setting_name is 'Name.';
comment on column workflows.setting.setting_value is 'Value as text.';
comment on column workflows.setting.value_type is 'integer, number, boolean or text.';
comment on column workflows.setting.minimum is 'Least value allowed.';
comment on column workflows.setting.maximum is 'Greatest value allowed.';
comment on column workflows.setting.description is 'What it does.';
comment on column workflows.setting.changed_at is 'When it was last changed.';
comment on column workflows.setting.changed_by is 'Who changed it last.';

comment on column workflows.queue.queue_id is 'Number used inside.';
comment on column workflows.queue.queue_name is 'Name of the queue.';
comment on column workflows.queue.is_paused is 'True: nothing new starts.';
comment on column workflows.queue.accepts_work is 'False: enqueue is refused.';
comment on column workflows.queue.max_running is 'How many may run at once; null: no limit.';
comment on column workflows.queue.max_enqueued is 'How many may be claimable before enqueue is refused; null: no limit.';
comment on column workflows.queue.history is 'full: every transition is audited.';
comment on column workflows.queue.pause_reason is 'Why it was paused.';
comment on column workflows.queue.created_at is 'When it was made.';

comment on column workflows.workflow_definition.workflow_name is 'Name of the registered function.';
comment on column workflows.workflow_definition.workflow_version is 'Version of the registered function.';
comment on column workflows.workflow_definition.queue_name is 'Queue where the caller names none.';
comment on column workflows.workflow_definition.priority is 'Priority where the caller names none.';
comment on column workflows.workflow_definition.timeout_seconds is 'Timeout where the caller names none.';
comment on column workflows.workflow_definition.max_attempts is 'Tries where the caller names none.';
comment on column workflows.workflow_definition.backoff_seconds is 'Longest first wait before another try.';
comment on column workflows.workflow_definition.backoff_rate is 'Factor from try to try.';
comment on column workflows.workflow_definition.max_backoff_seconds is 'Longest wait before another try.';
comment on column workflows.workflow_definition.on_worker_lost is 'What follows when its worker is lost: retry, hold or fail.';
comment on column workflows.workflow_definition.commands is 'auto: the engine obeys commands; manual: the workflow does.';
comment on column workflows.workflow_definition.registered_at is 'When it last changed.';
comment on column workflows.workflow_definition.registered_by is 'Worker that registered it.';

comment on column workflows.lane.lane_id is 'The lane.';
comment on column workflows.lane.queue_id is 'The queue.';
comment on column workflows.lane.workflow_name is 'Name of the registered function.';
comment on column workflows.lane.workflow_version is 'Version of the registered function.';
comment on column workflows.lane.priority is 'Lower goes first, -100 to 100.';
comment on column workflows.lane.kind is 'command, returning (has started before), new, single (never claimed ahead) or gated (needs its gates first).';
comment on column workflows.lane.low is 'Claims read above this place.';
comment on column workflows.lane.floor is 'Proven: nothing is at or below this place.';
comment on column workflows.lane.candidate is 'Place that may become the floor.';
comment on column workflows.lane.candidate_xid is 'The floor is proven once older transactions have ended.';

comment on column workflows.new_lane.lane_id is 'The lane.';
comment on column workflows.new_lane.queue_id is 'The queue.';
comment on column workflows.new_lane.workflow_name is 'Name of the registered function.';
comment on column workflows.new_lane.workflow_version is 'Version of the registered function.';
comment on column workflows.new_lane.priority is 'Lower goes first, -100 to 100.';
comment on column workflows.new_lane.kind is 'Kind of lane.';

comment on column workflows.ready.lane_id is 'The lane.';
comment on column workflows.ready.ready_seq is 'Place in the order of arrival.';
comment on column workflows.ready.workflow_id is 'The workflow.';
comment on column workflows.ready.start_before is 'Not started by then: cancelled.';

comment on column workflows.lease.workflow_id is 'The workflow.';
comment on column workflows.lease.lease_token is 'Random proof of the right to work on it.';
comment on column workflows.lease.worker_id is 'The worker.';
comment on column workflows.lease.claim_no is 'Number of the claim call, for asking again.';
comment on column workflows.lease.claimed_at is 'When it was claimed.';
comment on column workflows.lease.deadline_at is 'When its time is over.';
comment on column workflows.lease.queue_id is 'The queue.';
comment on column workflows.lease.is_started is 'False: claimed ahead and not begun.';
comment on column workflows.lease.is_limited is 'True: counts against max_running.';
comment on column workflows.lease.control is 'Command that waits to be obeyed.';

comment on column workflows.parked.workflow_id is 'The workflow.';
comment on column workflows.parked.queue_id is 'The queue.';
comment on column workflows.parked.status is 'DELAYED, BLOCKED, WAITING or HELD.';
comment on column workflows.parked.due_at is 'When it must be looked at again.';
comment on column workflows.parked.resume_at is 'When its own timer is over.';
comment on column workflows.parked.resume_status is 'Where a held one goes back to.';

comment on column workflows.worker.worker_id is 'Made at each start of an engine.';
comment on column workflows.worker.expires_at is 'Lost when this passes without renewal.';
comment on column workflows.worker.renewed_at is 'When it last renewed.';
comment on column workflows.worker.lost_at is 'When it was declared lost.';
comment on column workflows.worker.retired_at is 'When it stopped.';
comment on column workflows.worker.running_count is 'How many workflows it holds.';
comment on column workflows.worker.listen_mode is 'listen: hears of work at once; poll: looks for it.';
comment on column workflows.worker.lease_seconds is 'Length of its lease.';
comment on column workflows.worker.threads is 'Most workflows it runs at once.';
comment on column workflows.worker.queue_ids is 'Queues it works.';
comment on column workflows.worker.worker_name is 'Readable name.';
comment on column workflows.worker.host_name is 'Host.';
comment on column workflows.worker.process_id is 'Process.';
comment on column workflows.worker.library_version is 'Version of the library.';
comment on column workflows.worker.database_user is 'Database user of the session.';
comment on column workflows.worker.started_at is 'When it registered.';

comment on column workflows.worker_definition.worker_id is 'The worker.';
comment on column workflows.worker_definition.workflow_name is 'Name of the registered function.';
comment on column workflows.worker_definition.workflow_version is 'Version of the registered function.';

comment on column workflows.maintenance.maintenance_id is 'Always 1.';
comment on column workflows.maintenance.last_turn_at is 'When maintenance last ran.';
comment on column workflows.maintenance.last_count_at is 'When queues were last counted.';

comment on column workflows.turn.turn_id is 'Always 1.';

comment on column workflows.gate_ticket.gate_id is 'Hash that stands for the partition key or resource.';
comment on column workflows.gate_ticket.priority is 'Lower goes first, -100 to 100.';
comment on column workflows.gate_ticket.ticket_seq is 'Place in the line of this gate.';
comment on column workflows.gate_ticket.workflow_id is 'The workflow.';
comment on column workflows.gate_ticket.queue_id is 'The queue.';
comment on column workflows.gate_ticket.is_holder is 'True: holds the gate.';
comment on column workflows.gate_ticket.is_held is 'True: passed over while its workflow is held.';
comment on column workflows.gate_ticket.gate_name is 'Partition key or resource in words.';

comment on column workflows.wake.wake_id is 'Number.';
comment on column workflows.wake.gate_id is 'Hash that stands for the partition key or resource.';

comment on column workflows.deduplication.workflow_name is 'Name of the registered function.';
comment on column workflows.deduplication.deduplication_id is 'Id that one live workflow of this name holds at a time.';
comment on column workflows.deduplication.workflow_id is 'The workflow.';

comment on column workflows.workflow.workflow_id is 'The workflow.';
comment on column workflows.workflow.lease_token is 'Token of the last claim.';
comment on column workflows.workflow.started_at is 'When it first started.';
comment on column workflows.workflow.ended_at is 'When it ended.';
comment on column workflows.workflow.deadline_at is 'When its time is over.';
comment on column workflows.workflow.held_at is 'Since when it is held.';
comment on column workflows.workflow.lane_id is 'The lane.';
comment on column workflows.workflow.ready_seq is 'Place in the order of arrival.';
comment on column workflows.workflow.ticket_seq is 'Its place in the lines of its gates.';
comment on column workflows.workflow.change_no is 'Counts every change of status.';
comment on column workflows.workflow.attempt is 'Number of the claim.';
comment on column workflows.workflow.failure_count is 'Exceptions so far.';
comment on column workflows.workflow.reclaim_count is 'How often its worker was lost.';
comment on column workflows.workflow.status is 'Where it stands.';
comment on column workflows.workflow.state is 'ISA-88 state that the operator sees.';
comment on column workflows.workflow.reason is 'Why, in words.';
comment on column workflows.workflow.enqueued_at is 'When it was accepted.';
comment on column workflows.workflow.available_at is 'Not claimable before.';
comment on column workflows.workflow.start_before is 'Not started by then: cancelled.';
comment on column workflows.workflow.timeout_seconds is 'Timeout, where the caller named one.';
comment on column workflows.workflow.queue_id is 'The queue.';
comment on column workflows.workflow.workflow_version is 'Version of the registered function.';
comment on column workflows.workflow.max_attempts is 'Tries, where the caller named them.';
comment on column workflows.workflow.priority is 'Lower goes first, -100 to 100.';
comment on column workflows.workflow.workflow_name is 'Name of the registered function.';
comment on column workflows.workflow.on_worker_lost is 'Policy, where the caller named one.';
comment on column workflows.workflow.partition_key is 'Workflows of one queue with the same key run one at a time.';
comment on column workflows.workflow.resources is 'Equipment it needs for itself.';
comment on column workflows.workflow.gate_ids is 'Hashes of key and resources, sorted.';
comment on column workflows.workflow.deduplication_id is 'Id that one live workflow of this name holds at a time.';
comment on column workflows.workflow.parent_workflow_id is 'The workflow that started it.';
comment on column workflows.workflow.enqueued_by is 'Database user that enqueued it.';
comment on column workflows.workflow.actor is 'Who, as the caller said.';

comment on column workflows.workflow_payload.workflow_id is 'The workflow.';
comment on column workflows.workflow_payload.inputs is 'Inputs as JSON text.';

comment on column workflows.workflow_outcome.workflow_id is 'The workflow.';
comment on column workflows.workflow_outcome.result is 'Result as JSON text.';
comment on column workflows.workflow_outcome.error_class is 'Class name of the error.';
comment on column workflows.workflow_outcome.error_message is 'Message of the error.';
comment on column workflows.workflow_outcome.error_traceback is 'Traceback, cut to 8 kB.';
comment on column workflows.workflow_outcome.is_sanitised is 'True: characters that cannot be stored were replaced.';

comment on column workflows.step.workflow_id is 'The workflow.';
comment on column workflows.step.step_key is 'Name of the step, #2 and so on for later calls, after its parent and a slash.';
comment on column workflows.step.kind is 'step, tx (transactional) or sleep.';
comment on column workflows.step.status is 'SUCCESS, ERROR, RETRYING or WAITING.';
comment on column workflows.step.attempts is 'Tries so far.';
comment on column workflows.step.started_at is 'When it began.';
comment on column workflows.step.ended_at is 'When it was recorded.';
comment on column workflows.step.due_at is 'Next try, or end of the sleep.';
comment on column workflows.step.output is 'Output as JSON text.';
comment on column workflows.step.error is 'Error as JSON: class, message, traceback.';

comment on column workflows.failed_workflow.workflow_id is 'The workflow.';
comment on column workflows.failed_workflow.queue_id is 'The queue.';
comment on column workflows.failed_workflow.ended_at is 'When it ended.';

comment on column workflows.command.command_id is 'Number.';
comment on column workflows.command.workflow_id is 'The workflow.';
comment on column workflows.command.command is 'HOLD, RESUME, STOP or CANCEL.';
comment on column workflows.command.actor is 'Who, as the caller said.';
comment on column workflows.command.reason is 'Why, in words.';
comment on column workflows.command.request_id is 'Makes sending it twice harmless.';
comment on column workflows.command.outcome is 'accepted (not obeyed yet), already, rejected, obeyed or overtaken (the workflow ended first).';
comment on column workflows.command.message is 'The answer in words.';
comment on column workflows.command.from_status is 'Status before.';
comment on column workflows.command.from_state is 'State before.';
comment on column workflows.command.to_status is 'Status after.';
comment on column workflows.command.to_state is 'State after.';
comment on column workflows.command.database_user is 'Database user of the session.';
comment on column workflows.command.accepted_at is 'When it was decided.';
comment on column workflows.command.obeyed_at is 'When the workflow obeyed or ended.';

comment on column workflows.audit.audit_id is 'Number.';
comment on column workflows.audit.workflow_id is 'The workflow.';
comment on column workflows.audit.change_no is 'The workflows change that this row tells of.';
comment on column workflows.audit.audited_at is 'When.';
comment on column workflows.audit.event is 'What happened.';
comment on column workflows.audit.status is 'Where it stands.';
comment on column workflows.audit.state is 'ISA-88 state that the operator sees.';
comment on column workflows.audit.attempt is 'Number of the claim.';
comment on column workflows.audit.lease_token is 'Random proof of the right to work on it.';
comment on column workflows.audit.worker_id is 'The worker.';
comment on column workflows.audit.actor is 'Who, as the caller said.';
comment on column workflows.audit.database_user is 'Database user of the session.';
comment on column workflows.audit.reason is 'Why, in words.';
comment on column workflows.audit.detail is 'More, as text.';

comment on column workflows.queue_count.queue_id is 'The queue.';
comment on column workflows.queue_count.enqueued is 'Claimable.';
comment on column workflows.queue_count.delayed is 'Not due.';
comment on column workflows.queue_count.blocked is 'Waiting for a gate.';
comment on column workflows.queue_count.waiting is 'Suspended.';
comment on column workflows.queue_count.held is 'Held.';
comment on column workflows.queue_count.dead_letters is 'Ended in ERROR.';
comment on column workflows.queue_count.counted_at is 'When it was counted.';

-- grants.sql
-- Who may do what. Nobody touches a table; everybody goes through functions and views. Helpers are for the
-- owner alone. Audit cannot be changed by any of these roles.
do $grants$
declare
  v_function record;
begin
  for v_function in
    select p.oid::regprocedure as signature from pg_proc p where p.pronamespace = 'workflows'::regnamespace
  loop
    execute format('revoke all on function %s from public', v_function.signature);
  end loop;
end
$grants$;
alter default privileges for role workflows_owner revoke execute on functions from public;
revoke all on all tables in schema workflows from public;
grant usage on schema workflows to workflows_enqueuer, workflows_worker, workflows_operator, workflows_viewer, workflows_admin;

grant execute on function workflows.schema_version() to
  workflows_enqueuer, workflows_worker, workflows_operator, workflows_viewer, workflows_admin;

grant execute on function workflows.enqueue(text, text, text), workflows.enqueue_many(text) to
  workflows_enqueuer, workflows_worker, workflows_operator, workflows_admin;

grant execute on function workflows.get_workflow(text), workflows.list_workflows(text), workflows.list_steps(text) to
  workflows_enqueuer, workflows_worker, workflows_operator, workflows_admin;

grant execute on function workflows.send_command(text, text, text, text), workflows.cancel_workflow(text, text, text),
  workflows.retry_workflow(text, text) to workflows_operator, workflows_admin;

grant execute on function workflows.register_worker(text, text), workflows.renew_worker(text, text), workflows.retire_worker(text),
  workflows.claim_workflows(text, integer, integer, bigint, boolean, boolean, boolean), workflows.load_workflow(text, text, text),
  workflows.record_steps(text, text), workflows.finish_workflows(text, text), workflows.run_maintenance(integer) to workflows_worker;

grant execute on function workflows.create_queue(text, text), workflows.set_queue(text, text), workflows.pause_queue(text, text, text),
  workflows.resume_queue(text, text, text), workflows.set_setting(text, text, text), workflows.list_settings() to workflows_admin;
grant execute on function workflows.list_queues() to workflows_operator, workflows_viewer, workflows_admin;
grant execute on function workflows.pause_queue(text, text, text), workflows.resume_queue(text, text, text) to workflows_operator;

-- Views run with the rights of their owner, but a function in them is called as the reader.
grant execute on function workflows.queue_figures(integer) to
  workflows_operator, workflows_viewer, workflows_admin, workflows_worker;
grant select on workflows.queue_depth, workflows.workflow_status, workflows.running_workflow, workflows.worker_status,
  workflows.resource_status, workflows.dead_letter, workflows.command_log, workflows.health to
  workflows_operator, workflows_viewer, workflows_admin;
grant select on workflows.queue_depth, workflows.worker_status, workflows.health to workflows_worker;
grant select on workflows.audit, workflows.setting, workflows.queue, workflows.workflow_definition, workflows.schema_migration to workflows_admin;

commit;
