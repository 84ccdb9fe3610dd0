-- Records what steps did, for many workflows in one call. Each record locks its lease in a mode
-- that a command's update passes but a reclaim's or finish's delete does not, so a late worker
-- cannot record. A step that is recorded already answers what stands; the control word comes back
-- with every answer. What exchanges something with others (ask says what) is recorded one by one.
-- Null: everything was recorded and no command waits.
create or replace function workflows.record_steps(p_worker_id text, p_records text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_answers json;
begin
  if position('"handler"' in p_records) > 0 then  -- however the JSON is spaced
    perform workflows.note_handlers(p_records, v_now);
  end if;
  with asked as materialized (
    select distinct on (x.w, x.t, x.k) x.* from json_to_recordset(p_records::json) as x(
      n integer, w uuid, t uuid, k text, kind text, status text, output json, error json, attempt integer, retry json,
      seconds float8, elapsed_ms float8, ask json) order by x.w, x.t, x.k, x.n),
  own as materialized (
    select a.*, l.control || coalesce(' ' || l.handler_no, '') as control
    from asked a join workflows.lease l on l.workflow_id = any (array[a.w]) and l.lease_token = a.t for key share of l),
  added as (
    insert into workflows.step (workflow_id, step_key, kind, status, attempts, started_at, ended_at, due_at, output, error)
    select o.w, o.k, coalesce(o.kind, 'step'), o.status, coalesce(o.attempt, 1),
      v_now - coalesce(o.elapsed_ms, 0) * interval '1 millisecond', v_now, v_now + o.seconds * interval '1 second',
      nullif(o.output::text, 'null'), o.error::text
    from own o where o.retry is null and o.ask is null
    on conflict do nothing
    returning workflow_id, step_key),
  -- "in (select ..)" in a select list is hashed, where a join would be a nested loop over the batch
  answered as (
    select o.*, case when (o.w, o.k) in (select d.workflow_id, d.step_key from added d) then 'recorded' else 'look' end as answer
    from own o
    union all
    select a.*, null, 'WF001' from asked a where (a.n in (select o.n from own o)) is not true)
  select json_agg(json_build_object('n', a.n, 'w', a.w, 'k', a.k, 'a', a.answer, 'c', a.control, 'kind', coalesce(a.kind, 'step'),
    'retry', a.retry, 'attempt', a.attempt, 'error', a.error, 'status', a.status, 'output', a.output, 'ask', a.ask, 'due_ms', a.seconds * 1000))
  into v_answers
  from answered a where a.answer <> 'recorded' or a.control is not null or a.seconds is not null;
  if position('"tx"' in p_records) > 0 then
    perform workflows.limit_open_transaction(workflows.setting_of('lease_seconds')::float8);
  end if;
  if v_answers is null then return null; end if;
  return (
    select json_agg(case
      when x.a = 'look' and x.ask is not null then
        workflows.record_exchange(x.n, x.w, x.k, x.kind, x.c, x.ask, v_now)
      when x.a = 'look' then workflows.record_again(
        x.n, x.w, x.k, x.kind, x.c, x.status, x.output, x.error, x.attempt, x.retry, v_now)
      else json_strip_nulls(json_build_object('n', x.n, 'a', x.a, 'c', x.c, 'due_ms', x.due_ms)) end)
    from json_to_recordset(v_answers) as x(n integer, w uuid, k text, a text, c text, kind text, status text, output json, error json,
      attempt integer, retry json, due_ms float8, ask json))::text;
end
$$;
comment on function workflows.record_steps(text, text) is
  'Records the results of steps for a worker.';

-- Handlers that begin or have ended, before anything is recorded: a record that locks its lease for
-- key share first and for more later meets an ABORT that wants to delete the lease in between. An
-- order whose handler has begun does not lapse any more. One that does not stand any more is not
-- begun: the answer to the record tells what stands.
create or replace function workflows.note_handlers(p_records text, p_now timestamptz) returns integer
language plpgsql volatile
as $$
begin
  perform from (
    select distinct x.w from json_to_recordset(p_records::json) as x(w uuid) order by x.w) a
  cross join lateral (
    select from workflows.lease l where l.workflow_id = a.w for no key update) l;
  update workflows.command c set expires_at = null
  from json_to_recordset(p_records::json) as x(w uuid, t uuid, kind text, ask json)
  join workflows.lease l on l.workflow_id = any (array[x.w]) and l.lease_token = x.t
  where x.kind = 'handler' and x.ask ->> 'control' = concat_ws(' ', l.control, l.handler_no)
    and c.workflow_id = x.w and c.command = upper(l.control) and c.outcome = 'accepted';
  return workflows.end_resuming(p_records, p_now);
end
$$;
comment on function workflows.note_handlers(text, timestamptz) is
  'Notes which handlers begin and which have ended.';

-- An on_resume that has been recorded: the order is carried out. States: RESUMING -> RUNNING.
create or replace function workflows.end_resuming(p_records text, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_resumed uuid[];
begin
  with asked as materialized (
    select x.* from json_to_recordset(p_records::json)
      as x(w uuid, t uuid, k text, kind text, status text)
    where x.kind = 'handler' and x.status = 'SUCCESS' and x.k ~ '^on_resume(#[0-9]+)?$'
    order by x.w),
  locked as materialized (
    select l.workflow_id from asked a
    join workflows.lease l on l.workflow_id = any (array[a.w]) and l.lease_token = a.t
    where l.control = 'resume' for no key update of l),
  done as (
    update workflows.lease l set control = null, handler_no = null from locked k
    where l.workflow_id = any (array[k.workflow_id]) returning l.workflow_id),
  moved as (
    update workflows.workflow w set state = 'RUNNING', control = null, handler_no = null, change_no = w.change_no + 1
    from done d where w.workflow_id = d.workflow_id returning w.workflow_id)
  select array_agg(m.workflow_id) into v_resumed from moved m;
  if v_resumed is null then return 0; end if;
  perform workflows.audit_change(v_resumed, 'resumed', null, null, null);
  return workflows.answer_commands(v_resumed, 'obeyed', p_now);
end
$$;
comment on function workflows.end_resuming(text, timestamptz) is 'Notes that workflows have resumed.';

-- A record that was not simply new: a failed try, a step tried before, or one that is recorded
-- already. The caller has locked the lease. A failed try stays RETRYING with its time until none is
-- left; RUNNING is a step that has told that its body begins.
create or replace function workflows.record_again(
  p_n integer, p_workflow_id uuid, p_step_key text, p_kind text, p_control text, p_status text, p_output json, p_error json,
  p_attempt integer, p_retry json, p_now timestamptz) returns json
language plpgsql volatile
as $$
declare
  v_step workflows.step%rowtype;
  v_due timestamptz;
  v_status text := p_status;
begin
  select s.* into v_step from workflows.step s where s.workflow_id = p_workflow_id and s.step_key = p_step_key for update;
  if found and v_step.kind <> p_kind then
    return json_strip_nulls(json_build_object('n', p_n, 'a', 'WF007', 'c', p_control));
  elsif found and (v_step.status not in ('RETRYING', 'RUNNING') or v_step.attempts >= p_attempt and p_status = 'ERROR' and p_retry is not null) then
    return json_build_object('n', p_n, 'c', p_control, 'status', v_step.status, 'output', v_step.output::json, 'error', v_step.error::json,
      'a', case when v_step.status = 'RETRYING' then 'retry' else 'replayed' end,
      'due_ms', case when v_step.due_at is not null then (extract(epoch from v_step.due_at - p_now) * 1000)::bigint end);
  end if;
  if p_status = 'ERROR' and p_retry is not null and p_attempt < (p_retry ->> 'max_attempts')::integer then
    v_status := 'RETRYING';
    -- a step that only waits says when it wants to look again
    v_due := p_now + coalesce((p_retry ->> 'wait_seconds')::float8,
      workflows.backoff_seconds(p_attempt, (p_retry ->> 'interval_seconds')::float8,
        (p_retry ->> 'backoff_rate')::float8, (p_retry ->> 'max_interval_seconds')::float8)) * interval '1 second';
  end if;
  insert into workflows.step (workflow_id, step_key, kind, status, attempts, started_at, ended_at, due_at, output, error)
  values (p_workflow_id, p_step_key, p_kind, v_status, p_attempt, p_now, p_now, v_due, nullif(p_output::text, 'null'), p_error::text)
  on conflict (workflow_id, step_key) do update
  set status = excluded.status, attempts = excluded.attempts, ended_at = excluded.ended_at, due_at = excluded.due_at,
    output = excluded.output, error = excluded.error;
  return json_strip_nulls(json_build_object('n', p_n, 'c', p_control,
    'a', case when v_status = 'RETRYING' then 'retry' when p_status = 'ERROR' and p_retry is not null then 'give_up' else 'recorded' end,
    'due_ms', (extract(epoch from v_due - p_now) * 1000)::bigint));
end
$$;
comment on function workflows.record_again(integer, uuid, text, text, text, text, json, json, integer, json, timestamptz) is
  'Records a failed try, or answers what is recorded.';

-- Full jitter: anything between nothing and the exponential wait, so that many failures do not come
-- back together (Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015).
create or replace function workflows.backoff_seconds(p_failures integer, p_first float8, p_rate float8, p_most float8) returns float8
language sql volatile
as $$
  select random() * least(coalesce(p_most, 3600), coalesce(p_first, 1) * power(coalesce(p_rate, 2)::numeric, least(p_failures - 1, 60))::float8)
$$;
comment on function workflows.backoff_seconds(integer, float8, float8, float8) is
  'Seconds to wait before the next try.';
