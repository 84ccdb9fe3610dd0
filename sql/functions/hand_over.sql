-- Hands free gates to who waits first: all the gates of a workflow or none, in order of priority
-- and arrival; a waiter is passed only by one of better priority or one that shares no gate with
-- it. The caller holds the turn, so one hand-over runs at a time, and it waits for nothing. A
-- waiter whose row is locked (an operator is commanding it) leaves its gates in wake for the next
-- turn. Waiters that are HELD, or whose queue is paused or in maintenance, are passed over; those of
-- a key whose rate limit is used up wait for release_rates.
create or replace function workflows.hand_over() returns integer
language plpgsql volatile
as $$
declare
  v_gates bigint[];
  v_granted uuid[];
  v_left bigint[];
  v_now timestamptz;
begin
  with gone as (delete from workflows.wake w returning w.gate_id)
  select array_agg(distinct g.gate_id) into v_gates from gone g;
  if v_gates is null then return 0; end if;
  v_now := workflows.clock_now();  -- with the turn, which orders all who count against a rate
  with head as materialized (
    select distinct t.workflow_id from unnest(v_gates) p(gate_id)
    cross join lateral (select workflows.gate_head(p.gate_id, v_now) as workflow_id) t where t.workflow_id is not null),
  able as materialized (
    select w.workflow_id, w.priority, w.ticket_seq, w.gate_ids from head h join workflows.workflow w on w.workflow_id = h.workflow_id
    -- who needs one gate alone is the head of it
    where cardinality(w.gate_ids) = 1 or not exists (
      select from unnest(w.gate_ids) g(gate_id)
      where workflows.gate_head(g.gate_id, v_now) is distinct from w.workflow_id)),
  granted as materialized (
    select p.workflow_id from able a join workflows.parked p on p.workflow_id = any (array[a.workflow_id])
    where p.status = 'BLOCKED' for update of p skip locked),
  holding as (
    update workflows.gate_ticket t set is_holder = true
    from granted n join able a on a.workflow_id = n.workflow_id cross join lateral unnest(a.gate_ids) g(gate_id)
    where t.gate_id = any (array[g.gate_id]) and t.priority = a.priority and t.ticket_seq = a.ticket_seq),
  unparked as (
    delete from workflows.parked p using granted n where p.workflow_id = any (array[n.workflow_id]))
  select array(select n.workflow_id from granted n),
    array(select g.gate_id from able a cross join lateral unnest(a.gate_ids) g(gate_id)
          where a.workflow_id not in (select n.workflow_id from granted n))
  into v_granted, v_left;
  insert into workflows.wake (gate_id) select distinct g from unnest(v_left) g;
  if v_granted <> '{}' then
    perform workflows.use_key_rate(v_granted, v_now);
    perform workflows.requeue_workflows(v_granted);
  end if;
  return cardinality(v_granted);
end
$$;
comment on function workflows.hand_over() is
  'Hands free gates to the workflows that wait first for them.';

-- Who waits first for a gate that nobody holds, or null.
create or replace function workflows.gate_head(
  p_gate_id bigint, p_now timestamptz) returns uuid
language plpgsql stable
as $$
begin
  if exists (select from workflows.gate_ticket t where t.gate_id = p_gate_id and t.is_holder) then return null; end if;
  return (
    select t.workflow_id from workflows.gate_ticket t
    where t.gate_id = p_gate_id and not t.is_held
      and not exists (
        select from workflows.queue q
        where q.queue_id = t.queue_id
          and (q.is_paused or not q.is_open or q.maintenance_mode is not null
            or q.key_rate_limit <= (
              select sum(u.used) from workflows.rate_use u
              where u.queue_id = q.queue_id and u.gate_id = p_gate_id and u.expires_at > p_now)))
    order by t.priority, t.ticket_seq limit 1);
end
$$;
comment on function workflows.gate_head(bigint, timestamptz) is
  'The workflow that waits first for a free gate.';

-- Takes the turn and hands over what has been freed, if anything. Finishing waits for the turn,
-- whose holder waits for nothing; a claim does not wait and says so by answering false.
create or replace function workflows.take_turn(p_may_wait boolean) returns boolean
language plpgsql volatile
as $$
begin
  if p_may_wait then
    perform from workflows.turn t where t.turn_id = 1 for no key update;
  else
    perform from workflows.turn t where t.turn_id = 1 for no key update skip locked;
  end if;
  return found;
end
$$;
comment on function workflows.take_turn(boolean) is
  'Takes the right to hand gates over, until commit.';
