-- Takes back one lease that the caller has locked. Statuses: RUNNING -> ENQUEUED, or what a waiting
-- command or on_worker_lost says; an order that ends the workflow comes first. 'released': the
-- worker never started it or gave it back, nothing counts, unless on_worker_lost forbids to do a step
-- again that has begun. 'lost': it counts against max_reclaims, never against max_attempts. The token
-- is forgotten, so that whatever its holder still sends is refused, also before the next claim.
create or replace function workflows.reclaim_lease(p_lease workflows.lease, p_cause text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_workflow workflows.workflow%rowtype;
  v_policy text;
  v_is_lost boolean;
  v_is_poison boolean;
  v_is_ending boolean;
begin
  select w.* into v_workflow from workflows.workflow w where w.workflow_id = p_lease.workflow_id for no key update;
  delete from workflows.lease l where l.workflow_id = p_lease.workflow_id;
  select coalesce(v_workflow.on_worker_lost, d.on_worker_lost, 'retry') into v_policy
  from workflows.workflow_definition d
  where d.workflow_name = v_workflow.workflow_name and d.workflow_version = v_workflow.workflow_version;
  v_is_lost := p_lease.is_started
    and (p_cause = 'lost' or v_policy <> 'retry' and workflows.steps_in_doubt(p_lease.workflow_id) <> '');
  if v_is_lost then
    perform workflows.audit_change(array[p_lease.workflow_id], 'worker lost', 'engine', null,
      p_lease.worker_id::text, v_workflow.status || ' ' || v_workflow.state);
  end if;
  update workflows.workflow w set lease_token = null where w.workflow_id = p_lease.workflow_id;
  if not v_is_lost then
    return workflows.settle_leaving(v_workflow, p_lease, 'released', null, null, p_now);
  end if;
  v_is_ending := coalesce(p_lease.control in ('stop', 'cancel', 'timeout', 'abort'), false);
  if v_is_ending and p_lease.handler_no is null then
    return workflows.settle_leaving(v_workflow, p_lease, 'released', null, null, p_now);
  end if;
  update workflows.workflow w set reclaim_count = w.reclaim_count + 1 where w.workflow_id = p_lease.workflow_id;
  v_is_poison := v_workflow.reclaim_count >= workflows.setting_of('max_reclaims')::integer;
  if v_is_ending then
    if v_is_poison then
      return workflows.settle_ending(v_workflow, p_lease.control, true,
        'handler failed: worker lost ' || v_workflow.reclaim_count + 1 || ' times', p_now);
    end if;
    return workflows.settle_leaving(v_workflow, p_lease, 'released', null, null, p_now);
  end if;
  if p_lease.control is not null and (v_policy <> 'retry' or v_is_poison) then
    perform workflows.answer_commands(array[p_lease.workflow_id],
      case when v_policy <> 'hold' or v_is_poison or p_lease.control = 'resume' then 'overtaken'
        when p_lease.handler_no is null then 'obeyed' else 'failed' end, p_now);
  end if;
  if v_policy = 'fail' then
    return workflows.settle_workflow(p_lease.workflow_id, 'ERROR', 'ERROR', 'worker lost', null, null, p_now);
  elsif v_is_poison then
    return workflows.settle_workflow(p_lease.workflow_id, 'ERROR', 'ERROR',
      'worker lost ' || v_workflow.reclaim_count + 1 || ' times', null, null, p_now);
  elsif v_policy = 'hold' then
    return workflows.settle_workflow(p_lease.workflow_id, 'HELD', 'HELD',
      'worker lost' || workflows.steps_in_doubt(p_lease.workflow_id), 'ENQUEUED', null, p_now);
  end if;
  return workflows.settle_leaving(v_workflow, p_lease, 'released', null, null, p_now);
end
$$;
comment on function workflows.reclaim_lease(workflows.lease, text, timestamptz) is
  'Takes back one lease.';

-- The steps whose body had begun and whose result is not recorded, as the end of a sentence: the
-- valve may be half open.
create or replace function workflows.steps_in_doubt(p_workflow_id uuid) returns text
language plpgsql stable
as $$
begin
  return coalesce((
    select ' in step ' || string_agg(s.step_key, ', ' order by s.started_at)
    from workflows.step s where s.workflow_id = p_workflow_id and s.status = 'RUNNING'), '');
end
$$;
comment on function workflows.steps_in_doubt(uuid) is
  'Names the steps of which nobody knows whether they took place.';
