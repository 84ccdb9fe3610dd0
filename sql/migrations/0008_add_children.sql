-- Children: who was started by whom and follows its orders, what a parent waits for, and orders on
-- their way to children. New tables, and columns without a default: no row is rewritten, and each
-- lock is a moment.

-- Old rows fit the wider list, so nobody has to read them again to prove it.
-- squawk-ignore ban-drop-constraint
alter table workflows.step drop constraint if exists step_kind;
alter table workflows.step add constraint step_kind check (kind in (
  'step', 'tx', 'sleep', 'handler', 'command', 'value', 'event', 'stream', 'progress', 'send',
  'receive', 'get_event', 'prompt', 'child', 'await')) not valid;

create table workflows.child (
  workflow_id uuid primary key,
  parent_workflow_id uuid not null,
  step_key text,
  child_no integer not null,
  policy text not null constraint child_policy check (policy in ('follow', 'cancel', 'leave'))
);
create index child_parent on workflows.child (parent_workflow_id, workflow_id);
comment on table workflows.child is
  'Which workflow started which other, and what becomes of its orders there.';

insert into workflows.child (workflow_id, parent_workflow_id, child_no, policy)
select w.workflow_id, w.parent_workflow_id, 1, 'leave'
from workflows.workflow w where w.parent_workflow_id is not null;

create table workflows.child_order (
  child_order_id bigint generated always as identity primary key,
  workflow_id uuid not null,
  parent_workflow_id uuid not null,
  command text not null,
  reason text not null,
  request_id uuid not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index child_order_workflow on workflows.child_order (workflow_id, child_order_id);
comment on table workflows.child_order is
  'Orders of parents that their children have still to be given.';

alter table workflows.wait
  add column awaited uuid[],
  add column is_any boolean,
  add column seen_count integer;

alter table workflows.workflow_outcome add column failed_steps text[];

insert into workflows.setting (
  setting_name, setting_value, value_type, minimum, maximum, description)
values ('max_child_depth', '16', 'integer', 1, 1000,
  'How deep children may start children: a workflow that starts itself for ever is refused there.');
