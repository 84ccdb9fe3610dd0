create or replace view workflows.command_log as
select c.command_id, c.workflow_id::text as workflow_id, w.workflow_name, c.command, c.actor, c.reason, c.outcome, c.message,
  c.from_status, c.from_state, c.to_status, c.to_state, c.database_user, c.accepted_at, c.obeyed_at,
  c.topic, c.expires_at, c.new_workflow_id::text as new_workflow_id, c.second_actor
from workflows.command c
left join workflows.workflow w on w.workflow_id = c.workflow_id;
comment on view workflows.command_log is
  'Every order to a workflow: who, when, why, and what became of it.';
comment on column workflows.command_log.command_id is 'Number.';
comment on column workflows.command_log.workflow_id is 'The workflow.';
comment on column workflows.command_log.workflow_name is 'Name of the registered function.';
comment on column workflows.command_log.command is
  'HOLD, PAUSE, RESUME, STOP, CANCEL, ABORT or RESET.';
comment on column workflows.command_log.actor is 'Who, as the caller said.';
comment on column workflows.command_log.reason is 'Why, in words.';
comment on column workflows.command_log.outcome is
  'accepted (not obeyed yet), already, rejected, obeyed, failed (its handler raised), overtaken '
  '(by another order or the end of the workflow) or expired.';
comment on column workflows.command_log.message is 'The answer in words.';
comment on column workflows.command_log.from_status is 'Status before.';
comment on column workflows.command_log.from_state is 'State before.';
comment on column workflows.command_log.to_status is 'Status after.';
comment on column workflows.command_log.to_state is 'State after.';
comment on column workflows.command_log.database_user is 'Database user of the session.';
comment on column workflows.command_log.accepted_at is 'When it was decided.';
comment on column workflows.command_log.obeyed_at is 'When the workflow obeyed or ended.';
comment on column workflows.command_log.topic is
  'Topic under which the workflow asks for commands.';
comment on column workflows.command_log.expires_at is
  'Not obeyed by then, it lapses; null: never, or its handler has begun.';
comment on column workflows.command_log.new_workflow_id is
  'Workflow that a RESET has enqueued.';
comment on column workflows.command_log.second_actor is 'Who signed as well.';
