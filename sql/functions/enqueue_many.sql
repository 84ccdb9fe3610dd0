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
  v_answer := workflows.enqueue_clean(p_items, v_now);
  if v_answer is not null then return v_answer; end if;
  if not workflows.is_json_array(p_items) then
    perform workflows.refuse('WF002', workflows.bad_argument('items', 'is not a JSON array'),
      'items must be a JSON array of {"workflow_name": .., "inputs": .., "options": ..}');
  end if;
  select array_agg(workflows.read_entry(e.item, v_now) order by e.item_no) into v_requests
  from json_array_elements(p_items::json) with ordinality e(item, item_no);
  return workflows.enqueue_requests(coalesce(v_requests, '{}'), v_now)::text;
end
$$;
comment on function workflows.enqueue_many(text) is
  'Enqueues a JSON array of items and returns one outcome per item.';

-- Tries the short way: null where the text is not an array of objects, could hold something
-- poisonous, or an item has any key or option that the short way does not know.
create or replace function workflows.enqueue_clean(p_items text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_batch record;
begin
  if p_items ~ '\\u(0000|[dD][89a-fA-F])|[:,[\s]-?[0-9.]+[eE]\+?[0-9]{3}|[0-9]{250}' then
    return null;
  end if;
  select b.* into v_batch from workflows.read_usual_batch(p_items) b;
  if v_batch.names is null then
    select b.* into v_batch from workflows.read_clean_batch(p_items) b;
  end if;
  if v_batch.names is null then return null; end if;
  return workflows.enqueue_plain(v_batch.names, v_batch.inputs, v_batch.ids, p_now);
end
$$;
comment on function workflows.enqueue_clean(text, timestamptz) is
  'Enqueues a clean batch the short way, or answers null.';

-- The parts of a batch that is written as the library and Python's json.dumps write it, else null.
-- Read as text, which is by far the cheapest but makes "{}" and {} the same. So the batch is put
-- together again from its parts: only where that gives the very text, and no name has a quotation
-- mark to hide behind, are there no other keys, types or escapes in it.
create or replace function workflows.read_usual_batch(
  p_items text, out names text[], out inputs text[], out ids uuid[])
language plpgsql immutable
as $$
declare
  v_is_spaced boolean := p_items like '[{"workflow_name": "%';
  v_comma text := case when v_is_spaced then ', ' else ',' end;
  v_colon text := case when v_is_spaced then ': ' else ':' end;
  v_name text := '{"workflow_name"' || v_colon || '"';
  v_inputs text := '"' || v_comma || '"inputs"' || v_colon;
  v_id text := v_comma || '"options"' || v_colon || '{"workflow_id"' || v_colon || '"';
  v_has_ids boolean := left(right(p_items, length(v_id) + 40), length(v_id)) = v_id;
  v_end text := case when v_has_ids then '"}}' else '}' end;
  v_ids text[];
  v_again text;
begin
  if p_items not like '[{"workflow_name":%' then return; end if;
  select array_agg(x.workflow_name), array_agg(x.inputs), array_agg(o.workflow_id),
    '[' || v_name || string_agg(case when v_has_ids
        then x.workflow_name || v_inputs || x.inputs || v_id || o.workflow_id
        else x.workflow_name || v_inputs || x.inputs end, v_end || v_comma || v_name) || v_end || ']'
  into names, inputs, v_ids, v_again
  from json_to_recordset(p_items::json) x(workflow_name text, inputs text, options text)
  cross join lateral (select substr(x.options, 16 + length(v_colon), 36) as workflow_id) o;
  if v_again is distinct from p_items or strpos(array_to_string(names, ''), '"') > 0
     or array_to_string(v_ids, ' ')
       !~ '^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12} ?)*$' then
    names := null;
  else
    ids := v_ids::uuid[];
  end if;
exception when data_exception or statement_too_complex then
  names := null;
end
$$;
comment on function workflows.read_usual_batch(text) is
  'Names, inputs and ids of a batch as the library writes it.';

-- The same however it is written. Numbers of keys are compared instead of each key being looked
-- at, and all ids are matched at once: a pattern is worked out anew each time that it is applied.
create or replace function workflows.read_clean_batch(
  p_items text, out names text[], out inputs text[], out ids uuid[])
language plpgsql immutable
as $$
declare
  v_items json;
  v_ids text[];
  v_options text;
begin
  v_items := p_items::json;
  if exists (select from json_array_elements(v_items) e where json_typeof(e) <> 'object') then
    return;
  end if;
  select array_agg(x.workflow_name), array_agg(coalesce(x.inputs::text, '{}')),
    array_agg(x.options ->> 'workflow_id'),
    string_agg(x.options::text, ' ') filter (where x.options::text <> '{}')
  into names, inputs, v_ids, v_options
  from json_to_recordset(v_items) x(workflow_name text, inputs json, options json)
  having count(x.workflow_name) + count(x.inputs) + count(x.options)
      = (select count(*) from json_array_elements(v_items) e cross join json_object_keys(e))
    and count(x.workflow_name) = count(*);
  if v_options !~ ('^(\s*{\s*"workflow_id"\s*:\s*'
      '"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"\s*})+\s*$') then
    names := null;
  else
    ids := v_ids::uuid[];
  end if;
exception when data_exception or statement_too_complex then
  names := null;
end
$$;
comment on function workflows.read_clean_batch(text) is
  'Names, inputs and ids of a batch that gives nothing else.';

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
