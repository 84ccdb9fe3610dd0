create or replace function workflows.list_queues() returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
begin
  return (
    select json_agg(to_jsonb(d) || jsonb_build_object('max_running', q.max_running, 'max_enqueued', q.max_enqueued,
      'rate_limit', q.rate_limit, 'rate_seconds', q.rate_seconds,
      'key_rate_limit', q.key_rate_limit, 'key_rate_seconds', q.key_rate_seconds,
      'history', q.history, 'accepts_work', q.accepts_work, 'pause_reason', q.pause_reason,
      'requires_reason', q.requires_reason, 'calendar_name', q.calendar_name) order by d.queue_name)
    from workflows.queue_depth d join workflows.queue q on q.queue_name = d.queue_name)::text;
end
$$;
comment on function workflows.list_queues() is 'Every queue with its depth and limits, as JSON.';
