-- What was taken is free again: whoever waits for it is looked at in this turn.
create or replace function workflows.release_rates(p_limit integer, p_now timestamptz)
returns integer
language plpgsql volatile
as $$
declare
  v_queues integer[];
  v_gates bigint[];
begin
  if not exists (select from workflows.rate_use u where u.expires_at <= p_now) then
    return 0;
  end if;
  with locked as materialized (
    select u.expires_at, u.rate_use_id from workflows.rate_use u where u.expires_at <= p_now
    order by u.expires_at limit p_limit for update skip locked),
  gone as (
    delete from workflows.rate_use u using locked k
    where u.expires_at = k.expires_at and u.rate_use_id = k.rate_use_id
    returning u.queue_id, u.gate_id)
  select array_agg(distinct g.queue_id) filter (where g.gate_id = 0),
    array_agg(distinct g.gate_id) filter (where g.gate_id <> 0)
  into v_queues, v_gates from gone g;
  insert into workflows.wake (gate_id) select g from unnest(v_gates) g;
  if v_queues is not null then perform workflows.notify_idle(v_queues); end if;
  return coalesce(cardinality(v_queues), 0) + coalesce(cardinality(v_gates), 0);
end
$$;
comment on function workflows.release_rates(integer, timestamptz) is
  'Frees what was taken of rate limits and is over.';

-- Counts what was taken of a queue's rate limit by the workflows just claimed; the caller has the
-- queue's lock until commit. Orders are exempt, as from every limit.
create or replace function workflows.use_rate(p_claimed uuid[], p_now timestamptz)
returns integer
language plpgsql volatile
as $$
begin
  insert into workflows.rate_use (queue_id, used, expires_at)
  select q.queue_id, count(*), p_now + q.rate_seconds * interval '1 second'
  from unnest(p_claimed) i(workflow_id)
  join workflows.lease l on l.workflow_id = any (array[i.workflow_id])
  join workflows.queue q on q.queue_id = l.queue_id
  where l.is_limited and q.rate_limit is not null
  group by q.queue_id, q.rate_seconds;
  return cardinality(p_claimed);
end
$$;
comment on function workflows.use_rate(uuid[], timestamptz) is
  'Counts claimed workflows against the rate limits of their queues.';

-- The same for the keys of workflows that just got them; the caller has the turn until commit.
create or replace function workflows.use_key_rate(p_granted uuid[], p_now timestamptz)
returns integer
language plpgsql volatile
as $$
begin
  insert into workflows.rate_use (queue_id, gate_id, used, expires_at)
  select q.queue_id, g.gate_id, 1, p_now + q.key_rate_seconds * interval '1 second'
  from unnest(p_granted) i(workflow_id)
  join workflows.workflow w on w.workflow_id = i.workflow_id
  join workflows.queue q on q.queue_id = w.queue_id
  cross join lateral unnest(workflows.gate_keys(w.queue_id, w.partition_key, null)) g(gate_id)
  where q.key_rate_limit is not null;
  return cardinality(p_granted);
end
$$;
comment on function workflows.use_key_rate(uuid[], timestamptz) is
  'Counts workflows that got their key against the rate limit of that key.';
