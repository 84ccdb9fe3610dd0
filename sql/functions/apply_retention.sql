-- Removes what is kept no longer, p_limit workflows at most, and looks at 20 times as many. Answers
-- what was removed of which queue and table, and where to go on: give `next` as p_after until
-- is_done. A call is one transaction; it waits for nobody but who counts or sets a policy, and
-- passes by what somebody has locked or what has a child that lives. Audited where it removed
-- something.
create or replace function workflows.apply_retention(
  p_limit integer default 1000, p_after text default null, p_actor text default 'script')
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_limit integer := coalesce(p_limit, 1000);
  v_after text := coalesce(p_after, 'count');
  v_removed jsonb := jsonb '{"tables": {}, "queues": {}}';
  v_count integer;
  v_walk record;
begin
  perform workflows.refuse_unless(
    case when v_limit not between 1 and 10000 then 'must be from 1 to 10000' end, 'limit');
  if v_after = 'count' or v_after like 'count %' then
    v_after := coalesce('count ' || workflows.count_on(
      nullif(split_part(v_after, ' ', 2), '')::uuid, v_limit * 20, v_now),
      workflows.first_uuid()::text);
  elsif v_after = 'audit' then
    v_count := workflows.remove_audit(v_limit, v_now);
    v_removed := v_removed || jsonb_build_object('tables', jsonb_build_object('audit', v_count));
    if v_count < v_limit then v_after := 'rejected'; end if;
  elsif v_after = 'rejected' then
    v_count := workflows.remove_rejected(v_limit, v_now);
    v_removed := v_removed
      || jsonb_build_object('tables', jsonb_build_object('rejected_entry', v_count));
    if v_count < v_limit then v_after := null; end if;
  else
    select w.* into v_walk from workflows.remove_over(
      workflows.read_uuid(v_after, 'after'), v_limit, v_now) w;
    v_removed := v_walk.removed || jsonb_build_object('passed_by', v_walk.passed_by);
    v_after := coalesce(v_walk.next_id::text, 'audit');
  end if;
  if v_removed -> 'queues' <> '{}' then
    perform workflows.audit_configuration('retention applied', v_removed::text, null, null,
      coalesce(p_actor, 'script'));
  end if;
  return (v_removed || jsonb_build_object('next', v_after, 'is_done', v_after is null))::text;
end
$$;
comment on function workflows.apply_retention(integer, text, text) is
  'Removes some of what is kept no longer, and says where to go on.';

-- Counts on from an id. The first call of a loop begins anew, and maintenance leaves it alone then.
create or replace function workflows.count_on(p_before uuid, p_look integer, p_now timestamptz)
returns uuid
language plpgsql volatile
as $$
declare
  v_next uuid;
begin
  if not exists (
    select from workflows.retention_policy p where p.keep_count is not null) then
    return null;
  end if;
  perform workflows.lock_progress();
  v_next := workflows.count_kept(p_before, p_look);
  update workflows.retention_progress g
  set count_cursor_id = v_next, count_ended_at = p_now where g.progress_id = 1;
  return v_next;
end
$$;
comment on function workflows.count_on(uuid, integer, timestamptz) is
  'Counts on what policies keep by number.';

create or replace function workflows.remove_over(
  p_after uuid, p_limit integer, p_now timestamptz, out removed jsonb, out passed_by integer,
  out next_id uuid) returns record
language plpgsql volatile
as $$
declare
  v_found record;
  v_batch jsonb;
  v_left integer := p_limit;
begin
  passed_by := 0;
  removed := jsonb '{"tables": {}, "queues": {}}';
  next_id := p_after;
  for v_round in 1..20 loop
    select f.* into v_found from workflows.find_over(
      next_id, workflows.last_uuid(), p_limit, least(v_left, 500), p_now) f;
    v_batch := null;
    if v_found.workflow_ids is not null then
      v_batch := workflows.remove_workflows(v_found.workflow_ids, v_found.ends);
      removed := workflows.add_removed(removed, v_batch);
      v_left := v_left - cardinality(v_found.workflow_ids);
      exit when (v_batch -> 'is_cut')::boolean;  -- the rest of these in the next call
      passed_by := passed_by + cardinality(v_found.workflow_ids)
        - coalesce((v_batch #>> '{tables,workflow}')::integer, 0);
    end if;
    next_id := v_found.next_id;
    exit when next_id is null or v_left <= 0;
  end loop;
end
$$;
comment on function workflows.remove_over(uuid, integer, timestamptz) is
  'Removes what is kept no longer, from an id on.';
