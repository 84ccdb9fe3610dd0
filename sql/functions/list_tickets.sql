-- Reads only. The wait list of one resource, or of one partition key of a queue, as JSON: who holds
-- it, and who waits for it, in the order of the hand-over. Filter: resource, or queue_name and
-- partition_key; limit (50, 1 to 200), after (the "next" of the answer before). Those who are
-- passed over say why in passed_over. Counts stop at 10001.
create or replace function workflows.list_tickets(p_filter text) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off set enable_sort = off
as $$
declare
  v_filter jsonb := workflows.read_call_options(
    p_filter, 'filter', '{resource,queue_name,partition_key,after,limit}');
  v_limit bigint := workflows.option_number(v_filter, 'limit', 50, 1, 200);
  v_gate bigint := workflows.filtered_gate(v_filter);
  v_priority smallint := -32768;
  v_seq bigint := 0;
  v_waiting json[];
  v_places text[];
begin
  if v_filter ? 'after' then
    perform workflows.refuse_unless('is not a place in a wait list', 'after')
    where v_filter ->> 'after' !~ '^-?[0-9]{1,3}/[0-9]{1,18}$';
    v_priority := split_part(v_filter ->> 'after', '/', 1)::smallint;
    v_seq := split_part(v_filter ->> 'after', '/', 2)::bigint;
  end if;
  select array_agg(workflows.ticket_json(l.t) order by (l.t).priority, (l.t).ticket_seq),
    array_agg((l.t).priority || '/' || (l.t).ticket_seq order by (l.t).priority, (l.t).ticket_seq)
  into v_waiting, v_places
  from (
    select t from workflows.gate_ticket t
    where t.gate_id = v_gate and (t.priority, t.ticket_seq) > (v_priority, v_seq)
      and not t.is_holder
    order by t.priority, t.ticket_seq limit v_limit + 1) l;
  return json_build_object(
    'holder', (
      select workflows.ticket_json(t) from workflows.gate_ticket t
      where t.gate_id = v_gate and t.is_holder),
    'waiting', coalesce(array_to_json(v_waiting[:v_limit]), '[]'),
    'waiting_count', (
      select count(*) from (
        select from workflows.gate_ticket t
        where t.gate_id = v_gate and not t.is_holder limit 10001) t),
    'ahead', (
      select count(*) from (
        select from workflows.gate_ticket t
        where t.gate_id = v_gate and (t.priority, t.ticket_seq) <= (v_priority, v_seq)
          and not t.is_holder limit 10001) t),
    'next', case when cardinality(v_places) > v_limit then v_places[v_limit] end)::text;
end
$$;
comment on function workflows.list_tickets(text) is
  'Who holds a resource or partition key and who waits for it, in order, as JSON.';

-- The id of the gate that a filter names.
create or replace function workflows.filtered_gate(p_filter jsonb) returns bigint
language plpgsql stable
as $$
declare
  v_is_resource boolean := p_filter ? 'resource';
begin
  perform workflows.refuse_unless('must be text', k)
  from unnest('{resource,queue_name,partition_key,after}'::text[]) k
  where jsonb_typeof(p_filter -> k) <> 'string';
  perform workflows.refuse_unless(
    'must be given, or queue_name and partition_key instead of it', 'resource')
  where v_is_resource = (p_filter ? 'partition_key')
    or v_is_resource = (p_filter ? 'queue_name');
  return (workflows.gate_keys((
      select q.queue_id from workflows.queue q where q.queue_name = p_filter ->> 'queue_name'),
    p_filter ->> 'partition_key',
    case when v_is_resource then array[p_filter ->> 'resource'] end))[1];
end
$$;
comment on function workflows.filtered_gate(jsonb) is 'The gate that a filter names.';

create or replace function workflows.ticket_json(p_ticket workflows.gate_ticket) returns json
language plpgsql stable
as $$
begin
  return (
    select json_build_object('workflow_id', w.workflow_id, 'workflow_name', w.workflow_name,
      'queue_name', q.queue_name, 'status', w.status, 'state', w.state, 'priority', w.priority,
      'enqueued_at', w.enqueued_at, 'available_at', w.available_at, 'started_at', w.started_at,
      'enqueued_by', coalesce(w.actor, w.enqueued_by), 'is_held', p_ticket.is_held,
      'passed_over', case
        when p_ticket.is_holder then null
        when p_ticket.is_held then 'held'
        when q.maintenance_mode is not null then 'its queue is in maintenance'
        when q.is_paused then 'its queue is paused'
        when not q.is_open then 'its calendar is closed' end,
      'other_gates', cardinality(w.gate_ids) - 1)
    from workflows.workflow w
    join workflows.queue q on q.queue_id = p_ticket.queue_id
    where w.workflow_id = p_ticket.workflow_id);
end
$$;
comment on function workflows.ticket_json(workflows.gate_ticket) is
  'One place in a wait list as JSON.';
