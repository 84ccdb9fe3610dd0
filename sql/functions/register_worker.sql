-- Registers one running engine with the queues it works and the names and versions it can run; the
-- latest registration of a name sets its policies. Idempotent for the same id, unless that worker
-- was lost.
create or replace function workflows.register_worker(p_worker_id text, p_registration text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_asked json := p_registration::json;
  v_lease float8 := workflows.setting_of('lease_seconds')::float8;
  v_version integer := workflows.schema_version();
  v_missing text;
  v_queues integer[];
begin
  if (v_asked ->> 'schema_version')::integer is distinct from v_version then
    perform workflows.refuse('WF008', jsonb_build_object('schema_version', v_version, 'library', v_asked ->> 'schema_version'),
      case when v_version < (v_asked ->> 'schema_version')::integer
        then 'the schema is older than this library: run ignition-workflows migrate'
        else 'the schema is newer than this library: upgrade the library' end);
  end if;
  select n.queue_name into v_missing from json_array_elements_text(v_asked -> 'queues') n(queue_name)
  where not exists (select from workflows.queue q where q.queue_name = n.queue_name) limit 1;
  if found then
    perform workflows.refuse('WF005', jsonb_build_object('field', 'queues', 'queue_name', v_missing),
      'there is no queue ' || v_missing || ': make it with create_queue');
  end if;
  select array_agg(q.queue_id order by q.queue_id) into v_queues
  from json_array_elements_text(v_asked -> 'queues') n(queue_name) join workflows.queue q on q.queue_name = n.queue_name;
  perform workflows.register_definitions(p_worker_id::uuid, v_asked -> 'definitions', v_now);
  insert into workflows.worker as w (worker_id, expires_at, renewed_at, listen_mode, lease_seconds, threads, queue_ids, worker_name,
    host_name, process_id, library_version, database_user, started_at, role, is_active,
    project_name, generation)
  values (p_worker_id::uuid, v_now + v_lease * interval '1 second', v_now, coalesce(v_asked ->> 'listen_mode', 'starting'), v_lease,
    coalesce((v_asked ->> 'threads')::integer, 1), v_queues, coalesce(v_asked ->> 'worker_name', p_worker_id),
    v_asked ->> 'host_name', v_asked ->> 'process_id', v_asked ->> 'library_version', session_user,
    v_now,
    coalesce(v_asked ->> 'role', 'process'), coalesce((v_asked ->> 'is_active')::boolean, true),
    v_asked ->> 'project_name', (v_asked ->> 'generation')::bigint)
  on conflict (worker_id) do update set queue_ids = excluded.queue_ids, threads = excluded.threads,
    listen_mode = excluded.listen_mode, role = excluded.role, is_active = excluded.is_active,
    project_name = excluded.project_name, generation = excluded.generation
  where w.lost_at is null and w.retired_at is null;
  if not found then
    perform workflows.refuse('WF001', jsonb_build_object('worker_id', p_worker_id),
      'this worker was declared lost or has retired; register under a new id');
  end if;
  return json_build_object('lease_ms', (v_lease * 1000)::bigint, 'renew_ms', (v_lease * 250)::bigint,
    'poll_ms', (workflows.setting_of('poll_seconds')::float8 * 1000)::bigint,
    'suspend_over_ms', (workflows.setting_of('suspend_over_seconds')::float8 * 1000)::bigint,
    'payload_bytes', workflows.setting_of('payload_bytes')::integer, 'channel', 'workflows_wake', 'queue_ids', v_queues)::text;
end
$$;
comment on function workflows.register_worker(text, text) is
  'Registers a worker, its queues and what it can run.';

-- Definitions that differ from what stands are written and audited, one row each; the others cost
-- a read. Locks those that stand, so that what was is what the audit says.
create or replace function workflows.register_definitions(p_worker_id uuid, p_definitions json, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_before jsonb;
  v_changed integer;
  v_missing text;
begin
  select x.queue_name into v_missing from json_to_recordset(p_definitions) as x(queue_name text)
  where not exists (select from workflows.queue q where q.queue_name = x.queue_name) limit 1;
  if found then
    perform workflows.refuse('WF005', jsonb_build_object('field', 'definitions', 'queue_name', v_missing),
      'a workflow names the queue ' || coalesce(v_missing, '(null)') || ', which does not exist: make it with create_queue');
  end if;
  select x.workflow_name || ' ' || (p.problem) into v_missing
  from json_to_recordset(p_definitions) as x(workflow_name text, parameters jsonb)
  cross join lateral workflows.form_problem(x.parameters) p(problem)
  where p.problem is not null limit 1;
  if found then
    perform workflows.refuse('WF002', workflows.bad_argument('parameters', v_missing),
      'the parameters of ' || v_missing);
  end if;
  with stands as materialized (
    select d.* from json_to_recordset(p_definitions) as x(workflow_name text, workflow_version integer)
    join workflows.workflow_definition d on d.workflow_name = x.workflow_name and d.workflow_version = x.workflow_version
    order by d.workflow_name, d.workflow_version for no key update of d)
  select jsonb_object_agg(s.workflow_name || ' ' || s.workflow_version, workflows.policies_json(s::workflows.workflow_definition))
  into v_before from stands s;
  with asked as materialized (
    select x.* from json_to_recordset(p_definitions) as x(workflow_name text, workflow_version integer, queue_name text,
      priority smallint, timeout_seconds float8, max_attempts integer, backoff_seconds float8, backoff_rate float8,
      max_backoff_seconds float8, on_worker_lost text, commands text,
      handlers json, parameters jsonb, signature jsonb) order by x.workflow_name, x.workflow_version),
  written as (
    insert into workflows.workflow_definition as d (workflow_name, workflow_version, queue_name, priority, timeout_seconds, max_attempts,
      backoff_seconds, backoff_rate, max_backoff_seconds, on_worker_lost, commands, handlers, parameters, signature, registered_at, registered_by)
    select a.workflow_name, a.workflow_version, a.queue_name, a.priority, a.timeout_seconds, a.max_attempts, a.backoff_seconds,
      a.backoff_rate, a.max_backoff_seconds, a.on_worker_lost, a.commands,
      array(select h from json_array_elements_text(coalesce(a.handlers, '[]')) h order by h),
      a.parameters, a.signature, p_now, p_worker_id::text from asked a
    on conflict (workflow_name, workflow_version) do update set queue_name = excluded.queue_name, priority = excluded.priority,
      timeout_seconds = excluded.timeout_seconds, max_attempts = excluded.max_attempts, backoff_seconds = excluded.backoff_seconds,
      backoff_rate = excluded.backoff_rate, max_backoff_seconds = excluded.max_backoff_seconds,
      on_worker_lost = excluded.on_worker_lost, commands = excluded.commands,
      handlers = excluded.handlers, parameters = excluded.parameters,
      signature = excluded.signature, registered_at = excluded.registered_at,
      registered_by = excluded.registered_by
    where (d.queue_name, d.priority, d.timeout_seconds, d.max_attempts, d.backoff_seconds, d.backoff_rate, d.max_backoff_seconds,
           d.on_worker_lost, d.commands, d.handlers, d.parameters, d.signature)
      is distinct from (excluded.queue_name, excluded.priority, excluded.timeout_seconds, excluded.max_attempts,
           excluded.backoff_seconds, excluded.backoff_rate, excluded.max_backoff_seconds, excluded.on_worker_lost,
           excluded.commands, excluded.handlers, excluded.parameters, excluded.signature)
    returning d.*)
  select count(workflows.audit_configuration('definitions registered', c.title, v_before ->> c.title,
      c.policies, p_worker_id::text, null, p_worker_id)) into v_changed
  from (select w.workflow_name || ' ' || w.workflow_version as title,
          workflows.policies_json(w::workflows.workflow_definition)::text as policies from written w) c;
  delete from workflows.worker_definition d where d.worker_id = p_worker_id;
  insert into workflows.worker_definition (worker_id, workflow_name, workflow_version)
  select distinct p_worker_id, x.workflow_name, x.workflow_version
  from json_to_recordset(p_definitions) as x(workflow_name text, workflow_version integer);
  return v_changed;
end
$$;
comment on function workflows.register_definitions(uuid, json, timestamptz) is
  'Writes the definitions that a worker can run.';

create or replace function workflows.policies_json(p_definition workflows.workflow_definition)
returns jsonb
language sql immutable
as $$
  select to_jsonb(p_definition) - '{workflow_name,workflow_version,registered_at,registered_by}'::text[]
$$;
comment on function workflows.policies_json(workflows.workflow_definition) is
  'The policies of a definition.';
