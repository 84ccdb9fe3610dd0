-- Sets limits and policies of a queue: max_running, max_enqueued, rate_limit in rate_seconds,
-- key_rate_limit in key_rate_seconds (null: none), history, accepts_work, run_on, requires_reason,
-- calendar_name (null: it is always open). Locks the queue, so that what was is what the audit says.
create or replace function workflows.set_queue(p_queue_name text, p_options text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb;
  v_key text;
  v_before workflows.queue%rowtype;
  v_queue workflows.queue%rowtype;
begin
  begin
    v_options := coalesce(nullif(p_options, ''), '{}')::jsonb;
    select k into v_key from jsonb_object_keys(v_options) k
    where k not in ('max_running', 'max_enqueued', 'rate_limit', 'rate_seconds', 'key_rate_limit',
      'key_rate_seconds', 'history', 'accepts_work', 'run_on', 'requires_reason', 'calendar_name',
      'actor') limit 1;
    if found then
      perform workflows.refuse('WF002', workflows.bad_argument(v_key, 'is not an option of a queue'),
        'options are max_running, max_enqueued, rate_limit, rate_seconds, key_rate_limit, '
        'key_rate_seconds, history, accepts_work, run_on, requires_reason, calendar_name');
    end if;
    perform workflows.require_calendar(v_options ->> 'calendar_name');
    if v_options ->> 'max_running' is not null
      and exists (select from workflows.queue q where q.queue_name = p_queue_name and not q.is_limited) then
      -- claims in progress know of no limit: what they take is counted below, and no claim begins meanwhile
      perform pg_advisory_xact_lock(hashtext('workflows.maintenance'), 0);
    end if;
    select q.* into v_before from workflows.queue q
    where q.queue_name = p_queue_name for no key update;
    update workflows.queue q set
      max_running = case when v_options ? 'max_running' then (v_options ->> 'max_running')::integer else q.max_running end,
      max_enqueued = case when v_options ? 'max_enqueued' then (v_options ->> 'max_enqueued')::integer else q.max_enqueued end,
      rate_limit = case when v_options ? 'rate_limit' then (v_options ->> 'rate_limit')::integer else q.rate_limit end,
      rate_seconds = case when v_options ? 'rate_seconds' then (v_options ->> 'rate_seconds')::float8
        when v_options -> 'rate_limit' = 'null' then null else q.rate_seconds end,
      key_rate_limit = case when v_options ? 'key_rate_limit'
        then (v_options ->> 'key_rate_limit')::integer else q.key_rate_limit end,
      key_rate_seconds = case when v_options ? 'key_rate_seconds'
        then (v_options ->> 'key_rate_seconds')::float8
        when v_options -> 'key_rate_limit' = 'null' then null else q.key_rate_seconds end,
      history = coalesce(v_options ->> 'history', q.history),
      accepts_work = coalesce((v_options ->> 'accepts_work')::boolean, q.accepts_work),
      run_on = coalesce(v_options ->> 'run_on', q.run_on),
      requires_reason = coalesce((v_options ->> 'requires_reason')::boolean, q.requires_reason),
      calendar_name = case when v_options ? 'calendar_name' then v_options ->> 'calendar_name' else q.calendar_name end,
      is_open = case when v_options ? 'calendar_name' then v_options ->> 'calendar_name' is null
          or (workflows.schedule_skip(null, v_options ->> 'calendar_name', v_now)).outcome is null
        else q.is_open end
    where q.queue_name = p_queue_name returning q.* into v_queue;
  exception when data_exception or check_violation then
    perform workflows.refuse('WF002', workflows.bad_argument('options', 'holds a value that does not fit'),
      'max_running and max_enqueued are whole numbers or null, rate_limit goes with rate_seconds and '
      'key_rate_limit with key_rate_seconds, history is errors or full, '
      'accepts_work and requires_reason are true or false, '
      'run_on is active, any or prefer_active');
  end;
  if v_queue.queue_id is null then
    perform workflows.refuse('WF005', jsonb_build_object('field', 'queue_name', 'queue_name', p_queue_name), 'there is no queue ' || p_queue_name);
  end if;
  if v_options ?| '{key_rate_limit,key_rate_seconds}' then
    insert into workflows.wake (gate_id)
    select distinct t.gate_id from workflows.gate_ticket t where t.queue_id = v_queue.queue_id;
  end if;
  if v_queue.max_running is not null then
    update workflows.lease l set is_limited = true
    from workflows.workflow w join workflows.lane n on n.lane_id = w.lane_id
    where l.queue_id = v_queue.queue_id and not l.is_limited and w.workflow_id = l.workflow_id
      and n.kind <> 'command';  -- those claimed for an order take no room
  end if;
  perform workflows.audit_configuration('queue set', p_queue_name,
      jsonb_object_agg(k, to_jsonb(v_before) -> k)::text,
      jsonb_object_agg(k, to_jsonb(v_queue) -> k)::text, coalesce(v_options ->> 'actor', 'script'))
  from jsonb_object_keys(v_options - 'actor') k;
  perform workflows.notify_idle(array[v_queue.queue_id]);
  return (to_json(v_queue))::text;
end
$$;
comment on function workflows.set_queue(text, text) is 'Sets limits and policies of a queue.';
