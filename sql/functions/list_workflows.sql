-- Newest first, by id; page on with "before" = the last id of a page. Live ones of a status come
-- from the hot tables, unless they are very many; everything else from a walk back through the ids.
create or replace function workflows.list_workflows(p_filter text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off set plan_cache_mode = force_custom_plan
as $$
declare
  v_filter jsonb := workflows.list_filter(p_filter);
  v_status text := upper(v_filter ->> 'status');
  v_live uuid[];
  v_answer text;
begin
  if v_status in ('ENQUEUED', 'DELAYED', 'BLOCKED', 'RUNNING', 'WAITING', 'HELD') then
    v_live := workflows.search_live(array[v_status], null, 10001);
    if cardinality(v_live) > 10000 then v_live := null; end if;
  end if;
  select json_agg(workflows.workflow_json(w) order by w.workflow_id desc)::text into v_answer
  from (
    select w.* from workflows.workflow w
    where (v_live is null or w.workflow_id = any (v_live))
      and (v_filter ->> 'before' is null or w.workflow_id < (v_filter ->> 'before')::uuid)
      and (v_filter ->> 'workflow_name' is null or w.workflow_name = v_filter ->> 'workflow_name')
      and (v_status is null or w.status = v_status)
      and (v_filter ->> 'state' is null or w.state = upper(v_filter ->> 'state'))
      and (v_filter ->> 'search' is null or strpos(lower(concat_ws(' ', w.workflow_id, w.workflow_name, w.partition_key,
           w.deduplication_id, array_to_string(w.resources, ' '))), lower(v_filter ->> 'search')) > 0)
      and (v_filter ->> 'partition_key' is null or w.partition_key = v_filter ->> 'partition_key')
      and (v_filter ->> 'queue_name' is null
           or w.queue_id = (select q.queue_id from workflows.queue q where q.queue_name = v_filter ->> 'queue_name'))
      and (v_filter ->> 'parent' is null or w.workflow_id in (
           select c.workflow_id from workflows.child c
           where c.parent_workflow_id = (v_filter ->> 'parent')::uuid))
      and (v_filter ->> 'since' is null or w.enqueued_at >= (v_filter ->> 'since')::timestamptz)
      and (v_filter ->> 'until' is null or w.enqueued_at < (v_filter ->> 'until')::timestamptz)
    order by w.workflow_id desc limit coalesce((v_filter ->> 'limit')::integer, 100)) w;
  return coalesce(v_answer, '[]');
end
$$;
comment on function workflows.list_workflows(text) is
  'Workflows that fit a filter, newest first, as JSON.';

create or replace function workflows.list_filter(p_filter text) returns jsonb
language plpgsql volatile
as $$
declare
  v_filter jsonb;
  v_key text;
begin
  v_filter := coalesce(nullif(p_filter, ''), '{}')::jsonb;
  select k into v_key from jsonb_object_keys(v_filter) k
  where k not in ('workflow_name', 'queue_name', 'status', 'state', 'partition_key', 'search', 'since', 'until', 'limit',
    'before', 'parent') limit 1;
  if found then
    perform workflows.refuse('WF002', workflows.bad_argument(v_key, 'is not a filter'),
      'filters are workflow_name, queue_name, status, state, partition_key, search, since, until, limit, before, parent');
  end if;
  perform (v_filter ->> 'before')::uuid, (v_filter ->> 'parent')::uuid,
    (v_filter ->> 'since')::timestamptz, (v_filter ->> 'until')::timestamptz, (v_filter ->> 'limit')::integer;
  if coalesce((v_filter ->> 'limit')::integer, 1) not between 1 and 1000 then
    perform workflows.refuse('WF002', workflows.bad_argument('limit', 'must be between 1 and 1000'), 'limit must be between 1 and 1000');
  end if;
  return v_filter;
exception when data_exception then
  return workflows.refuse('WF002', workflows.bad_argument('filter', 'is not a JSON object of valid values'),
    'filter must be a JSON object; before and parent are workflow ids, since and until are times')::jsonb;
end
$$;
comment on function workflows.list_filter(text) is 'Reads the filter of a list.';
