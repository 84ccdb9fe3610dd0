-- One worker can be told to claim nothing more. In a table of its own: an order in a transaction
-- that stays open must not keep the worker from renewing its row.
create table workflows.drain_order (
  worker_id uuid primary key,
  reason text,
  ordered_by text not null,
  ordered_at timestamptz not null
);
comment on table workflows.drain_order is 'Workers that were told to claim nothing more.';
