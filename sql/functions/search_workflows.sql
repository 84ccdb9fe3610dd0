-- Reads only. A page of workflows, newest first by id; go on with "before" = "next" until that is
-- null. At most "look" rows are looked at in one call, whatever the tables hold: a page may be
-- short, or empty, though more follows. What only live workflows have is looked for in the hot
-- tables, what has failed among the dead letters, children under their parent, the rest backwards
-- through the primary key. No payloads, no locks.
create or replace function workflows.search_workflows(p_filter text default '{}') returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off set plan_cache_mode = force_custom_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_filter jsonb := workflows.search_filter(p_filter, v_now);
  v_limit bigint := workflows.option_number(v_filter, 'limit', 50, 1, 1000);
  v_look bigint := workflows.option_number(v_filter, 'look', 20000, 1, 1000000);
  v_name text := v_filter ->> 'workflow_name';
  v_queue_id integer := (v_filter ->> 'queue_id')::integer;
  v_status text := v_filter ->> 'status';
  v_state text := v_filter ->> 'state';
  v_is_live boolean := (v_filter ->> 'is_live')::boolean;
  v_key text := v_filter ->> 'partition_key';
  v_resource text := v_filter ->> 'resource';
  v_search text := lower(v_filter ->> 'search');
  v_since timestamptz := (v_filter ->> 'since')::timestamptz;
  v_until timestamptz := (v_filter ->> 'until')::timestamptz;
  v_before uuid := coalesce(
    v_filter ->> 'before', 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid;
  v_ids uuid[];
  v_is_walk boolean;
  v_page uuid[];
  v_places bigint[];
  v_looked bigint;
  v_last uuid;
  v_is_complete boolean;
begin
  if v_filter - '{before,limit,look}'::text[] = '{}' then v_look := least(v_look, v_limit); end if;
  v_ids := workflows.search_places(v_filter, v_before, v_look);
  v_is_walk := v_ids is null;
  -- Either way one after the other in the order of the ids, and no further than the page needs.
  select array_agg(p.workflow_id order by p.place), array_agg(p.place order by p.place)
  into v_page, v_places
  from (
    select f.workflow_id, f.place
    from (
      (select row_number() over (order by w.workflow_id desc) as place, w.workflow_id,
         w.workflow_name, w.queue_id, w.status, w.state, w.ended_at, w.partition_key, w.resources,
         w.enqueued_at, w.deduplication_id, w.reason
       from workflows.workflow w where v_is_walk and w.workflow_id < v_before
       order by w.workflow_id desc limit v_look)
      union all
      select i.place, i.workflow_id, l.workflow_name, l.queue_id, l.status, l.state, l.ended_at,
        l.partition_key, l.resources, l.enqueued_at, l.deduplication_id, l.reason
      from unnest(v_ids[1:v_look]) with ordinality i(workflow_id, place)
      cross join lateral (
        select w.workflow_name, w.queue_id, w.status, w.state, w.ended_at, w.partition_key,
          w.resources, w.enqueued_at, w.deduplication_id, w.reason
        from workflows.workflow w where w.workflow_id = i.workflow_id offset 0) l
      where not v_is_walk) f
    where (v_name is null or f.workflow_name = v_name)
      and (v_queue_id is null or f.queue_id = v_queue_id)
      and (v_status is null or f.status = v_status)
      and (v_state is null or f.state = v_state)
      and (v_is_live is null or (f.ended_at is null) = v_is_live)
      and (v_key is null or f.partition_key = v_key)
      and (v_resource is null or v_resource = any (f.resources))
      and (v_since is null or f.enqueued_at >= v_since)
      and (v_until is null or f.enqueued_at < v_until)
      and (v_search is null or strpos(lower(concat_ws(' ', f.workflow_id, f.workflow_name,
        f.partition_key, f.deduplication_id, array_to_string(f.resources, ' '),
        left(f.reason, 2000))), v_search) > 0)
    limit v_limit) p;
  if v_is_walk then  -- what was walked over, and whether there is one more
    v_ids := array(
      select w.workflow_id from workflows.workflow w where w.workflow_id < v_before
      order by w.workflow_id desc limit case when cardinality(v_page) = v_limit
        then v_places[v_limit] else v_look end + 1);
  end if;
  v_looked := least(cardinality(v_ids), case when cardinality(v_page) = v_limit
    then v_places[v_limit] else v_look end);
  v_is_complete := v_looked = cardinality(v_ids);
  v_last := v_ids[v_looked];
  return json_build_object('workflows', workflows.search_rows(v_page, v_now),
    'next', case when not v_is_complete then v_last end, 'looked_at', v_looked, 'looked_back_to', (
      select w.enqueued_at from workflows.workflow w where w.workflow_id = v_last),
    'is_complete', v_is_complete)::text;
end
$$;
comment on function workflows.search_workflows(text) is
  'A page of workflows that fit a filter, newest first, as JSON.';

create or replace function workflows.search_rows(p_ids uuid[], p_now timestamptz) returns json
language plpgsql stable
as $$
begin
  return coalesce((
    select json_agg(json_build_object(
      'workflow_id', w.workflow_id, 'workflow_name', w.workflow_name,
      'workflow_version', w.workflow_version, 'queue_name', (
        select q.queue_name from workflows.queue q where q.queue_id = w.queue_id),
      'status', w.status, 'state', w.state, 'priority', w.priority,
      'partition_key', w.partition_key, 'resources', w.resources, 'attempt', w.attempt,
      'failure_count', w.failure_count, 'reclaim_count', w.reclaim_count,
      'reason', left(w.reason, 2000), 'enqueued_at', w.enqueued_at,
      'available_at', w.available_at, 'started_at', w.started_at, 'ended_at', w.ended_at,
      'deadline_at', w.deadline_at, 'running_seconds',
      date_part('epoch', coalesce(w.ended_at, p_now) - w.started_at),
      'parent_workflow_id', w.parent_workflow_id,
      'enqueued_by', coalesce(w.actor, w.enqueued_by)) order by w.workflow_id desc)
    from unnest(p_ids) i(workflow_id)
    join workflows.workflow w on w.workflow_id = i.workflow_id), '[]');
end
$$;
comment on function workflows.search_rows(uuid[], timestamptz) is
  'Workflows as a list shows them, newest first.';

-- Adds queue_id, is_live where status or state say it, and the statuses that live ones may have.
create or replace function workflows.search_filter(p_filter text, p_now timestamptz) returns jsonb
language plpgsql volatile
as $$
declare
  v_filter jsonb := workflows.read_call_options(p_filter, 'filter',
    '{workflow_name,queue_name,status,state,is_live,partition_key,resource,search,since,until,
      parent,before,limit,look}');
  v_live text[] := array['ENQUEUED', 'DELAYED', 'BLOCKED', 'RUNNING', 'WAITING', 'HELD'];
  v_ended text[] := array['SUCCESS', 'ERROR', 'CANCELLED', 'STOPPED', 'ABORTED'];
  v_key text;
  v_text text;
  v_is_live boolean;
begin
  foreach v_key in array '{workflow_name,queue_name,status,state,partition_key,resource,search,
      since,until,parent,before}'::text[] loop
    continue when not v_filter ? v_key;
    v_text := v_filter ->> v_key;
    perform workflows.refuse_unless(case
      when jsonb_typeof(v_filter -> v_key) <> 'string' then 'must be text'
      when v_key in ('since', 'until') then workflows.time_problem(v_filter -> v_key, v_text)
      when v_key = 'search' and length(v_text) > 200 then 'must not be longer than 200 characters'
      when v_key = 'status' and upper(v_text) <> all (v_live || v_ended) then 'is not a status'
      when v_key = 'state' and not exists (
        select from workflows.transition t where t.from_state = upper(v_text))
        then 'is not a state' end, v_key);
    if v_key in ('status', 'state') then
      v_filter := v_filter || jsonb_build_object(v_key, upper(v_text));
    elsif v_key in ('parent', 'before') then
      perform workflows.read_uuid(v_text, v_key);
    elsif v_key = 'queue_name' then
      v_filter := v_filter || jsonb_build_object('queue_id', coalesce((
        select q.queue_id from workflows.queue q where q.queue_name = v_text), 0));
    end if;
  end loop;
  if v_filter ? 'is_live' and jsonb_typeof(v_filter -> 'is_live') <> 'boolean' then
    perform workflows.refuse_unless('must be true or false', 'is_live');
  end if;
  v_is_live := coalesce((v_filter ->> 'is_live')::boolean, v_filter ->> 'status' = any (v_live),
    v_filter ->> 'state' <> all ('{COMPLETE,ERROR,CANCELLED,STOPPED,ABORTED}'::text[]));
  if v_is_live then
    v_filter := v_filter || jsonb_build_object('is_live', true, 'live_statuses', array(
      select s from unnest(v_live) s
      where coalesce(s = v_filter ->> 'status', true)
        and (v_filter ->> 'state' is null or workflows.workflow_fits(
          s, v_filter ->> 'state', null, case when s = 'HELD' then p_now end))));
  end if;
  return v_filter;
end
$$;
comment on function workflows.search_filter(text, timestamptz) is
  'Reads the filter of a search.';

-- Ids to look at, newest first: one more than p_look where more follow. Null: all workflows.
create or replace function workflows.search_places(
  p_filter jsonb, p_before uuid, p_look bigint) returns uuid[]
language plpgsql stable
as $$
declare
  v_parent uuid := (p_filter ->> 'parent')::uuid;
  v_statuses text[];
  v_ids uuid[];
begin
  if v_parent is not null then
    return array(
      select c.workflow_id from workflows.child c
      where c.parent_workflow_id = v_parent and c.workflow_id < p_before
      order by c.workflow_id desc limit p_look + 1);
  elsif 'ERROR' in (p_filter ->> 'status', p_filter ->> 'state') then
    return array(
      select f.workflow_id from workflows.failed_workflow f where f.workflow_id < p_before
      order by f.workflow_id desc limit p_look + 1);
  elsif p_filter ? 'live_statuses' then
    v_statuses := array(select jsonb_array_elements_text(p_filter -> 'live_statuses'));
    v_ids := workflows.search_live(v_statuses, (p_filter ->> 'queue_id')::integer, p_look + 1);
    if cardinality(v_ids) <= p_look then
      return array(select i from unnest(v_ids) i where i < p_before order by i desc);
    elsif v_statuses = '{RUNNING}' then
      return array(
        select l.workflow_id from workflows.lease l where l.workflow_id < p_before
        order by l.workflow_id desc limit p_look + 1);
    elsif not v_statuses && '{ENQUEUED,RUNNING}' then
      return array(
        select p.workflow_id from workflows.parked p where p.workflow_id < p_before
        order by p.workflow_id desc limit p_look + 1);
    end if;
    -- More are queued than may be looked at, and ready is not in the order of the ids. What is
    -- queued last is claimed last, so the newest of all workflows are mostly what is looked for.
  end if;
  return null;
end
$$;
comment on function workflows.search_places(jsonb, uuid, bigint) is 'Ids that a search looks at.';

-- Live workflows of some statuses from the hot tables, in no order, up to a number of them.
create or replace function workflows.search_live(
  p_statuses text[], p_queue_id integer, p_most bigint) returns uuid[]
language plpgsql stable
as $$
begin
  return array(
    (select l.workflow_id from workflows.lease l
     where 'RUNNING' = any (p_statuses) limit p_most)
    union all
    (select p.workflow_id from workflows.queue q
     join workflows.parked p on p.queue_id = any (array[q.queue_id]) and p.status = any (p_statuses)
     where p_queue_id is null or q.queue_id = p_queue_id limit p_most)
    union all
    (select r.workflow_id from workflows.queue q
     cross join lateral workflows.queue_lanes(q.queue_id) l
     join workflows.ready r on r.lane_id = any (array[l.lane_id]) and r.ready_seq > l.floor
     where 'ENQUEUED' = any (p_statuses) and (p_queue_id is null or q.queue_id = p_queue_id)
     limit p_most)
    limit p_most);
end
$$;
comment on function workflows.search_live(text[], integer, bigint) is
  'Live workflows of some statuses, in no order, up to a number of them.';
