-- Gateways beside processes: which node may claim, maintenance that every worker obeys, and what
-- the in-memory buffers could not enqueue. Constant defaults: no table is rewritten, each lock is a
-- moment.

alter type workflows.enqueue_request add attribute allow_during_maintenance boolean;

-- Others take their place; without parentheses, since they stand only where 0001 was released.
-- squawk-ignore ban-drop-function
drop function if exists workflows.queue_problem;
-- squawk-ignore ban-drop-function
drop function if exists workflows.insert_workflow;
-- squawk-ignore ban-drop-function
drop function if exists workflows.take_ready;
-- squawk-ignore ban-drop-function
drop function if exists workflows.lock_limited;

alter table workflows.queue
  add column run_on text not null default 'active'
    constraint queue_run_on check (run_on in ('active', 'any', 'prefer_active')),
  add column maintenance_mode text
    constraint queue_maintenance_mode check (maintenance_mode in ('drain', 'cancel'));

alter table workflows.worker
  add column role text not null default 'process',
  add column is_active boolean not null default true,
  add column is_draining boolean not null default false,
  add column project_name text,
  add column generation bigint;

create table workflows.maintenance_order (
  queue_id integer primary key,
  mode text not null constraint maintenance_order_mode check (mode in ('drain', 'cancel')),
  reason text,
  entered_by text not null,
  entered_at timestamptz not null
);
comment on table workflows.maintenance_order is
  'Maintenance that was entered, for one queue or for all.';

create table workflows.rejected_entry (
  workflow_id text primary key,
  entry text not null,
  problem text not null,
  origin text,
  rejected_at timestamptz not null,
  resolved_at timestamptz,
  resolved_by text,
  resolution text
    constraint rejected_entry_resolution check (resolution in ('retried', 'discarded')),
  constraint rejected_entry_resolved check (
    (resolved_at is null) = (resolution is null) and (resolved_at is null) = (resolved_by is null))
);
create index rejected_entry_rejected on workflows.rejected_entry (rejected_at);
comment on table workflows.rejected_entry is
  'Entries that a buffer had accepted and the database refused: kept until somebody decides.';
