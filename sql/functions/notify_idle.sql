-- Wakes idle workers of these queues, and costs nothing while nobody is idle. A worker that goes
-- idle takes the idle lock of its queues in shared mode, then tries the in-flight lock, then looks
-- once more; we hold the in-flight lock until commit and then probe: whoever comes second sees the
-- other, so no wake-up is lost, not even over a transaction that stays open. Who cannot have the
-- in-flight lock at once has met a worker that is going idle, and notifies.
create or replace function workflows.notify_idle(p_queue_ids integer[]) returns integer
language plpgsql volatile
as $$
declare
  v_queue_id integer;
  v_notified integer := 0;
begin
  foreach v_queue_id in array p_queue_ids loop
    continue when pg_try_advisory_xact_lock_shared(hashtext('workflows.inflight'), v_queue_id)
      and pg_try_advisory_lock(hashtext('workflows.idle'), v_queue_id)
      and pg_advisory_unlock(hashtext('workflows.idle'), v_queue_id);
    perform workflows.notify_workers(v_queue_id::text);
    v_notified := v_notified + 1;
  end loop;
  return v_notified;
end
$$;
comment on function workflows.notify_idle(integer[]) is 'Notifies the idle workers of some queues.';

-- The other side: marks this session idle for its queues. True: every enqueue that did not see the
-- mark has committed, so one more look is enough. False: one has not, so poll shortly.
create or replace function workflows.mark_idle(p_queue_ids integer[]) returns boolean
language plpgsql volatile
as $$
declare
  v_queue_id integer;
begin
  foreach v_queue_id in array p_queue_ids loop
    perform pg_advisory_lock_shared(hashtext('workflows.idle'), v_queue_id);
  end loop;
  return workflows.is_quiet(p_queue_ids);
end
$$;
comment on function workflows.mark_idle(integer[]) is
  'Marks the session of a worker idle for its queues.';

-- Whether no transaction is open that has enqueued into these queues.
create or replace function workflows.is_quiet(p_queue_ids integer[]) returns boolean
language plpgsql volatile
as $$
declare
  v_queue_id integer;
begin
  foreach v_queue_id in array p_queue_ids loop
    if not (pg_try_advisory_lock(hashtext('workflows.inflight'), v_queue_id)
        and pg_advisory_unlock(hashtext('workflows.inflight'), v_queue_id)) then
      return false;
    end if;
  end loop;
  return true;
end
$$;
comment on function workflows.is_quiet(integer[]) is
  'Whether everything enqueued into some queues has been committed.';

create or replace function workflows.unmark_idle(p_queue_ids integer[]) returns integer
language plpgsql volatile
as $$
declare
  v_queue_id integer;
begin
  foreach v_queue_id in array p_queue_ids loop
    perform pg_advisory_unlock_shared(hashtext('workflows.idle'), v_queue_id);
  end loop;
  return cardinality(p_queue_ids);
end
$$;
comment on function workflows.unmark_idle(integer[]) is 'Takes the idle mark of this session back.';
