-- Takes the outcomes of many workflows, each with its own answer; null: all were taken. Deleting
-- the lease by its token is the fence: a stale worker changes nothing. Statuses: RUNNING -> SUCCESS
-- here, and all the other ways in finish_other. A computed result is recorded even when a command
-- came first; the command is then marked overtaken. A lease that a command has locked answers busy:
-- send it again.
create or replace function workflows.finish_workflows(p_worker_id text, p_outcomes text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_asked integer := json_array_length(p_outcomes::json);
  v_done uuid[];
  v_tokens uuid[];
  v_gated uuid[];
  v_commanded uuid[];
  v_children uuid[];
  v_answers json;
begin
  with asked as materialized (
    select distinct on (x.w, x.t) x.* from json_to_recordset(p_outcomes::json) as x(
      n integer, w uuid, t uuid, outcome text, result json, is_sanitised boolean) where x.outcome = 'success' order by x.w, x.t),
  locked as materialized (
    select l.workflow_id, nullif(a.result::text, 'null') as result, coalesce(a.is_sanitised, false) as is_sanitised
    from asked a join workflows.lease l on l.workflow_id = any (array[a.w]) and l.lease_token = a.t for update of l skip locked),
  gone as (
    delete from workflows.lease l using locked k where l.workflow_id = any (array[k.workflow_id])
    returning l.workflow_id, l.control, k.result, k.is_sanitised),
  ended as (
    update workflows.workflow w set status = 'SUCCESS', state = 'COMPLETE', ended_at = v_now, reason = null, change_no = w.change_no + 1
    from gone g where w.workflow_id = g.workflow_id
    returning w.workflow_id, w.lease_token, w.gate_ids is not null as is_gated,
      w.parent_workflow_id is not null as is_child, g.control, g.result, g.is_sanitised),
  results as (
    insert into workflows.workflow_outcome (workflow_id, result, is_sanitised)
    select e.workflow_id, e.result, e.is_sanitised from ended e where e.result is not null or e.is_sanitised
    on conflict (workflow_id) do update set result = excluded.result, error_class = null, error_message = null,
      error_traceback = null, is_sanitised = excluded.is_sanitised)
  select array_agg(e.workflow_id), array_agg(e.lease_token), array_agg(e.workflow_id) filter (where e.is_gated),
    array_agg(e.workflow_id) filter (where e.control is not null),
    array_agg(e.workflow_id) filter (where e.is_child)
  into v_done, v_tokens, v_gated, v_commanded, v_children from ended e;
  if v_commanded is not null then perform workflows.answer_commands(v_commanded, 'overtaken', v_now); end if;
  if v_gated is not null then perform workflows.free_gates(v_gated); end if;
  if v_children is not null then perform workflows.wake_parents(v_children); end if;
  if v_done is not null and exists (select from workflows.wait) then
    perform workflows.end_waits(v_done, v_now);
  end if;
  if v_done is not null then perform workflows.audit_change(v_done, 'success', null, null, p_worker_id); end if;
  if coalesce(cardinality(v_done), 0) < v_asked then
    select json_agg(json_build_object('n', x.n, 'a', r.answer)) filter (where r.answer <> 'ok') into v_answers
    from (select * from json_to_recordset(p_outcomes::json) as x(
            n integer, w uuid, t uuid, outcome text, result json, is_sanitised boolean, error json, k text)
          where not coalesce(x.w = any (v_done) and x.t = any (v_tokens), false) order by x.w) x
    cross join lateral (select workflows.finish_other(x.w, x.t, x.outcome, x.error, x.is_sanitised, x.k, v_now) as answer) r;
  end if;
  if exists (select from workflows.wake) and workflows.take_turn(true) then
    -- who came meanwhile, perhaps with better priority, lines up before the gates are handed over
    perform workflows.fold_new_lanes(true);
    perform workflows.admit_gated();
  end if;
  return v_answers::text;
end
$$;
comment on function workflows.finish_workflows(text, text) is
  'Takes the outcomes of workflows from a worker.';

-- Every outcome but a plain success. A command that waits decides first: what it orders happens
-- now.
create or replace function workflows.finish_other(
  p_workflow_id uuid, p_lease_token uuid, p_outcome text, p_error json, p_is_sanitised boolean, p_step_key text,
  p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_lease workflows.lease%rowtype;
  v_workflow workflows.workflow%rowtype;
begin
  select l.* into v_lease from workflows.lease l
  where l.workflow_id = p_workflow_id and l.lease_token = p_lease_token for update skip locked;
  if not found or p_outcome = 'success' then return workflows.finish_refusal(p_workflow_id, p_lease_token, p_outcome); end if;
  select w.* into v_workflow from workflows.workflow w where w.workflow_id = p_workflow_id for no key update;
  delete from workflows.lease l where l.workflow_id = p_workflow_id;
  if p_error is not null then perform workflows.keep_error(p_workflow_id, p_error, p_is_sanitised); end if;
  if p_outcome = 'error' then
    update workflows.workflow w set failure_count = w.failure_count + 1 where w.workflow_id = p_workflow_id;
    perform workflows.settle_error(v_workflow, v_lease, p_error, p_now);
  else
    perform workflows.settle_leaving(v_workflow, v_lease, p_outcome, p_step_key, p_error, p_now);
  end if;
  return 'ok';
end
$$;
comment on function workflows.finish_other(uuid, uuid, text, json, boolean, text, timestamptz) is
  'Takes one outcome that is not a plain success.';

-- Why an outcome was not taken. The same token and outcome once more is the answer as before: a
-- worker that lost the reply may ask again.
create or replace function workflows.finish_refusal(p_workflow_id uuid, p_lease_token uuid, p_outcome text) returns text
language plpgsql volatile
as $$
declare
  v_workflow workflows.workflow%rowtype;
begin
  if exists (select from workflows.lease l where l.workflow_id = p_workflow_id and l.lease_token = p_lease_token) then
    return 'busy';
  end if;
  select w.* into v_workflow from workflows.workflow w where w.workflow_id = p_workflow_id;
  if v_workflow.lease_token is distinct from p_lease_token then return 'WF001'; end if;
  return case
    when p_outcome = 'success' and v_workflow.status = 'SUCCESS' then 'ok'
    when p_outcome = 'error' and v_workflow.status in ('ERROR', 'DELAYED', 'ENQUEUED', 'HELD', 'STOPPED', 'CANCELLED', 'ABORTED') then 'ok'
    when p_outcome in ('stopped', 'cancelled', 'aborted') and v_workflow.status in ('STOPPED', 'CANCELLED', 'ABORTED') then 'ok'
    when p_outcome in ('suspend', 'released', 'held') and v_workflow.ended_at is null then 'ok'
    when v_workflow.ended_at is not null then 'WF004'
    else 'WF001' end;
end
$$;
comment on function workflows.finish_refusal(uuid, uuid, text) is 'Why an outcome was not taken.';
