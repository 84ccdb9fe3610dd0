-- Claims workflows for one worker: up to p_start_now to start at once, up to p_prefetch more from
-- lanes where that harms nobody. Statuses: ENQUEUED -> RUNNING. Waits for nobody: every lock is skip
-- locked. A claim that comes back short marks its session idle, of one worker that may claim from all
-- its queues, so that enqueue knows whom to notify. p_is_idle: it is marked, and stays so if short
-- again: what commits meanwhile notifies, so one look is enough. The same p_request_no with
-- p_is_resend answers the same workflows again.
create or replace function workflows.claim_workflows(
  p_worker_id text, p_start_now integer, p_prefetch integer default 0, p_request_no bigint default 0,
  p_is_resend boolean default false, p_may_idle boolean default false, p_is_idle boolean default false) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_worker uuid := p_worker_id::uuid;
  v_all_queues integer[];
  v_queues integer[];
  v_is_active boolean;
  v_is_draining boolean;
  v_lease_seconds float8;
  v_claimed integer := 0;
  v_more integer;
  v_is_contended boolean := false;
  v_is_idle boolean := false;
  v_is_quiet boolean;
  v_retry_ms integer;
begin
  select w.queue_ids, w.is_active, w.is_draining or exists (
      select from workflows.drain_order o where o.worker_id = v_worker), w.lease_seconds
  into v_all_queues, v_is_active, v_is_draining, v_lease_seconds
  from workflows.worker w
  where w.worker_id = v_worker and w.lost_at is null and w.retired_at is null for share;
  if not found then
    perform workflows.refuse('WF001', jsonb_build_object('worker_id', p_worker_id),
      'this worker is not registered or was declared lost; register again under a new id');
  end if;
  perform workflows.limit_open_transaction(v_lease_seconds);
  -- before the look: who did not see the mark has committed by then, or we come back
  if p_is_idle then v_is_quiet := workflows.is_quiet(v_all_queues); end if;
  if not pg_try_advisory_xact_lock_shared(hashtext('workflows.maintenance'), 0) then
    v_retry_ms := 5;  -- get_maintenance waits for claims in progress before it counts
  elsif not p_is_resend and not v_is_draining then
    v_queues := v_all_queues;
    if not v_is_active then v_queues := workflows.queues_of_inactive(v_all_queues, v_now); end if;
    if workflows.take_child_orders(50) = 50 then v_retry_ms := 5; end if;
    perform workflows.take_wake_calls(200);
    if exists (select from workflows.new_lane) and not workflows.fold_new_lanes(false) then
      v_retry_ms := 5;  -- no hand-over: whoever waits in a lane that is being made may come first
    elsif not workflows.admit_gated() then
      v_retry_ms := 5;
    end if;
    if exists (select from workflows.new_lane) and not workflows.fold_new_lanes(false) then v_retry_ms := 5; end if;
    select t.taken, t.is_contended into v_claimed, v_is_contended
    from workflows.take_ready(v_worker, v_queues, p_start_now, p_prefetch, p_request_no, v_now) t;
    v_is_idle := p_may_idle and v_claimed < p_start_now and not v_is_contended
      and v_all_queues <@ v_queues;
    if v_is_idle and not p_is_idle then
      v_is_quiet := workflows.mark_idle(v_queues);
      perform workflows.take_wake_calls(200);
      if exists (select from workflows.new_lane) and not workflows.fold_new_lanes(false) then v_retry_ms := 5; end if;
      -- the one more look, which finds nothing as a rule: the claim proper would cost ten times that
      if exists (
          select from workflows.worker_definition d
          join workflows.lane l
            on l.workflow_name = d.workflow_name and l.workflow_version = d.workflow_version
          cross join lateral (
            select from workflows.ready r
            where r.lane_id = l.lane_id and r.ready_seq > l.low limit 1) h
          where d.worker_id = v_worker and l.queue_id = any (v_queues) and l.kind <> 'gated') then
        select t.taken, t.is_contended into v_more, v_is_contended
        from workflows.take_ready(
          v_worker, v_queues, p_start_now - v_claimed, p_prefetch, p_request_no, v_now) t;
        v_claimed := v_claimed + v_more;
      end if;
    end if;
    if v_is_idle and not v_is_quiet then v_retry_ms := coalesce(v_retry_ms, 20); end if;
    if v_is_contended and v_claimed < p_start_now then v_retry_ms := coalesce(v_retry_ms, 5); end if;
  end if;
  if p_is_idle and not v_is_idle then perform workflows.unmark_idle(v_all_queues); end if;
  return workflows.claim_answer(v_worker, p_request_no, v_is_idle, v_retry_ms, v_now);
end
$$;
comment on function workflows.claim_workflows(text, integer, integer, bigint, boolean, boolean, boolean) is
  'Claims workflows for a worker and returns all it needs to run them.';

-- Of some queues, those that a worker on an inactive node may claim from now.
create or replace function workflows.queues_of_inactive(p_queue_ids integer[], p_now timestamptz)
returns integer[]
language plpgsql stable
as $$
begin
  return array(
    select q.queue_id from workflows.queue q
    where q.queue_id = any (p_queue_ids)
      and (q.run_on = 'any' or q.run_on = 'prefer_active' and not exists (
        select from workflows.worker w
        where w.is_active and not w.is_draining and q.queue_id = any (w.queue_ids)
          and not exists (
            select from workflows.drain_order o where o.worker_id = w.worker_id)
          and w.lost_at is null and w.retired_at is null and w.expires_at > p_now)));
end
$$;
comment on function workflows.queues_of_inactive(integer[], timestamptz) is
  'Queues that an inactive worker may claim from.';

-- Makes the lanes that enqueue asked for, one transaction at a time: two that made the same lanes in
-- another order would wait for each other. Finishing waits for who is at it, who waits for nothing;
-- the others do not, and are answered false.
create or replace function workflows.fold_new_lanes(p_may_wait boolean) returns boolean
language plpgsql volatile
as $$
begin
  if not exists (select from workflows.new_lane) then return true; end if;
  if p_may_wait then
    perform pg_advisory_xact_lock(hashtext('workflows.lanes'), 0);
  elsif not pg_try_advisory_xact_lock(hashtext('workflows.lanes'), 0) then
    return false;
  end if;
  with gone as (
    delete from workflows.new_lane n where n.ctid = any (array(select n2.ctid from workflows.new_lane n2 for update skip locked))
    returning n.*)
  insert into workflows.lane (lane_id, queue_id, workflow_name, workflow_version, priority, kind)
  select distinct g.lane_id, g.queue_id, g.workflow_name, g.workflow_version, g.priority, g.kind from gone g
  order by g.lane_id on conflict do nothing;
  return true;
end
$$;
comment on function workflows.fold_new_lanes(boolean) is 'Makes lanes that were asked for.';

-- Gives gated workflows their tickets, in order of priority and arrival, and hands free gates over.
-- Statuses: ENQUEUED -> BLOCKED, and ENQUEUED again for those that get all their gates. False:
-- somebody else holds the turn.
create or replace function workflows.admit_gated() returns boolean
language plpgsql volatile
as $$
declare
  v_lanes bigint[];
  v_firsts bigint[];
  v_has_wake boolean := exists (select from workflows.wake);
  v_blocked uuid[];
begin
  select array_agg(l.lane_id), array_agg(h.ready_seq) into v_lanes, v_firsts
  from workflows.lane l
  cross join lateral (select r.ready_seq from workflows.ready r where r.lane_id = l.lane_id and r.ready_seq > l.low
                      order by r.ready_seq limit 1) h
  where l.kind = 'gated' and not exists (
    select from workflows.queue q
    where q.queue_id = l.queue_id
      and (q.is_paused or not q.is_open or q.maintenance_mode is not null));
  if v_lanes is null and not v_has_wake then return true; end if;
  if not workflows.take_turn(false) then return false; end if;
  if v_lanes is not null then
    with chosen as materialized (
      select h.* from unnest(v_lanes, v_firsts) q(lane_id, first_seq) join workflows.lane l on l.lane_id = q.lane_id
      cross join lateral (select r.lane_id, r.ready_seq, r.workflow_id from workflows.ready r
                          where r.lane_id = q.lane_id and r.ready_seq >= q.first_seq
                          order by r.ready_seq limit 500 for update skip locked) h
      order by l.priority, h.ready_seq limit 500),
    gone as (
      delete from workflows.ready r using chosen c where r.lane_id = any (array[c.lane_id]) and r.ready_seq = c.ready_seq
      returning r.workflow_id, r.ready_seq),
    moved as (
      update workflows.workflow w set status = 'BLOCKED', ticket_seq = g.ready_seq, change_no = w.change_no + 1
      from gone g where w.workflow_id = g.workflow_id returning w.*),
    blocked as (
      insert into workflows.parked (workflow_id, queue_id, status, due_at)
      select m.workflow_id, m.queue_id, 'BLOCKED', case when m.started_at is null then m.start_before end from moved m),
    tickets as (
      insert into workflows.gate_ticket (gate_id, priority, ticket_seq, workflow_id, queue_id, gate_name)
      select hashtextextended(n.gate_name, 0), m.priority, m.ticket_seq, m.workflow_id, m.queue_id, n.gate_name
      from moved m cross join lateral (
        select workflows.gate_label(m.queue_id, m.partition_key, null) as gate_name where m.partition_key is not null
        union all select workflows.gate_label(null, null, r) from unnest(m.resources) r) n
      returning gate_id),
    woken as (
      insert into workflows.wake (gate_id) select distinct t.gate_id from tickets t)
    select array_agg(m.workflow_id) into v_blocked from moved m;
    if v_blocked is not null then perform workflows.audit_change(v_blocked, 'blocked', null, null, null); end if;
    update workflows.lane l set low = q.first_seq - 1000
    from unnest(v_lanes, v_firsts) q(lane_id, first_seq)
    where l.lane_id = q.lane_id and q.first_seq - l.low > 5000
      and l.lane_id in (select l2.lane_id from workflows.lane l2 where l2.lane_id = q.lane_id for no key update skip locked);
  end if;
  perform workflows.hand_over();
  return true;
end
$$;
comment on function workflows.admit_gated() is
  'Gives gated workflows their tickets and hands free gates over.';
