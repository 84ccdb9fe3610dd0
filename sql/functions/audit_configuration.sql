-- Writes the audit row of a change that concerns no single workflow: p_detail names what was
-- changed, the values say what was and what is.
create or replace function workflows.audit_configuration(
  p_event text, p_detail text, p_old_value text, p_new_value text, p_actor text,
  p_reason text default null, p_worker_id uuid default null, p_second_actor text default null)
returns bigint
language sql volatile
as $$
  insert into workflows.audit (audited_at, event, detail, old_value, new_value, actor, reason,
    worker_id, second_actor, database_user, source)
  values (workflows.clock_now(), p_event, p_detail, p_old_value, p_new_value, p_actor, p_reason,
    p_worker_id, p_second_actor, session_user, workflows.session_source())
  returning audit_id
$$;
comment on function workflows.audit_configuration(
  text, text, text, text, text, text, uuid, text) is
  'Audits a change that concerns no single workflow.';
