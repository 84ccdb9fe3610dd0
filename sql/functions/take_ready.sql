-- The claim proper, in three steps. Quota: how many rows to take from each lane, by reading from
-- its mark, without locks. Take: lock and delete just those rows, mark the workflows RUNNING,
-- insert their leases. Mark: move low behind what has been taken, so that the next claim does not
-- walk over dead rows. Another claimer may have taken some meanwhile, hence up to three rounds.
-- is_contended: what there is to take is locked by a claim that has not committed, so coming back
-- short does not mean that there is no more.
create or replace function workflows.take_ready(
  p_worker_id uuid, p_queue_ids integer[], p_start_now integer, p_prefetch integer,
  p_claim_no bigint, p_now timestamptz, out taken integer, out is_contended boolean)
language plpgsql volatile
as $$
declare
  v_limited integer[];
  v_caps integer[];
  v_lanes bigint[];
  v_lows bigint[];
  v_firsts bigint[];
  v_counts bigint[];
  v_wanted bigint;
  v_taken integer;
  v_claimed uuid[];
  v_expired uuid[];
  v_now timestamptz;
begin
  taken := 0;
  is_contended := false;
  for v_round in 1..3 loop
    select l.queue_ids, l.caps, l.is_locked into v_limited, v_caps, is_contended
    from workflows.lock_limited(p_queue_ids, p_now) l;
    -- a claim that was held up before the lock counts from now, or its count would be over too early
    v_now := case when v_limited is null then p_now else workflows.clock_now() end;
    select q.lanes, q.lows, q.firsts, q.counts, q.wanted into v_lanes, v_lows, v_firsts, v_counts, v_wanted
    from workflows.claim_quota(p_worker_id, p_queue_ids, v_limited, v_caps, p_start_now - taken, p_prefetch) q;
    exit when v_lanes is null;
    with quota as materialized (
      select * from unnest(v_lanes, v_lows, v_counts) q(lane_id, low, wanted)),
    chosen as materialized (
      select h.* from quota q cross join lateral (
        select r.lane_id, r.ready_seq, r.workflow_id, r.start_before from workflows.ready r
        where r.lane_id = q.lane_id and r.ready_seq > q.low order by r.ready_seq limit q.wanted for update skip locked) h),
    gone as (
      delete from workflows.ready r using chosen c where r.lane_id = any (array[c.lane_id]) and r.ready_seq = c.ready_seq
      returning r.workflow_id, r.lane_id, r.ready_seq, r.start_before <= v_now as is_late),
    placed as materialized (
      select g.workflow_id, l.queue_id, d.timeout_seconds,
        q.is_limited and l.kind <> 'command' as is_limited,
        l.kind = 'command' or row_number() over (order by l.kind = 'new' and not q.is_limited and d.on_worker_lost = 'retry',
          l.kind <> 'command', l.priority, l.kind <> 'returning', g.ready_seq) <= p_start_now - taken as is_started
      from gone g join workflows.lane l on l.lane_id = g.lane_id join workflows.queue q on q.queue_id = l.queue_id
      join workflows.workflow_definition d on d.workflow_name = l.workflow_name and d.workflow_version = l.workflow_version
      where g.is_late is not true),
    running as (
      update workflows.workflow w
      set status = 'RUNNING', state = case when w.control in ('cancel', 'timeout') then 'CANCELLING'
          when w.control is not null then w.state
          when p.is_started then 'RUNNING' else 'STARTING' end,
        lease_token = gen_random_uuid(), attempt = w.attempt + 1, change_no = w.change_no + 1,
        started_at = coalesce(w.started_at, v_now),
        deadline_at = coalesce(w.deadline_at, v_now + coalesce(w.timeout_seconds, p.timeout_seconds) * interval '1 second')
      from placed p where w.workflow_id = p.workflow_id
      returning w.workflow_id, w.lease_token, w.deadline_at, p.queue_id, p.is_started, p.is_limited,
        w.control, w.handler_no),
    leased as (
      insert into workflows.lease (workflow_id, lease_token, worker_id, claim_no, claimed_at, deadline_at, queue_id, is_started,
        is_limited, control, handler_no)
      select r.workflow_id, r.lease_token, p_worker_id, p_claim_no, v_now, r.deadline_at, r.queue_id, r.is_started, r.is_limited,
        r.control, r.handler_no
      from running r)
    select array_agg(g.workflow_id) filter (where g.is_late is not true), array_agg(g.workflow_id) filter (where g.is_late)
    into v_claimed, v_expired from gone g;
    v_taken := coalesce(cardinality(v_claimed), 0);
    taken := taken + v_taken;
    if v_taken > 0 then
      if v_limited is not null then perform workflows.use_rate(v_claimed, v_now); end if;
      perform workflows.audit_change(v_claimed, 'claimed', null, null, p_worker_id::text);
    end if;
    if v_expired is not null then perform workflows.expire_unstarted(v_expired, v_now); end if;
    for v_lane in 1 .. cardinality(v_lanes) loop
      continue when v_firsts[v_lane] - v_lows[v_lane] <= 5000;
      update workflows.lane l set low = v_firsts[v_lane] - 1000
      where v_firsts[v_lane] - l.low > 5000 and l.lane_id in (
        select l2.lane_id from workflows.lane l2
        where l2.lane_id = v_lanes[v_lane] for no key update skip locked);
    end loop;
    exit when v_taken >= v_wanted or taken >= p_start_now;
    is_contended := true;
  end loop;
end
$$;
comment on function workflows.take_ready(uuid, integer[], integer, integer, bigint, timestamptz) is
  'Takes claimable workflows for a worker.';

-- Room in the limited queues, by what runs and by what was claimed of late: the lock orders all
-- claims of a queue, and the counts are a new statement, so they can be too high, never too low. A
-- queue that another claim has locked has no room for us now.
create or replace function workflows.lock_limited(
  p_queue_ids integer[], p_now timestamptz, out queue_ids integer[], out caps integer[], out is_locked boolean)
language plpgsql volatile
as $$
begin
  is_locked := false;
  select array_agg(q.queue_id order by q.queue_id) into queue_ids from workflows.queue q
  where q.queue_id = any (p_queue_ids) and q.is_limited and not q.is_paused and q.is_open;
  if queue_ids is null then return; end if;
  caps := array(
    select case when k.queue_id is null then 0 end from unnest(queue_ids) i(queue_id)
    left join (select q.queue_id from workflows.queue q where q.queue_id = any (queue_ids) for no key update skip locked) k
      on k.queue_id = i.queue_id);
  is_locked := coalesce(0 = any (caps), false);
  caps := array(
    select coalesce(c.cap, least(
      case when q.max_running is not null then greatest(0, q.max_running - (
        select count(*) from workflows.lease e where e.queue_id = c.queue_id and e.is_limited)) end,
      case when q.rate_limit is not null then greatest(0, q.rate_limit - (
        select coalesce(sum(u.used), 0) from workflows.rate_use u
        where u.queue_id = c.queue_id and u.gate_id = 0 and u.expires_at > p_now)) end))::integer
    from unnest(queue_ids, caps) c(queue_id, cap) join workflows.queue q on q.queue_id = c.queue_id);
end
$$;
comment on function workflows.lock_limited(integer[], timestamptz) is
  'Locks the limited queues and answers how many more may be claimed.';

-- How many rows to take from which lane, reading only. Rows beyond those that start at once come
-- only from lanes that are new, unlimited and retry, where waiting in a worker harms nobody; and one
-- with an order, for which every worker keeps a thread, also when it has none for anything else.
create or replace function workflows.claim_quota(
  p_worker_id uuid, p_queue_ids integer[], p_limited integer[], p_caps integer[], p_start_now integer, p_prefetch integer,
  out lanes bigint[], out lows bigint[], out firsts bigint[], out counts bigint[], out wanted bigint)
language plpgsql stable
as $$
begin
  with mine as materialized (
    select l.lane_id, l.queue_id, l.low, l.priority, l.kind <> 'command' as is_late, l.kind <> 'returning' as is_fresh, c.cap,
      l.kind = 'new' and not q.is_limited and f.on_worker_lost = 'retry' as is_prefetchable
    from workflows.worker_definition d
    join workflows.lane l on l.workflow_name = d.workflow_name and l.workflow_version = d.workflow_version
    join workflows.workflow_definition f on f.workflow_name = d.workflow_name and f.workflow_version = d.workflow_version
    join workflows.queue q on q.queue_id = l.queue_id
    left join unnest(p_limited, p_caps) c(queue_id, cap) on c.queue_id = l.queue_id
    where d.worker_id = p_worker_id and l.queue_id = any (p_queue_ids) and l.kind <> 'gated'
      and (l.kind = 'command'
        or not q.is_paused and q.is_open and q.maintenance_mode is null and coalesce(c.cap, 1) > 0)),
  seen as materialized (
    select m.lane_id, m.low, m.is_late, m.priority, m.is_fresh, m.is_prefetchable, m.cap, h.ready_seq,
      row_number() over (partition by m.queue_id, m.is_late order by m.priority, m.is_fresh, h.ready_seq) as queue_place
    from mine m cross join lateral (
      select r.ready_seq from workflows.ready r where r.lane_id = m.lane_id and r.ready_seq > m.low
      order by r.ready_seq limit greatest(case when m.is_late then 0 else 1 end,
        p_start_now + case when m.is_prefetchable then p_prefetch else 0 end)) h),
  placed as materialized (
    -- those that their queue has no room for must not take the places of others
    select s.lane_id, s.low, s.is_late, s.is_prefetchable, s.ready_seq,
      row_number() over (order by s.is_late, s.priority, s.is_fresh, s.ready_seq) as place
    from seen s where s.cap is null or not s.is_late or s.queue_place <= s.cap),
  chosen as materialized (
    select s.* from placed s
    where s.place <= p_start_now or s.is_prefetchable and p_prefetch > 0
      or not s.is_late and s.place = 1
    order by s.place > p_start_now, s.place limit greatest(1, p_start_now + p_prefetch)),
  lane as (
    select c.lane_id, c.low, min(c.ready_seq) as first_seq, count(*) as n from chosen c group by c.lane_id, c.low)
  select array_agg(l.lane_id), array_agg(l.low), array_agg(l.first_seq), array_agg(l.n), sum(l.n)
  into lanes, lows, firsts, counts, wanted from lane l;
end
$$;
comment on function workflows.claim_quota(uuid, integer[], integer[], integer[], integer, integer) is
  'How many workflows to take from which lane.';

-- Workflows that were met after their start_before. Statuses: ENQUEUED -> CANCELLED.
create or replace function workflows.expire_unstarted(p_workflow_ids uuid[], p_now timestamptz) returns integer
language plpgsql volatile
as $$
begin
  perform workflows.settle_workflow(i.workflow_id, 'CANCELLED', 'CANCELLED', 'not started before its start_before', null, null, p_now)
  from unnest(p_workflow_ids) i(workflow_id);
  return cardinality(p_workflow_ids);
end
$$;
comment on function workflows.expire_unstarted(uuid[], timestamptz) is
  'Cancels workflows that were not started in time.';
