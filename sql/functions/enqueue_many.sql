-- Accepts an array of {workflow_name, inputs, options} and answers one outcome per item, in order: a bad
-- item is answered with its error and does not touch the others.
create or replace function workflows.enqueue_many(p_items text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_requests workflows.enqueue_request[];
begin
  if not workflows.is_json_array(p_items) then
    perform workflows.refuse('WF002', workflows.bad_argument('items', 'is not a JSON array'),
      'items must be a JSON array of {"workflow_name": .., "inputs": .., "options": ..}');
  end if;
  select array_agg(workflows.read_item(e.item, v_now) order by e.item_no) into v_requests
  from json_array_elements(p_items::json) with ordinality e(item, item_no);
  return workflows.enqueue_requests(coalesce(v_requests, '{}'), v_now)::text;
end
$$;
comment on function workflows.enqueue_many(text) is 'Enqueues a JSON array of items and returns one outcome per item.';

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

create or replace function workflows.read_item(p_item json, p_now timestamptz) returns workflows.enqueue_request
language plpgsql volatile
as $$
declare
  v_request workflows.enqueue_request;
  v_key text;
begin
  if json_typeof(p_item) <> 'object' then
    v_request.problem := workflows.bad_argument('items', 'each item must be an object');
    return v_request;
  end if;
  if p_item::text ~ '\\u(0000|[dD][89a-fA-F])' and workflows.payload_problem(p_item::text, 1073741823) is not null then
    v_request.problem := workflows.bad_argument('inputs', workflows.payload_problem(p_item::text, 1073741823));
    return v_request;
  end if;
  select k into v_key from json_object_keys(p_item) k where k not in ('workflow_name', 'inputs', 'options') limit 1;
  if found then
    v_request.problem := workflows.bad_argument(v_key, 'is not a key of an item; use workflow_name, inputs, options');
    return v_request;
  end if;
  return workflows.read_request(p_item ->> 'workflow_name', (p_item -> 'inputs')::text, (p_item -> 'options')::text, p_now);
end
$$;
comment on function workflows.read_item(json, timestamptz) is 'Checks one item of enqueue_many.';
