-- Keeps all leases of one worker by touching its one row. The worker sends what it really holds: a
-- lease it does not know of (its claim's reply was lost, a thread died) goes back to the queue
-- after two renewals, without using an attempt. Answers what it must stop, and the command that
-- waits for each workflow. With ping it notifies the worker itself, so that one whose listening
-- session is deaf finds out.
create or replace function workflows.renew_worker(p_worker_id text, p_held text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_held json := p_held::json;
  v_worker workflows.worker%rowtype;
  v_lost json;
  v_controls json;
begin
  update workflows.worker w set renewed_at = v_now, expires_at = v_now + w.lease_seconds * interval '1 second',
    running_count = json_array_length(v_held -> 'held'),
    listen_mode = coalesce(v_held ->> 'listen_mode', w.listen_mode),
    role = coalesce(v_held ->> 'role', w.role),
    is_active = coalesce((v_held ->> 'is_active')::boolean, w.is_active),
    is_draining = coalesce((v_held ->> 'is_draining')::boolean, w.is_draining)
  where w.worker_id = p_worker_id::uuid and w.lost_at is null and w.retired_at is null
  returning w.* into v_worker;
  if not found then return '{"is_lost":true}'; end if;
  perform workflows.limit_open_transaction(v_worker.lease_seconds);
  perform workflows.mark_started(v_worker.worker_id, v_held -> 'started', v_now);
  perform workflows.release_unknown(v_worker, v_held -> 'held', v_now);
  if (v_held ->> 'ping')::boolean then
    perform workflows.notify_workers('p:' || v_worker.worker_id);
  end if;
  select json_agg(h.workflow_id) filter (where l.workflow_id is null),
    json_agg(json_build_array(l.workflow_id, l.lease_token, concat_ws(' ', l.control, l.handler_no))) filter (where l.control is not null)
  into v_lost, v_controls
  from (select (x ->> 0)::uuid as workflow_id, (x ->> 1)::uuid as lease_token from json_array_elements(v_held -> 'held') x) h
  left join workflows.lease l on l.workflow_id = any (array[h.workflow_id]) and l.lease_token = h.lease_token;
  return json_build_object('is_lost', false, 'lease_ms', (v_worker.lease_seconds * 1000)::bigint,
    'lost', coalesce(v_lost, '[]'), 'controls', coalesce(v_controls, '[]'))::text;
end
$$;
comment on function workflows.renew_worker(text, text) is
  'Renews all leases of a worker and tells it what waits for it.';

-- Workflows that were claimed ahead and have started since. Their time counts from now. States:
-- STARTING -> RUNNING.
create or replace function workflows.mark_started(p_worker_id uuid, p_started json, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_started uuid[];
begin
  if p_started is null or json_array_length(p_started) = 0 then return 0; end if;
  with locked as materialized (
    select l.workflow_id from json_array_elements_text(p_started) s(id)
    join workflows.lease l on l.workflow_id = any (array[s.id::uuid])
    where l.worker_id = p_worker_id and not l.is_started for no key update of l skip locked),
  started as (
    update workflows.lease l set is_started = true, deadline_at = l.deadline_at + (p_now - l.claimed_at)
    from locked k where l.workflow_id = any (array[k.workflow_id]) returning l.workflow_id, l.claimed_at),
  moved as (
    update workflows.workflow w set change_no = w.change_no + 1, deadline_at = w.deadline_at + (p_now - s.claimed_at),
      state = case w.state when 'STARTING' then 'RUNNING' else w.state end,
      started_at = case w.started_at when s.claimed_at then p_now else w.started_at end
    from started s where w.workflow_id = s.workflow_id returning w.workflow_id)
  select array_agg(m.workflow_id) into v_started from moved m;
  if v_started is not null then perform workflows.audit_change(v_started, 'started', null, null, p_worker_id::text); end if;
  return coalesce(cardinality(v_started), 0);
end
$$;
comment on function workflows.mark_started(uuid, json, timestamptz) is
  'Marks workflows that were claimed ahead as started.';

create or replace function workflows.release_unknown(p_worker workflows.worker, p_held json, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_lease workflows.lease%rowtype;
  v_count integer := 0;
begin
  for v_lease in
    select l.* from workflows.lease l
    where l.worker_id = p_worker.worker_id and l.claimed_at < p_now - p_worker.lease_seconds * interval '0.5 second'
      and not exists (select from json_array_elements(p_held) h where (h ->> 0)::uuid = any (array[l.workflow_id]))
    for update skip locked
  loop
    perform workflows.reclaim_lease(v_lease, 'released', p_now);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function workflows.release_unknown(workflows.worker, json, timestamptz) is
  'Releases leases that their worker does not know of.';
