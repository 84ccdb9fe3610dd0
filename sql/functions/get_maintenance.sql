-- What maintenance is entered, and what still runs or waits in the queues it holds. First it waits
-- for claims in progress, so that running 0 means that nothing starts any more; is_settled is false
-- where one of them took too long.
create or replace function workflows.get_maintenance() returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off set lock_timeout = '2s'
as $$
declare
  v_is_settled boolean := workflows.outwait_claims();
  v_all json;
  v_queues json;
  v_running bigint;
  v_enqueued bigint;
begin
  select to_json(o)::jsonb - 'queue_id' into v_all
  from workflows.maintenance_order o where o.queue_id = 0;
  select json_agg(json_build_object('queue_name', h.queue_name, 'mode', h.maintenance_mode,
      'reason', h.reason, 'entered_by', h.entered_by, 'entered_at', h.entered_at,
      'is_own', h.is_own, 'running', h.running, 'enqueued', h.enqueued) order by h.queue_name),
    sum(h.running), sum(h.enqueued)
  into v_queues, v_running, v_enqueued
  from (
    select q.queue_name, q.maintenance_mode, o.reason, o.entered_by, o.entered_at,
      o.queue_id <> 0 as is_own, workflows.count_ready(q.queue_id, 10001) as enqueued,
      (select count(*) from workflows.lease l where l.queue_id = q.queue_id) as running
    from workflows.queue q
    left join lateral (
      select o.* from workflows.maintenance_order o where o.queue_id in (0, q.queue_id)
      order by o.mode, o.queue_id desc limit 1) o on true
    where q.maintenance_mode is not null) h;
  return json_build_object('is_entered', v_queues is not null or v_all is not null,
    'is_settled', v_is_settled, 'running', coalesce(v_running, 0),
    'enqueued', coalesce(v_enqueued, 0), 'all', v_all, 'queues', coalesce(v_queues, '[]'))::text;
end
$$;
comment on function workflows.get_maintenance() is
  'What maintenance is entered and what still runs, as JSON.';

-- Claims hold this lock in shared mode until they commit; who begins after us sees what is ordered.
-- Raised and caught, so that the lock ends here and not with the caller's transaction.
create or replace function workflows.outwait_claims() returns boolean
language plpgsql volatile
as $$
begin
  perform pg_advisory_xact_lock(hashtext('workflows.maintenance'), 0);
  raise sqlstate 'WF999';
exception
  when lock_not_available then return false;
  when sqlstate 'WF999' then return true;
end
$$;
comment on function workflows.outwait_claims() is 'Waits for the claims in progress, not for long.';
