-- Makes workflows claimable that the caller has locked and whose hot row it has removed. Statuses:
-- any live -> ENQUEUED. One that has started, or that got its gates, comes back ahead of new work
-- of its priority, with a fresh place, so that the marks of lane only move forward; the others
-- queue as new. One with an order goes ahead of everything, to workers that are full as well.
create or replace function workflows.requeue_workflows(p_workflow_ids uuid[]) returns integer
language plpgsql volatile
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_queues integer[];
  v_ordered integer[];
begin
  perform pg_current_xact_id();
  with placed as materialized (
    select o.workflow_id, o.kind, nextval('workflows.ready_seq') as new_seq from (
      select w.workflow_id, case
          when w.control is not null and w.control <> 'resume' then 'command'
          when w.gate_ids is not null and w.ticket_seq is null then 'gated'
          when w.gate_ids is not null or w.started_at is not null then 'returning'
          else workflows.lane_kind(null, w.on_worker_lost) end as kind
      from unnest(p_workflow_ids) i(workflow_id) join workflows.workflow w on w.workflow_id = i.workflow_id
      order by w.ready_seq) o),
  moved as (
    update workflows.workflow w
    set status = 'ENQUEUED', held_at = null, change_no = w.change_no + 1, ready_seq = p.new_seq,
      state = case when w.control is not null then w.state
        when w.started_at is null then 'IDLE' else 'RUNNING' end,
      lane_id = workflows.lane_key(w.queue_id, w.workflow_name, w.workflow_version, w.priority, p.kind)
    from placed p where w.workflow_id = p.workflow_id
    returning w.workflow_id, w.lane_id, w.ready_seq, w.queue_id, w.workflow_name, w.workflow_version, w.priority, p.kind,
      case when w.started_at is null then w.start_before end as start_before),
  queued as (
    insert into workflows.ready (lane_id, ready_seq, workflow_id, start_before, ready_at)
    select m.lane_id, m.ready_seq, m.workflow_id, m.start_before, v_now from moved m),
  lanes as (
    insert into workflows.new_lane (lane_id, queue_id, workflow_name, workflow_version, priority, kind)
    select distinct m.lane_id, m.queue_id, m.workflow_name, m.workflow_version, m.priority, m.kind
    from moved m where not exists (select from workflows.lane l where l.lane_id = m.lane_id))
  select array_agg(distinct m.queue_id),
    array_agg(distinct m.queue_id) filter (where m.kind = 'command')
  into v_queues, v_ordered from moved m;
  if v_queues is null then return 0; end if;
  if v_ordered is not null then
    perform workflows.notify_workers(q::text) from unnest(v_ordered) q;
  end if;
  perform workflows.audit_change(p_workflow_ids, 'enqueued', null, null, null);
  return workflows.notify_idle(v_queues);
end
$$;
comment on function workflows.requeue_workflows(uuid[]) is 'Makes locked workflows claimable.';
