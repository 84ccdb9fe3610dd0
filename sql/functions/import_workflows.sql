-- Adds workflows that ended in another system, as history, with an audit line `imported`. Statuses:
-- nothing -> a final one; what is not final is refused. They are in no lane, keep no key and are no
-- dead letters: nobody else is touched. p_items: a JSON array; each gets its own outcome: imported,
-- already or refused. An id gets the time of enqueueing in front and keeps its end, since lists and
-- retention go by ids: the same one gets the same again. is_over: retention removes it next.
-- Options: actor, source (what they come from, for the audit), is_dry_run.
create or replace function workflows.import_workflows(p_items text, p_options text default '{}')
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_call_options(
    p_options, 'options', '{actor,source,is_dry_run}');
  v_actor text := workflows.option_actor(v_options);
  v_is_dry_run boolean := workflows.option_boolean(v_options, 'is_dry_run', false);
  v_answer text;
begin
  if not workflows.is_json_array(p_items) then
    perform workflows.refuse('WF002', workflows.bad_argument('items', 'is not a JSON array'),
      'items must be a JSON array of workflows that have ended');
  end if;
  perform pg_current_xact_id();
  with asked as materialized (
    select e.item, e.n, workflows.history_problem(e.item) as problem
    from json_array_elements(p_items::json) with ordinality e(item, n)),
  sound as materialized (  -- only these may be cast
    select a.n, a.item from asked a where a.problem is null),
  placed as materialized (
    select s.n, s.item, h.*, row_number() over (partition by h.workflow_id order by s.n) as copy_no
    from sound s cross join lateral workflows.read_history(s.item) h),
  added as (
    insert into workflows.workflow (workflow_id, lane_id, ready_seq, status, state, enqueued_at,
      started_at, ended_at, timeout_seconds, queue_id, workflow_version, priority, attempt,
      workflow_name, partition_key, deduplication_id, reason, enqueued_by, actor)
    select p.workflow_id,
      workflows.lane_key(p.queue_id, p.workflow_name, 1, p.priority, 'new'),
      nextval('workflows.ready_seq'), p.status, p.state, p.enqueued_at, p.started_at, p.ended_at,
      p.timeout_seconds, p.queue_id, 1, p.priority, (p.started_at is not null)::integer,
      p.workflow_name, p.partition_key, p.deduplication_id, p.reason, session_user,
      coalesce(p.actor, v_options ->> 'source', v_actor)
    from placed p where p.copy_no = 1 and not v_is_dry_run order by p.workflow_id
    on conflict do nothing returning workflow_id),
  fresh as materialized (
    select p.* from placed p where p.copy_no = 1
      and p.workflow_id in (select a.workflow_id from added a)),
  payload as (
    insert into workflows.workflow_payload (workflow_id, inputs)
    select f.workflow_id, f.inputs from fresh f where f.inputs <> '{}'),
  outcome as (
    insert into workflows.workflow_outcome (workflow_id, result, error_class, error_message,
      error_traceback, is_sanitised)
    select f.workflow_id, f.result, f.error ->> 'class', f.error ->> 'message',
      f.error ->> 'traceback', f.is_sanitised from fresh f),
  recipe as (
    insert into workflows.workflow_recipe (workflow_id, template_name, template_version,
      enum_versions, overrides)
    select f.workflow_id, f.recipe ->> 'template_name',
      (f.recipe ->> 'template_version')::numeric::integer, '{}',
      coalesce(f.recipe -> 'overrides', '{}') from fresh f where f.recipe is not null),
  steps as (
    insert into workflows.step (workflow_id, step_key, kind, status, attempts, started_at,
      ended_at, output, error)
    select f.workflow_id, s.step_key, 'step', s.status, s.attempts, s.started_at, s.ended_at,
      s.output, s.error
    from fresh f cross join lateral workflows.read_history_steps(f.item, f.enqueued_at) s),
  audited as (
    insert into workflows.audit (workflow_id, change_no, audited_at, event, status, state, attempt,
      actor, database_user, detail, source, new_value)
    select f.workflow_id, 0, v_now, 'imported', f.status, f.state,
      (f.started_at is not null)::integer, v_actor, session_user,
      concat_ws(' ', v_options ->> 'source', f.item ->> 'workflow_id'),
      workflows.session_source(), f.status || ' ' || f.state from fresh f order by f.n)
  select json_agg(json_strip_nulls(json_build_object('workflow_id', p.workflow_id,
    'outcome', case when a.problem is not null then 'refused'
      when p.workflow_id in (select f.workflow_id from fresh f) and p.copy_no = 1 then 'imported'
      when v_is_dry_run and p.copy_no = 1 and not exists (
        select from workflows.workflow w where w.workflow_id = p.workflow_id) then 'imported'
      else 'already' end,
    'problem', a.problem, 'is_over', case when p.ended_at <= v_now - (
      workflows.policy_of(p.queue_id, p.status)).keep_seconds * interval '1 second' then true end))
    order by a.n)::text
  into v_answer from asked a left join placed p on p.n = a.n;
  return coalesce(v_answer, '[]');
end
$$;
comment on function workflows.import_workflows(text, text) is
  'Adds workflows that ended in another system, as history.';

-- What keeps an element from being history, or null. The whole element goes through the tests of a
-- payload first, with the most that any payload may have: what stands is not refused for its size.
create or replace function workflows.history_problem(p_entry json) returns text
language plpgsql stable
as $$
declare
  v_entry jsonb;
  v_problem text := workflows.payload_problem(p_entry::text, 104857600);
begin
  if v_problem is not null then return v_problem; end if;
  if json_typeof(p_entry) <> 'object' then return 'must be an object'; end if;
  v_entry := p_entry::jsonb - '{inputs,result}'::text[];
  select k || ' is not known here' into v_problem from jsonb_object_keys(v_entry) k
  where k <> all ('{workflow_id,workflow_name,queue_name,status,priority,partition_key,actor,'
    'reason,deduplication_id,error,is_sanitised,timeout_seconds,recipe,enqueued_at,started_at,'
    'ended_at,steps}'::text[]) order by k limit 1;
  if found then return v_problem; end if;
  v_entry := jsonb_strip_nulls(v_entry - 'steps')
    || jsonb_build_object('steps', v_entry -> 'steps');
  select k || ' must be a text' into v_problem from unnest('{workflow_id,workflow_name,queue_name,'
    'status,partition_key,actor,reason,deduplication_id}'::text[]) k
  where jsonb_typeof(v_entry -> k) <> 'string' limit 1;
  if found then return v_problem; end if;
  select k || ' ' || workflows.name_problem(v_entry ->> k) into v_problem
  from unnest('{workflow_name,queue_name,partition_key,actor,deduplication_id}'::text[]) k
  where (v_entry ? k or k in ('workflow_name', 'queue_name'))
    and workflows.name_problem(v_entry ->> k) is not null limit 1;
  if found then return v_problem; end if;
  select k || ' must be a time since 1970, as text with its zone or in milliseconds' into v_problem
  from unnest('{enqueued_at,started_at,ended_at}'::text[]) k
  where not workflows.is_history_time(v_entry -> k) limit 1;
  if found then return v_problem; end if;
  return case
    when coalesce(v_entry ->> 'workflow_id' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', true)
      then 'workflow_id must be a uuid'
    when coalesce(v_entry ->> 'status' not in (
        'SUCCESS', 'ERROR', 'CANCELLED', 'STOPPED', 'ABORTED'), true)
      then 'status must be final: what has not ended is not imported'
    when not v_entry ?& '{enqueued_at,ended_at}' then 'needs enqueued_at and ended_at'
    when not exists (
        select from workflows.queue q where q.queue_name = v_entry ->> 'queue_name')
      then 'queue_name is not the name of a queue: ' || (v_entry ->> 'queue_name')
    when jsonb_typeof(v_entry -> 'is_sanitised') <> 'boolean'
      then 'is_sanitised must be true or false'
    when workflows.number_problem(v_entry -> 'priority', -100, 100, true) is not null
      then 'priority ' || workflows.number_problem(v_entry -> 'priority', -100, 100, true)
    when workflows.number_problem(v_entry -> 'timeout_seconds', 0, 1e9, false) is not null
      then 'timeout_seconds ' || workflows.number_problem(
        v_entry -> 'timeout_seconds', 0, 1e9, false)
    when jsonb_typeof(v_entry -> 'error') <> 'object' then 'error must be an object'
    when v_entry ? 'recipe' and (jsonb_typeof(v_entry #> '{recipe,template_name}') = 'string'
        and jsonb_typeof(coalesce(v_entry #> '{recipe,overrides}', '{}')) = 'object'
        and workflows.number_problem(
          v_entry #> '{recipe,template_version}', 1, 1000000, true) is null
        and v_entry #> '{recipe,template_version}' is not null) is not true
      then 'recipe must have template_name, template_version and overrides'
    else workflows.history_steps_problem(nullif(v_entry -> 'steps', 'null')) end;
end
$$;
comment on function workflows.history_problem(json) is
  'What keeps an element from being history, or null.';

create or replace function workflows.history_steps_problem(p_steps jsonb) returns text
language plpgsql stable
as $$
declare
  v_problem text;
begin
  if p_steps is null then return null; end if;
  if jsonb_typeof(p_steps) <> 'array' then return 'steps must be an array'; end if;
  if jsonb_path_exists(p_steps, 'strict $[*] ? (@.type() != "object")') then
    return 'steps must be objects';
  end if;
  select 'steps: ' || concat_ws(' ', s ->> 'step_key', case
    when jsonb_typeof(s -> 'step_key') is distinct from 'string'
      or workflows.name_problem(s ->> 'step_key') is not null then 'needs a step_key'
    when coalesce(s ->> 'status' not in ('SUCCESS', 'ERROR', 'RUNNING'), true)
      then 'must be SUCCESS, ERROR or RUNNING'
    when workflows.number_problem(s -> 'attempts', 0, 1000000, true) is not null
      then 'has attempts that are no number'
    when not workflows.is_history_time(s -> 'started_at')
      or not workflows.is_history_time(s -> 'ended_at') then 'has a time that is none' end)
  into v_problem from jsonb_array_elements(p_steps) with ordinality e(s, n)
  where jsonb_typeof(s -> 'step_key') is distinct from 'string'
    or workflows.name_problem(s ->> 'step_key') is not null
    or coalesce(s ->> 'status' not in ('SUCCESS', 'ERROR', 'RUNNING'), true)
    or workflows.number_problem(s -> 'attempts', 0, 1000000, true) is not null
    or not workflows.is_history_time(s -> 'started_at')
    or not workflows.is_history_time(s -> 'ended_at') order by n limit 1;
  if found then return v_problem; end if;
  return (
    select 'steps has a step_key twice: ' || min(s.key) from (
      select e ->> 'step_key' as key from jsonb_array_elements(p_steps) e
      group by 1 having count(*) > 1) s having count(*) > 0);
end
$$;
comment on function workflows.history_steps_problem(jsonb) is
  'What keeps steps from being history, or null.';

create or replace function workflows.number_problem(
  p_value jsonb, p_least numeric, p_most numeric, p_is_whole boolean) returns text
language plpgsql immutable
as $$
begin
  if p_value is null or p_value = 'null' then return null; end if;
  if jsonb_typeof(p_value) <> 'number' then return 'must be a number'; end if;
  if p_value::numeric between p_least and p_most
     and (not p_is_whole or p_value::numeric % 1 = 0) then
    return null;
  end if;
  return 'must be a ' || case when p_is_whole then 'whole ' else '' end || 'number from ' || p_least
    || ' to ' || p_most;
end
$$;
comment on function workflows.number_problem(jsonb, numeric, numeric, boolean) is
  'What is wrong with a number within limits, or null.';

-- A time from 1970 to 9999, which is what an id can hold; nothing at all is one, too.
create or replace function workflows.is_history_time(p_value jsonb) returns boolean
language plpgsql stable
as $$
begin
  if p_value is null or p_value = 'null' then return true; end if;
  if not workflows.is_datetime(p_value) then return false; end if;
  return workflows.history_time(p_value) between '1970-01-01 00:00Z' and '9999-12-31 00:00Z';
end
$$;
comment on function workflows.is_history_time(jsonb) is
  'Whether a value is a time that history can have.';

create or replace function workflows.history_time(p_value jsonb) returns timestamptz
language plpgsql stable
as $$
begin
  return case jsonb_typeof(p_value)
    when 'number' then timestamptz '1970-01-01 00:00Z'
      + (p_value::bigint / 1000) * interval '1 second'
      + (p_value::bigint % 1000) * interval '1 millisecond'
    when 'string' then (p_value #>> '{}')::timestamptz end;
end
$$;
comment on function workflows.history_time(jsonb) is 'The time that a value stands for.';

-- One sound element as it will stand. Times that run backwards are put right: it was enqueued and
-- started no later than it ended.
create or replace function workflows.read_history(
  p_entry json, out workflow_id uuid, out workflow_name text, out queue_id integer, out status text,
  out state text, out priority smallint, out partition_key text, out deduplication_id text,
  out timeout_seconds float8, out reason text, out actor text, out inputs text, out result text,
  out error json, out is_sanitised boolean, out recipe jsonb, out enqueued_at timestamptz,
  out started_at timestamptz, out ended_at timestamptz)
returns record
language plpgsql stable
as $$
declare
  v_entry jsonb := jsonb_strip_nulls(p_entry::jsonb - '{inputs,result,steps}'::text[]);
begin
  ended_at := workflows.history_time(v_entry -> 'ended_at');
  enqueued_at := least(workflows.history_time(v_entry -> 'enqueued_at'), ended_at);
  started_at := greatest(enqueued_at,
    least(workflows.history_time(nullif(v_entry -> 'started_at', 'null')), ended_at));
  if not v_entry ? 'started_at' then started_at := null; end if;
  workflow_id := workflows.dated_id((v_entry ->> 'workflow_id')::uuid, enqueued_at);
  workflow_name := v_entry ->> 'workflow_name';
  select q.queue_id into queue_id from workflows.queue q
  where q.queue_name = v_entry ->> 'queue_name';
  status := v_entry ->> 'status';
  state := case status when 'SUCCESS' then 'COMPLETE' else status end;
  priority := coalesce((v_entry ->> 'priority')::numeric::smallint, 0);
  partition_key := v_entry ->> 'partition_key';
  deduplication_id := v_entry ->> 'deduplication_id';
  timeout_seconds := nullif((v_entry ->> 'timeout_seconds')::float8, 0);
  inputs := coalesce(nullif((p_entry -> 'inputs')::text, 'null'), '{}');
  result := nullif((p_entry -> 'result')::text, 'null');
  error := (v_entry -> 'error')::json;
  reason := coalesce(v_entry ->> 'reason', workflows.error_reason(error));
  actor := v_entry ->> 'actor';
  is_sanitised := coalesce((v_entry -> 'is_sanitised')::boolean, false);
  recipe := v_entry -> 'recipe';
end
$$;
comment on function workflows.read_history(json) is 'A workflow that has ended, as it will stand.';

-- In the order in which they are given, which a clock of milliseconds does not tell.
create or replace function workflows.read_history_steps(
  p_entry json, p_enqueued_at timestamptz, out step_key text, out status text, out attempts integer,
  out started_at timestamptz, out ended_at timestamptz, out output text, out error text)
returns setof record
language plpgsql stable
as $$
begin
  if json_typeof(p_entry -> 'steps') is distinct from 'array' then return; end if;
  return query
  select s.step_key, s.status, coalesce(s.attempts::integer, 1),
    coalesce(least(t.began, t.came), p_enqueued_at), coalesce(t.came, t.began, p_enqueued_at),
    nullif(s.output::text, 'null'), nullif(s.error::text, 'null')
  from rows from (json_to_recordset(p_entry -> 'steps') as (step_key text, status text,
    attempts numeric, started_at jsonb, ended_at jsonb, output json, error json))
    with ordinality as s(step_key, status, attempts, started_at, ended_at, output, error, n)
  cross join lateral (select s.n * interval '1 microsecond' as shift) m
  cross join lateral (select workflows.history_time(s.started_at) + m.shift as began,
    workflows.history_time(s.ended_at) + m.shift as came) t;
end
$$;
comment on function workflows.read_history_steps(json, timestamptz) is
  'The steps of a workflow that has ended, as they will stand.';

-- A uuid with the time in front as RFC 9562 version 7 has it, and the end that it had.
create or replace function workflows.dated_id(p_id uuid, p_at timestamptz) returns uuid
language sql immutable
as $$
  select encode(set_byte(overlay(uuid_send(p_id)
      placing substring(int8send((extract(epoch from p_at) * 1000)::bigint) from 3) from 1 for 6),
    6, (get_byte(uuid_send(p_id), 6) & 15) | 112), 'hex')::uuid
$$;
comment on function workflows.dated_id(uuid, timestamptz) is
  'An id with the time in front and the end that it had.';
