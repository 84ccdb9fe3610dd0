-- Tells workers that listen what to look at: a queue's id, w:worker for an order, p:worker for the
-- worker's own ping. A hint and no more. While a listener that does not read keeps the server's
-- queue of notifications filling up it is left out: a notification that finds that queue full
-- would fail the transaction that sent it.
create or replace function workflows.notify_workers(p_payload text) returns boolean
language plpgsql volatile
as $$
begin
  if pg_notification_queue_usage() > 0.5 then return false; end if;
  perform pg_notify('workflows_wake', p_payload);
  return true;
end
$$;
comment on function workflows.notify_workers(text) is
  'Tells the workers that listen what to look at.';
