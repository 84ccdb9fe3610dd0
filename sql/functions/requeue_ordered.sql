-- Sends a workflow to the queue with an order that its handler must carry out first, whoever
-- claims it: HOLDING, RESUMING, STOPPING or ABORTING. The caller has locked it and removed its
-- hot row. Statuses: any live -> ENQUEUED. Time held does not count against the timeout.
create or replace function workflows.requeue_ordered(
  p_workflow workflows.workflow, p_order text, p_handler_no integer, p_reason text,
  p_now timestamptz) returns text
language plpgsql volatile
as $$
begin
  update workflows.workflow w set control = p_order, handler_no = p_handler_no, reason = p_reason,
    status = 'ENQUEUED', held_at = null,
    resume_no = case p_order when 'resume' then p_handler_no else w.resume_no end,
    deadline_at = w.deadline_at + coalesce(p_now - w.held_at, interval '0'),
    state = case p_order when 'hold' then 'HOLDING' when 'resume' then 'RESUMING'
      when 'abort' then 'ABORTING' else 'STOPPING' end
  where w.workflow_id = p_workflow.workflow_id;
  perform workflows.requeue_workflows(array[p_workflow.workflow_id]);
  return 'ENQUEUED';
end
$$;
comment on function workflows.requeue_ordered(
  workflows.workflow, text, integer, text, timestamptz) is
  'Sends a workflow to the queue with an order that it must carry out.';
