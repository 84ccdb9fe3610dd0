-- Accepts an array of {workflow_name, inputs, options} and answers one outcome per item, in order:
-- a bad item is answered with its error and does not touch the others.
create or replace function workflows.enqueue_many(p_items text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_requests workflows.enqueue_request[];
  v_answer text;
begin
  if not workflows.is_json_array(p_items) then
    perform workflows.refuse('WF002', workflows.bad_argument('items', 'is not a JSON array'),
      'items must be a JSON array of {"workflow_name": .., "inputs": .., "options": ..}');
  end if;
  v_answer := workflows.enqueue_clean(p_items, v_now);
  if v_answer is not null then return v_answer; end if;
  select array_agg(workflows.read_entry(e.item, v_now) order by e.item_no) into v_requests
  from json_array_elements(p_items::json) with ordinality e(item, item_no);
  return workflows.enqueue_requests(coalesce(v_requests, '{}'), v_now)::text;
end
$$;
comment on function workflows.enqueue_many(text) is
  'Enqueues a JSON array of items and returns one outcome per item.';

-- Tries the short way: null where the text could hold something poisonous, or an item has any key
-- or option that the short way does not know. Numbers of keys are compared instead of each key
-- being looked at, and all ids are matched at once: a pattern is worked out anew each time that it
-- is applied.
create or replace function workflows.enqueue_clean(p_items text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_items json := p_items::json;
  v_names text[];
  v_inputs text[];
  v_ids text[];
  v_options text;
begin
  if p_items ~ '\\u(0000|[dD][89a-fA-F])|[:,[\s]-?[0-9.]+[eE]\+?[0-9]{3}|[0-9]{250}'
     or exists (select from json_array_elements(v_items) e where json_typeof(e) <> 'object') then
    return null;
  end if;
  select array_agg(x.workflow_name), array_agg(coalesce(x.inputs::text, '{}')),
    array_agg(x.options ->> 'workflow_id'),
    string_agg(x.options::text, ' ') filter (where x.options::text <> '{}')
  into v_names, v_inputs, v_ids, v_options
  from json_to_recordset(v_items) x(workflow_name text, inputs json, options json)
  having count(x.workflow_name) + count(x.inputs) + count(x.options)
      = (select count(*) from json_array_elements(v_items) e cross join json_object_keys(e))
    and count(x.workflow_name) = count(*);
  if v_names is null or v_options !~ ('^(\s*{\s*"workflow_id"\s*:\s*'
      '"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"\s*})+\s*$') then
    return null;
  end if;
  return workflows.enqueue_plain(v_names, v_inputs, v_ids::uuid[], p_now);
end
$$;
comment on function workflows.enqueue_clean(text, timestamptz) is
  'Enqueues a clean batch the short way, or answers null.';

create or replace function workflows.is_json_array(p_text text) returns boolean
language plpgsql immutable
as $$
begin
  return coalesce(json_typeof(p_text::json) = 'array', false);
exception when data_exception or statement_too_complex then
  return false;
end
$$;
comment on function workflows.is_json_array(text) is 'Whether a text is a JSON array.';

create or replace function workflows.read_entry(
  p_entry json, p_now timestamptz) returns workflows.enqueue_request
language plpgsql volatile
as $$
declare
  v_request workflows.enqueue_request;
  v_key text;
  v_problem text;
begin
  if json_typeof(p_entry) <> 'object' then
    v_request.problem := workflows.bad_argument('items', 'each item must be an object');
    return v_request;
  end if;
  if p_entry::text ~ '\\u(0000|[dD][89a-fA-F])' then
    v_problem := workflows.payload_problem(p_entry::text, 1073741823);
    if v_problem is not null then
      v_request.problem := workflows.bad_argument('inputs', v_problem);
      return v_request;
    end if;
  end if;
  select k into v_key from json_object_keys(p_entry) k
  where k not in ('workflow_name', 'inputs', 'options') limit 1;
  if found then
    v_request.problem := workflows.bad_argument(
      v_key, 'is not a key of an item; use workflow_name, inputs, options');
    return v_request;
  end if;
  return workflows.read_request(p_entry ->> 'workflow_name', (p_entry -> 'inputs')::text,
    (p_entry -> 'options')::text, p_now);
end
$$;
comment on function workflows.read_entry(json, timestamptz) is 'Checks one item of enqueue_many.';
