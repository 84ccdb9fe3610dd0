-- The whole command model: PAUSE, ABORT and RESET, handlers that run before a workflow is held,
-- goes on or ends, orders that wait in the queue for a worker, and the table of transitions.
-- Constant defaults: no table is rewritten, each lock is a moment. Hot tables are locked before
-- workflow, as everywhere.

-- squawk-ignore ban-drop-function
drop function if exists workflows.apply_command;
-- squawk-ignore ban-drop-function
drop function if exists workflows.control_running;
-- squawk-ignore ban-drop-function
drop function if exists workflows.settle_error;
-- squawk-ignore ban-drop-function
drop function if exists workflows.settle_leaving;
-- squawk-ignore ban-drop-function
drop function if exists workflows.settle_ending;
-- squawk-ignore ban-drop-function
drop function if exists workflows.hold_waiting;
-- squawk-ignore ban-drop-function
drop function if exists workflows.command_message;

-- Old rows fit the narrower lists, so nobody has to read them again to prove it.
-- squawk-ignore ban-drop-constraint
alter table workflows.lease drop constraint if exists lease_control;
alter table workflows.lease
  add column handler_no integer,
  add constraint lease_control check (
    control in ('hold', 'pause', 'resume', 'stop', 'cancel', 'timeout', 'abort')) not valid,
  add constraint lease_handler check (handler_no is null or control is not null) not valid;

alter table workflows.workflow
  add column control text,
  add column handler_no integer,
  add column resume_no integer,
  add column retry_at timestamptz,
  add column previous_workflow_id uuid;

-- squawk-ignore ban-drop-constraint
alter table workflows.command drop constraint if exists command_outcome;
alter table workflows.command
  add column topic text,
  add column expires_at timestamptz,
  add column new_workflow_id uuid,
  add column second_actor text,
  add constraint command_outcome check (outcome in (
    'accepted', 'already', 'rejected', 'obeyed', 'overtaken', 'failed', 'expired')) not valid;
create index command_expiring on workflows.command (expires_at)
  where outcome = 'accepted' and expires_at is not null;

alter table workflows.queue add column requires_reason boolean not null default false;

alter table workflows.workflow_definition
  add column handlers text[] not null default '{}'
    constraint workflow_definition_handlers
    check (handlers <@ '{on_hold,on_resume,on_stop,on_abort}'::text[]);

create table workflows.transition (
  command text not null,
  from_state text not null,
  outcome text not null
    constraint transition_outcome check (outcome in ('accepted', 'already', 'rejected')),
  through_state text,
  to_state text not null,
  primary key (command, from_state),
  constraint transition_moves check (outcome = 'accepted' or through_state is null)
);
comment on table workflows.transition is
  'What each command does in each state: the model that send_command looks up.';

-- Live states with what stands against an order there; whatever is not named is rejected.
insert into workflows.transition (command, from_state, outcome, through_state, to_state)
select c.command, s.state, coalesce(t.outcome, 'rejected'), t.through_state,
  coalesce(t.to_state, s.state)
from unnest('{ABORT,STOP,CANCEL,HOLD,PAUSE,RESUME,RESET}'::text[]) c(command)
cross join unnest(('{IDLE,STARTING,RUNNING,HOLDING,HELD,RESUMING,PAUSING,PAUSED,STOPPING,STOPPED,'
  'ABORTING,ABORTED,CANCELLING,CANCELLED,COMPLETE,ERROR}')::text[]) s(state)
left join lateral (
  select * from (values
    ('HOLD', '{IDLE,PAUSED}', 'accepted', null, 'HELD'),
    ('HOLD', '{STARTING,RUNNING,RESUMING,PAUSING}', 'accepted', 'HOLDING', 'HELD'),
    ('HOLD', '{HOLDING,HELD}', 'already', null, null),
    ('PAUSE', '{IDLE}', 'accepted', null, 'PAUSED'),
    ('PAUSE', '{STARTING,RUNNING,RESUMING}', 'accepted', 'PAUSING', 'PAUSED'),
    ('PAUSE', '{PAUSING,PAUSED,HOLDING,HELD}', 'already', null, null),
    ('RESUME', '{HELD}', 'accepted', 'RESUMING', 'RUNNING'),
    ('RESUME', '{PAUSED,HOLDING,PAUSING}', 'accepted', null, 'RUNNING'),
    ('RESUME', '{STARTING,RUNNING,RESUMING}', 'already', null, null),
    ('STOP', '{IDLE}', 'accepted', null, 'STOPPED'),
    ('STOP', '{STARTING,RUNNING,HOLDING,HELD,RESUMING,PAUSING,PAUSED}', 'accepted', 'STOPPING',
      'STOPPED'),
    ('STOP', '{STOPPING,CANCELLING,ABORTING,STOPPED}', 'already', null, null),
    ('CANCEL', '{IDLE}', 'accepted', null, 'CANCELLED'),
    ('CANCEL', '{STARTING,RUNNING,HOLDING,HELD,RESUMING,PAUSING,PAUSED}', 'accepted',
      'CANCELLING', 'CANCELLED'),
    ('CANCEL', '{STOPPING,CANCELLING,ABORTING,CANCELLED}', 'already', null, null),
    ('ABORT', '{IDLE}', 'accepted', null, 'ABORTED'),
    ('ABORT', '{STARTING,RUNNING,HOLDING,HELD,RESUMING,PAUSING,PAUSED,STOPPING,CANCELLING}',
      'accepted', 'ABORTING', 'ABORTED'),
    ('ABORT', '{ABORTING,ABORTED}', 'already', null, null),
    ('RESET', '{STOPPED,ABORTED,ERROR}', 'accepted', null, null)
  ) t(command, states, outcome, through_state, to_state)
  where t.command = c.command and s.state = any (t.states::text[])) t on true;
