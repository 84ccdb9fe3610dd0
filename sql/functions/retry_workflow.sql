-- Sends an ended workflow back to work: recorded steps are kept, failed ones forgotten, the tries
-- start again. Statuses: ERROR, CANCELLED, STOPPED -> ENQUEUED. Takes its deduplication id again or
-- is refused. Options: actor, reason.
create or replace function workflows.retry_workflow(p_workflow_id text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_id uuid := workflows.read_uuid(p_workflow_id, 'workflow_id');
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{actor,reason}');
  v_workflow workflows.workflow%rowtype;
  v_request workflows.enqueue_request;
  v_problem jsonb;
begin
  select w.* into v_workflow from workflows.workflow w where w.workflow_id = v_id for no key update;
  if not found then
    perform workflows.refuse('WF003', jsonb_build_object('workflow_id', p_workflow_id), 'there is no workflow with this id');
  elsif v_workflow.status not in ('ERROR', 'CANCELLED', 'STOPPED') then
    perform workflows.refuse('WF009', jsonb_build_object('workflow_id', p_workflow_id, 'status', v_workflow.status),
      'only a workflow in ERROR, CANCELLED or STOPPED can be retried; this one is ' || v_workflow.status);
  end if;
  if v_workflow.deduplication_id is not null then
    v_request.workflow_name := v_workflow.workflow_name;
    v_request.deduplication_id := v_workflow.deduplication_id;
    v_request.workflow_id := v_id;
    v_request.on_duplicate := 'reject';
    v_problem := workflows.take_deduplication_id(v_request, v_now);
    if v_problem is not null then
      perform workflows.refuse('WF006', v_problem - 'code', 'deduplication_id ' || (v_problem ->> 'problem'));
    end if;
  end if;
  delete from workflows.failed_workflow f where f.workflow_id = v_id;
  perform workflows.forget_failed_steps(v_id);
  perform workflows.forget_waits(v_id);
  delete from workflows.workflow_outcome o where o.workflow_id = v_id;
  update workflows.workflow w set ended_at = null, failure_count = 0, reclaim_count = 0, reason = null, ticket_seq = null,
    deadline_at = null, start_before = case when w.start_before > v_now then w.start_before end, status = 'ENQUEUED', state = 'IDLE'
  where w.workflow_id = v_id;
  perform workflows.requeue_workflows(array[v_id]);
  perform workflows.audit_change(array[v_id], 'retried', workflows.option_actor(v_options),
    v_options ->> 'reason', null, v_workflow.status || ' ' || v_workflow.state);
  return json_build_object('workflow_id', v_id, 'outcome', 'accepted', 'status', 'ENQUEUED', 'attempt', v_workflow.attempt)::text;
end
$$;
comment on function workflows.retry_workflow(text, text) is 'Sends an ended workflow back to work.';
