-- The recorder's side in the database: one row per change of a workflow, a lease, a step, a gate or a
-- worker, written by triggers in the transaction that makes the change, so that no function under test
-- can leave it out. change_id is drawn under the row's lock: per workflow it is the order of commits.
create schema recorder;
create table recorder.change (
  change_id bigint generated always as identity primary key,
  happened_at timestamptz not null default clock_timestamp(),
  transaction_id xid8 not null default pg_current_xact_id(),
  kind text not null,
  workflow_id uuid,
  row jsonb not null,
  before jsonb
);

create function recorder.note() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as $$
declare
  v_row jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
begin
  insert into recorder.change (kind, workflow_id, row, before)
  values (tg_table_name || ' ' || lower(tg_op), (v_row ->> 'workflow_id')::uuid, v_row,
    case when tg_op = 'UPDATE' then to_jsonb(old) end);
  return null;
end
$$;

create trigger note after insert or update or delete on workflows.workflow for each row execute function recorder.note();
create trigger note after insert or delete on workflows.lease for each row execute function recorder.note();
create trigger note after insert or update or delete on workflows.step for each row execute function recorder.note();
create trigger note after update on workflows.worker for each row
  when (old.lost_at is null and new.lost_at is not null) execute function recorder.note();

create table public.tank (tank_id text primary key, filled integer not null default 0);
create table public.filling (workflow_id text not null, step_key text not null);
grant all on public.tank, public.filling to public;
