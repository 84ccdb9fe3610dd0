-- Locks a live workflow by its hot row, then its record, and returns the record; an ended one is
-- returned as it is, and retention does not remove it before this transaction has ended. Waits for a
-- claim, finish or removal in progress and then looks again, holding nothing meanwhile, so it is
-- never part of a circle; nor is who takes the lease away, since a record in progress is over by then.
create or replace function workflows.lock_workflow(
  p_workflow_id uuid, p_takes_lease boolean) returns workflows.workflow
language plpgsql volatile
as $$
declare
  v_workflow workflows.workflow%rowtype;
begin
  loop
    select w.* into v_workflow from workflows.workflow w where w.workflow_id = p_workflow_id;
    if not found then
      perform workflows.refuse('WF003', jsonb_build_object('workflow_id', p_workflow_id), 'there is no workflow with this id');
    end if;
    if v_workflow.ended_at is not null then
      perform from workflows.workflow w where w.workflow_id = p_workflow_id for key share;
      continue when not found;
      return v_workflow;
    end if;
    if v_workflow.status = 'RUNNING' and p_takes_lease then
      perform from workflows.lease l where l.workflow_id = p_workflow_id for update;
    elsif v_workflow.status = 'RUNNING' then
      perform from workflows.lease l where l.workflow_id = p_workflow_id for no key update;
    elsif v_workflow.status = 'ENQUEUED' then
      perform from workflows.ready r where r.lane_id = v_workflow.lane_id and r.ready_seq = v_workflow.ready_seq
        and r.workflow_id = p_workflow_id for update;
    else
      perform from workflows.parked p where p.workflow_id = p_workflow_id for update;
    end if;
    if found then
      select w.* into v_workflow from workflows.workflow w where w.workflow_id = p_workflow_id for no key update;
      return v_workflow;
    end if;
  end loop;
end
$$;
comment on function workflows.lock_workflow(uuid, boolean) is
  'Locks a live workflow and returns its record.';
