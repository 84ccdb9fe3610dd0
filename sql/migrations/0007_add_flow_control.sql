-- Rate limits of queues and of their partition keys, windows of deduplication, and steps that say
-- when they begin. queue has a few rows, so that giving it a stored column is a moment.

-- squawk-ignore ban-drop-function
drop function if exists workflows.lock_limited;
-- squawk-ignore ban-drop-function
drop function if exists workflows.gate_head;
-- squawk-ignore ban-drop-function
drop function if exists workflows.take_deduplication_id;

alter type workflows.enqueue_request add attribute deduplication_seconds float8;
alter type workflows.enqueue_request add attribute debounce_limit_seconds float8;

alter table workflows.deduplication add column expires_at timestamptz;

alter table workflows.queue
  add column rate_limit integer constraint queue_rate_limit check (rate_limit > 0),
  add column rate_seconds float8
    constraint queue_rate_seconds check (rate_seconds between 0.001 and 31622400),
  add column key_rate_limit integer constraint queue_key_rate_limit check (key_rate_limit > 0),
  add column key_rate_seconds float8
    constraint queue_key_rate_seconds check (key_rate_seconds between 0.001 and 31622400),
  add constraint queue_rate check ((rate_limit is null) = (rate_seconds is null)) not valid,
  add constraint queue_key_rate
    check ((key_rate_limit is null) = (key_rate_seconds is null)) not valid;

alter table workflows.queue add column is_limited boolean not null
  -- squawk-ignore adding-field-with-default
  generated always as (max_running is not null or rate_limit is not null) stored;

create table workflows.rate_use (
  rate_use_id bigint generated always as identity,
  queue_id integer not null,
  gate_id bigint not null default 0,
  used integer not null,
  expires_at timestamptz not null,
  primary key (expires_at, rate_use_id)
);
create index rate_use_place on workflows.rate_use (queue_id, gate_id, expires_at);
comment on table workflows.rate_use is
  'What was taken of the rate limits, until it is free again; gate_id 0 is the queue as a whole.';

-- Old rows fit the wider list, so nobody has to read them again to prove it.
-- squawk-ignore ban-drop-constraint
alter table workflows.step drop constraint if exists step_status;
alter table workflows.step add constraint step_status
  check (status in ('SUCCESS', 'ERROR', 'RETRYING', 'WAITING', 'RUNNING')) not valid;
