-- Bounded work that any worker does in turn: timers, rates and schedules that are due on every call;
-- once a second, by whoever gets the row, lost workers, deadlines, calendars, the marks of lanes and
-- counts; and some of what is kept no longer. Waits for nobody, but for the deduplication id of a
-- schedule. Answers the milliseconds until the next timer or occurrence, and until it should be
-- called again for the rest of what is kept no longer.
create or replace function workflows.run_maintenance(p_limit integer default 500) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_due integer;
  v_fired integer;
  v_reclaimed integer := 0;
  v_timeouts integer := 0;
  v_next timestamptz;
  v_retention_ms bigint;
begin
  -- first, holding nothing: what it enqueues may meet a deduplication id that an open transaction
  -- has just taken, and waits for it as everybody does
  v_fired := workflows.fire_schedules(least(p_limit, 200), v_now);
  v_due := workflows.release_due(p_limit, v_now);
  perform workflows.release_rates(p_limit, v_now);
  if workflows.take_maintenance(v_now) then
    v_reclaimed := workflows.reclaim_lost(p_limit, v_now);
    v_timeouts := workflows.expire_deadlines(p_limit, v_now);
    perform workflows.set_maintenance_modes(false);
    perform workflows.cancel_in_maintenance(p_limit);
    perform workflows.expire_commands(p_limit, v_now);
    perform workflows.open_queues(v_now);
    perform workflows.sweep_lanes();
    perform workflows.count_queues(v_now);
    perform workflows.forget_workers(v_now);
  end if;
  perform workflows.take_child_orders(least(p_limit, 100));
  v_retention_ms := workflows.retention_turn(v_now);
  perform workflows.take_wake_calls(1000);
  if workflows.fold_new_lanes(false) then perform workflows.admit_gated(); end if;
  v_next := least(
    (select min(p.due_at) from workflows.parked p where p.due_at is not null),
    -- rates are freed in bites: each claim of a busy queue leaves a row
    (select greatest(min(u.expires_at), v_now + interval '50 milliseconds')
     from workflows.rate_use u having count(*) > 0),
    -- one that is due now is in somebody else's hands, or has more than one call may do
    case when v_fired >= least(p_limit, 200) then v_now else (
      select min(s.next_at) from workflows.schedule s
      where not s.is_paused and s.next_at > v_now) end);
  return json_build_object('next_due_ms', case when v_next is not null then greatest(0, ceil(extract(epoch from v_next - v_now) * 1000))::bigint end,
    'again_ms', v_retention_ms,
    'did', json_build_object('due', v_due, 'reclaimed', v_reclaimed, 'timeouts', v_timeouts, 'fired', v_fired))::text;
end
$$;
comment on function workflows.run_maintenance(integer) is
  'Does bounded maintenance and says when the next timer is due.';

-- Whether this call does the turn of this second. A gap since the last turn longer than a lease may
-- have been the database's, not the workers': then every worker gets one fresh lease before any is
-- lost.
create or replace function workflows.take_maintenance(p_now timestamptz) returns boolean
language plpgsql volatile
as $$
declare
  v_last timestamptz;
  v_lease interval := workflows.setting_of('lease_seconds')::float8 * interval '1 second';
begin
  select m.last_turn_at into v_last from workflows.maintenance m where m.maintenance_id = 1 for no key update skip locked;
  if not found or v_last > p_now - least(v_lease / 5, interval '0.9 second') and v_last <= p_now then return false; end if;
  update workflows.maintenance m set last_turn_at = p_now where m.maintenance_id = 1;
  if p_now - v_last > least(v_lease, interval '5 seconds') then
    update workflows.worker w set expires_at = greatest(w.expires_at, p_now + w.lease_seconds * interval '1 second')
    where w.worker_id in (select w2.worker_id from workflows.worker w2 where w2.lost_at is null and w2.retired_at is null
                          for no key update skip locked);
  end if;
  return true;
end
$$;
comment on function workflows.take_maintenance(timestamptz) is
  'Takes the maintenance turn of this second.';

-- Timers. Statuses: DELAYED, WAITING -> ENQUEUED; past start_before or the deadline -> CANCELLED.
create or replace function workflows.release_due(p_limit integer, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_due uuid[];
  v_free uuid[];
  v_late uuid[];
begin
  if exists (select from workflows.ready r where r.start_before <= p_now) then
    with locked as materialized (
      select r.lane_id, r.ready_seq from workflows.ready r where r.start_before <= p_now
      order by r.start_before limit p_limit for update skip locked),
    gone as (
      delete from workflows.ready r using locked k
      where r.lane_id = any (array[k.lane_id]) and r.ready_seq = k.ready_seq returning r.workflow_id)
    select array_agg(g.workflow_id) into v_late from gone g;
    if v_late is not null then perform workflows.expire_unstarted(v_late, p_now); end if;
  end if;
  if not exists (select from workflows.parked p where p.due_at <= p_now) then return 0; end if;
  with locked as materialized (
    select p.workflow_id from workflows.parked p where p.due_at <= p_now order by p.due_at limit p_limit for update skip locked),
  gone as (
    delete from workflows.parked p using locked k
    where p.workflow_id = any (array[k.workflow_id]) returning p.workflow_id, p.status)
  select array_agg(g.workflow_id),
    array_agg(g.workflow_id) filter (where g.status in ('DELAYED', 'WAITING')
      and w.control is null and coalesce(w.deadline_at > p_now, true)
      and (w.started_at is not null or coalesce(w.start_before > p_now, true)))
  into v_due, v_free from gone g join workflows.workflow w on w.workflow_id = g.workflow_id;
  if v_free is not null then perform workflows.requeue_workflows(v_free); end if;
  perform workflows.end_due(w, p_now)
  from unnest(v_due) d(workflow_id) join workflows.workflow w on w.workflow_id = d.workflow_id
  where not coalesce(d.workflow_id = any (v_free), false);
  return coalesce(cardinality(v_due), 0);
end
$$;
comment on function workflows.release_due(integer, timestamptz) is
  'Moves workflows whose time has come.';

-- The time of one that waited is over, or the lease of one that was aborted. Statuses: -> CANCELLED
-- or ABORTED, or ENQUEUED where a handler runs first.
create or replace function workflows.end_due(p_workflow workflows.workflow, p_now timestamptz)
returns text
language plpgsql volatile
as $$
declare
  v_order text := coalesce(p_workflow.control, 'timeout');
  v_handler_no integer := workflows.next_handler_no(p_workflow, v_order);
  v_reason text := case when p_workflow.control is not null then p_workflow.reason
    when p_workflow.started_at is null then 'not started before its start_before'
    else 'timeout' end;
begin
  if v_handler_no is not null then
    return workflows.requeue_ordered(p_workflow, v_order, v_handler_no, v_reason, p_now);
  end if;
  if p_workflow.control is null then
    perform workflows.answer_commands(array[p_workflow.workflow_id], 'overtaken', p_now);
  end if;
  return workflows.settle_ending(p_workflow, v_order, false, v_reason, p_now);
end
$$;
comment on function workflows.end_due(workflows.workflow, timestamptz) is
  'Ends a workflow whose time is over.';

-- Declares workers lost that have not renewed, then takes their leases back, a bounded number per
-- turn.
create or replace function workflows.reclaim_lost(p_limit integer, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_lease workflows.lease%rowtype;
  v_count integer := 0;
begin
  update workflows.worker w set lost_at = p_now
  where w.worker_id in (select w2.worker_id from workflows.worker w2
    where w2.lost_at is null and w2.retired_at is null and w2.expires_at <= p_now for no key update skip locked);
  for v_lease in
    select l.* from workflows.worker w join workflows.lease l on l.worker_id = any (array[w.worker_id])
    where w.lost_at is not null or w.retired_at is not null
    limit p_limit for update of l skip locked
  loop
    perform workflows.reclaim_lease(v_lease, 'lost', p_now);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function workflows.reclaim_lost(integer, timestamptz) is
  'Takes back the leases of lost workers.';

-- Deadlines of running workflows: asks the worker to stop. States: -> CANCELLING.
create or replace function workflows.expire_deadlines(p_limit integer, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_workers uuid[];
  v_told uuid[];
begin
  if not exists (
    select from workflows.lease l
    where l.deadline_at <= p_now and l.is_started
      and coalesce(l.control, 'hold') in ('hold', 'pause', 'resume')) then
    return 0;
  end if;
  with locked as materialized (
    select l.workflow_id from workflows.lease l
    where l.deadline_at <= p_now and l.is_started
      and coalesce(l.control, 'hold') in ('hold', 'pause', 'resume')
    order by l.deadline_at limit p_limit for no key update skip locked),
  told as (
    update workflows.lease l set control = 'timeout', handler_no = workflows.next_handler_no(w, 'timeout')
    from locked k join workflows.workflow w on w.workflow_id = k.workflow_id
    where l.workflow_id = any (array[k.workflow_id])
    returning l.workflow_id, l.worker_id),
  moved as (
    update workflows.workflow w set state = 'CANCELLING', reason = 'timeout', change_no = w.change_no + 1
    from told t where w.workflow_id = t.workflow_id)
  select array_agg(t.worker_id), array_agg(t.workflow_id) into v_workers, v_told from told t;
  if v_told is null then return 0; end if;
  perform workflows.answer_commands(v_told, 'overtaken', p_now);
  perform workflows.audit_change(v_told, 'timeout', null, null, null);
  perform workflows.notify_workers('w:' || w) from unnest(v_workers) w group by w;
  return coalesce(cardinality(v_workers), 0);
end
$$;
comment on function workflows.expire_deadlines(integer, timestamptz) is
  'Asks workers to stop workflows whose time is over.';

-- Looks for rows that committed late, below the mark of their lane, and moves the mark back to
-- them; and proves the floor, below which nothing can come any more: a mark noted in one turn and
-- dated with a transaction id in the next is safe once every transaction older than that id has
-- ended.
create or replace function workflows.sweep_lanes() returns integer
language plpgsql volatile
as $$
declare
  v_lane workflows.lane%rowtype;
  v_first bigint;
  v_horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_count integer := 0;
begin
  for v_lane in select l.* from workflows.lane l where l.low > l.floor for no key update skip locked loop
    select r.ready_seq into v_first from workflows.ready r
    where r.lane_id = v_lane.lane_id and r.ready_seq > v_lane.floor and r.ready_seq <= v_lane.low order by r.ready_seq limit 1;
    if v_lane.candidate is null then
      v_lane.candidate := v_lane.low;
    elsif v_lane.candidate_xid is null then
      v_lane.candidate_xid := pg_current_xact_id();
    elsif v_lane.candidate_xid < v_horizon then
      if v_first is null or v_first > v_lane.candidate then v_lane.floor := greatest(v_lane.floor, v_lane.candidate); end if;
      v_lane.candidate := null;
      v_lane.candidate_xid := null;
    end if;
    update workflows.lane l set low = coalesce(v_first - 1, l.low), floor = v_lane.floor, candidate = v_lane.candidate,
      candidate_xid = v_lane.candidate_xid
    where l.lane_id = v_lane.lane_id;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function workflows.sweep_lanes() is 'Corrects the marks of lanes.';

-- Exact counts, every five seconds, of queues too long to count live.
create or replace function workflows.count_queues(p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_last timestamptz;
  v_count integer;
begin
  select m.last_count_at into v_last from workflows.maintenance m where m.maintenance_id = 1;
  if v_last > p_now - interval '5 seconds' then return 0; end if;
  update workflows.maintenance m set last_count_at = p_now where m.maintenance_id = 1;
  insert into workflows.queue_count as c (queue_id, enqueued, delayed, blocked, waiting, held, dead_letters, counted_at)
  select q.queue_id, workflows.count_ready(q.queue_id, null), p.delayed, p.blocked, p.waiting, p.held,
    (select count(*) from workflows.failed_workflow f where f.queue_id = q.queue_id), p_now
  from workflows.queue q cross join lateral (
    select count(*) filter (where p.status = 'DELAYED') as delayed, count(*) filter (where p.status = 'BLOCKED') as blocked,
      count(*) filter (where p.status = 'WAITING') as waiting, count(*) filter (where p.status = 'HELD') as held
    from workflows.parked p where p.queue_id = q.queue_id) p
  on conflict (queue_id) do update set enqueued = excluded.enqueued, delayed = excluded.delayed, blocked = excluded.blocked,
    waiting = excluded.waiting, held = excluded.held, dead_letters = excluded.dead_letters, counted_at = excluded.counted_at;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.count_queues(timestamptz) is 'Refreshes the exact counts of queues.';

create or replace function workflows.forget_workers(p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  delete from workflows.worker w where coalesce(w.lost_at, w.retired_at) < p_now - interval '1 day'
    and not exists (select from workflows.lease l where l.worker_id = w.worker_id);
  get diagnostics v_count = row_count;
  if v_count > 0 then
    delete from workflows.worker_definition d where not exists (select from workflows.worker w where w.worker_id = d.worker_id);
    delete from workflows.drain_order o
    where not exists (select from workflows.worker w where w.worker_id = o.worker_id);
  end if;
  return v_count;
end
$$;
comment on function workflows.forget_workers(timestamptz) is
  'Forgets workers that ended a day ago.';
