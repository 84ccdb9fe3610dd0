-- One order to many workflows in one call: by ids, or every live one of a queue,
-- partition key, resource, name, status or state. Each is decided as send_command does, with one
-- result each; one that cannot take it does not touch the others. Each waits for rows while it
-- holds others: so bulk orders run one at a time, and in the order of ids, as records lock their
-- leases.
create or replace function workflows.send_commands(
  p_command text, p_filter text, p_reason text default null, p_options text default '{}')
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.command_options(p_options);
  v_ids uuid[] := workflows.find_commanded(p_filter);
  v_results json[] := '{}'::json[];
  v_id uuid;
begin
  perform workflows.command_word(p_command);
  perform pg_advisory_xact_lock(hashtext('workflows.send_commands'), 0);
  foreach v_id in array v_ids loop
    v_results := v_results || workflows.send_one(v_id, p_command, p_reason, v_options);
  end loop;
  return array_to_json(v_results)::text;
end
$$;
comment on function workflows.send_commands(text, text, text, text) is
  'Gives many workflows an order and answers one result each.';

create or replace function workflows.send_one(
  p_workflow_id uuid, p_command text, p_reason text, p_options jsonb) returns json
language plpgsql volatile
as $$
declare
  v_options jsonb := p_options;
  v_hint text;
begin
  if p_options ? 'request_id' then
    v_options := p_options || jsonb_build_object(
      'request_id', (p_options ->> 'request_id') || ':' || p_workflow_id);
  end if;
  return workflows.send_command(p_workflow_id::text, p_command, p_reason, v_options::text)::json;
exception when sqlstate 'WF002' or sqlstate 'WF003' or sqlstate 'WF005' or sqlstate 'WF006' then
  get stacked diagnostics v_hint = pg_exception_hint;
  return json_build_object('workflow_id', p_workflow_id, 'outcome', 'refused', 'code', sqlstate,
    'message', sqlerrm || ': ' || v_hint);
end
$$;
comment on function workflows.send_one(uuid, text, text, jsonb) is
  'One order of many, with its result.';

-- The ids that a filter means, sorted. Live workflows are found in the hot tables, however many
-- have ended. A filter that names nothing is refused: everything is {"all": true}.
create or replace function workflows.find_commanded(p_filter text) returns uuid[]
language plpgsql volatile
set enable_seqscan = on set enable_hashjoin = on
as $$
declare
  v_filter jsonb;
  v_key text;
  v_ids uuid[];
begin
  v_filter := p_filter::jsonb;
  select k into v_key from jsonb_object_keys(v_filter) k
  where k not in ('workflow_ids', 'queue_name', 'partition_key', 'resource', 'workflow_name',
    'status', 'state', 'all') limit 1;
  if found then
    perform workflows.refuse('WF002', workflows.bad_argument(v_key, 'is not a filter'),
      'filters are workflow_ids, queue_name, partition_key, resource, workflow_name, status, '
      'state, all');
  elsif v_filter is null
    or v_filter - 'all' = '{}' and v_filter -> 'all' is distinct from 'true' then
    perform workflows.refuse('WF002', workflows.bad_argument('filter', 'names nothing'),
      'name a filter, or say {"all": true}');
  end if;
  select f.key into v_key from jsonb_each(v_filter) f
  where f.key not in ('all', 'workflow_ids') and jsonb_typeof(f.value) <> 'string' limit 1;
  if found then
    -- a null must not mean all of them
    perform workflows.refuse('WF002', workflows.bad_argument(v_key, 'must be text'),
      'leave out a filter that does not count');
  elsif v_filter ? 'workflow_ids' then
    v_ids := array(select i::uuid from jsonb_array_elements_text(v_filter -> 'workflow_ids') i);
  end if;
  return array(
    select distinct h.workflow_id from (
      select r.workflow_id from workflows.ready r where v_ids is null
      union all select p.workflow_id from workflows.parked p where v_ids is null
      union all select l.workflow_id from workflows.lease l where v_ids is null
      union all select i from unnest(v_ids) i) h
    left join workflows.workflow w on w.workflow_id = h.workflow_id
    left join workflows.queue q on q.queue_id = w.queue_id
    where w.workflow_id is null and h.workflow_id = any (v_ids)
      or coalesce(q.queue_name = v_filter ->> 'queue_name', true)
      and (not v_filter ? 'partition_key' or w.partition_key = v_filter ->> 'partition_key')
      and (not v_filter ? 'resource' or v_filter ->> 'resource' = any (w.resources))
      and coalesce(w.workflow_name = v_filter ->> 'workflow_name', true)
      and coalesce(w.status = v_filter ->> 'status', true)
      and coalesce(w.state = v_filter ->> 'state', true)
    order by h.workflow_id);
exception when data_exception then
  perform workflows.refuse('WF002', workflows.bad_argument('filter', 'does not fit'),
    'filter must be a JSON object; workflow_ids an array of uuids');
end
$$;
comment on function workflows.find_commanded(text) is 'The workflows that a filter means.';
