create or replace view workflows.audit_log as
select a.audit_id, a.audited_at, a.event, a.workflow_id::text as workflow_id, w.workflow_name,
  q.queue_name, a.attempt, a.detail, a.old_value, a.new_value, a.actor, a.second_actor, a.reason,
  coalesce(r.worker_name, a.worker_id::text) as worker_name, a.source, a.database_user
from workflows.audit a
left join workflows.workflow w on w.workflow_id = a.workflow_id
left join workflows.queue q on q.queue_id = w.queue_id
left join workflows.worker r on r.worker_id = a.worker_id;
comment on view workflows.audit_log is 'What was done and changed: when, by whom, from where, why.';
comment on column workflows.audit_log.audit_id is 'Number, in order of writing.';
comment on column workflows.audit_log.audited_at is 'When.';
comment on column workflows.audit_log.event is 'What happened.';
comment on column workflows.audit_log.workflow_id is 'The workflow, where it concerns one.';
comment on column workflows.audit_log.workflow_name is 'Name of the registered function.';
comment on column workflows.audit_log.queue_name is 'Name of the workflow''s queue.';
comment on column workflows.audit_log.attempt is 'Number of the claim.';
comment on column workflows.audit_log.detail is 'What was changed, or more of what happened.';
comment on column workflows.audit_log.old_value is
  'What was: status and state, or the value that was configured.';
comment on column workflows.audit_log.new_value is
  'What is: status and state, or the value that is configured.';
comment on column workflows.audit_log.actor is
  'Who, as the caller said; engine where nobody asked for it.';
comment on column workflows.audit_log.second_actor is 'Who confirmed it, as the caller said.';
comment on column workflows.audit_log.reason is 'Why, in words.';
comment on column workflows.audit_log.worker_name is
  'Name of the worker that did it, or its id once the worker is forgotten.';
comment on column workflows.audit_log.source is
  'Application name and client address of the session, or engine.';
comment on column workflows.audit_log.database_user is 'Database user of the session.';
