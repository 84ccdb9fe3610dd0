-- Reads only. Resources and partition keys that somebody holds or waits for, as JSON. Looks at so
-- many of them ("look": 2000, 1 to 5000) in the order of their ids from from_gate on, and answers
-- those that fit by name after "after", at most limit (50, 1 to 200). Further ones: the call again
-- with what "next" says. Filter: kind (resource or partition key), search (part of the name),
-- is_waited_for (only those that somebody waits for). Who waits is counted up to 1001.
create or replace function workflows.list_gates(p_filter text default '{}') returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_filter jsonb := workflows.read_call_options(
    p_filter, 'filter', '{kind,search,is_waited_for,from_gate,after,limit,look}');
  v_limit bigint := workflows.option_number(v_filter, 'limit', 50, 1, 200);
  v_look bigint := workflows.option_number(v_filter, 'look', 2000, 1, 5000);
  v_from bigint := workflows.option_number(
    v_filter, 'from_gate', -9223372036854775808, -9223372036854775808, 9223372036854775807);
  v_search text := lower(v_filter ->> 'search');
  v_after text := v_filter ->> 'after';
  v_is_resource boolean := v_filter ->> 'kind' = 'resource';
  v_is_waited_for boolean := false;
  v_ids bigint[];
  v_looked bigint[];
  v_names text[];
  v_last text;
begin
  perform workflows.refuse_unless('must be resource or partition key', 'kind')
  where v_filter ->> 'kind' not in ('resource', 'partition key');
  perform workflows.refuse_unless('must be text', k)
  from unnest('{search,after}'::text[]) k where jsonb_typeof(v_filter -> k) <> 'string';
  if v_filter ? 'is_waited_for' then
    perform workflows.refuse_unless('must be true or false', 'is_waited_for')
    where jsonb_typeof(v_filter -> 'is_waited_for') <> 'boolean';
    v_is_waited_for := v_filter ->> 'is_waited_for' = 'true';
  end if;
  select array_agg(g.gate_id order by g.gate_id), array_agg(g.gate_name order by g.gate_id)
  into v_looked, v_names
  from workflows.gates_from(v_from, v_look + 1) g;
  v_ids := array(
    select f.gate_id
    from unnest(v_looked[:v_look], v_names[:v_look]) f(gate_id, gate_name)
    where (v_is_resource is null or v_is_resource = starts_with(f.gate_name, 'resource '))
      and (v_search is null or strpos(lower(workflows.short_gate_name(f.gate_name)), v_search) > 0)
      and (v_after is null or f.gate_name collate "C" > v_after)
      and (not v_is_waited_for or exists (
        select from workflows.gate_ticket t where t.gate_id = f.gate_id and not t.is_holder))
    order by f.gate_name collate "C" limit v_limit + 1);
  if cardinality(v_ids) > v_limit then
    v_last := v_names[array_position(v_looked, v_ids[v_limit])];
  end if;
  return json_build_object(
    'gates', coalesce((
      select json_agg(workflows.gate_json(i.gate_id) order by i.place)
      from unnest(v_ids[:v_limit]) with ordinality i(gate_id, place)), '[]'),
    'looked_at', coalesce(least(cardinality(v_looked), v_look), 0),
    'is_complete', coalesce(cardinality(v_looked) <= v_look, true),
    'next', case
      when v_last is not null then
        json_build_object('from_gate', v_filter ->> 'from_gate', 'after', v_last)
      when cardinality(v_looked) > v_look then
        json_build_object('from_gate', v_looked[v_look + 1]::text) end)::text;
end
$$;
comment on function workflows.list_gates(text) is
  'Resources and partition keys in use, who holds them and how many wait, as JSON.';

-- One step of the index for each gate, however many tickets it has.
create or replace function workflows.gates_from(
  p_from bigint, p_most bigint, out gate_id bigint, out gate_name text) returns setof record
language plpgsql stable
as $$
begin
  return query
    with recursive gate as (
      (select t.gate_id, t.gate_name from workflows.gate_ticket t where t.gate_id >= p_from
       order by t.gate_id limit 1)
      union all
      select n.gate_id, n.gate_name
      from gate g
      cross join lateral (
        select t.gate_id, t.gate_name from workflows.gate_ticket t where t.gate_id > g.gate_id
        order by t.gate_id limit 1) n)
    select g.gate_id, g.gate_name from gate g limit p_most;
end
$$;
comment on function workflows.gates_from(bigint, bigint) is
  'Gates that somebody holds or waits for, in the order of their ids.';

create or replace function workflows.short_gate_name(p_gate_name text) returns text
language sql immutable
as $$select regexp_replace(p_gate_name, '^(key [0-9]+|resource) ', '')$$;
comment on function workflows.short_gate_name(text) is
  'The name of a resource or partition key as it was given.';

create or replace function workflows.gate_json(p_gate_id bigint) returns json
language plpgsql stable
as $$
begin
  return (
    select json_build_object('gate_name', f.gate_name,
      'kind', case when starts_with(f.gate_name, 'resource ') then 'resource'
        else 'partition key' end,
      'name', workflows.short_gate_name(f.gate_name),
      'queue_name', case when not starts_with(f.gate_name, 'resource ') then (
        select q.queue_name from workflows.queue q where q.queue_id = f.queue_id) end,
      'held_by', h.workflow_id, 'held_by_name', h.workflow_name, 'held_by_queue', h.queue_name,
      'waiting', (
        select count(*) from (
          select from workflows.gate_ticket t
          where t.gate_id = p_gate_id and not t.is_holder limit 1001) t))
    from (
      select t.gate_name, t.queue_id from workflows.gate_ticket t
      where t.gate_id = p_gate_id order by t.priority, t.ticket_seq limit 1) f
    left join lateral (
      select t.workflow_id, w.workflow_name, q.queue_name
      from workflows.gate_ticket t
      join workflows.workflow w on w.workflow_id = t.workflow_id
      join workflows.queue q on q.queue_id = t.queue_id
      where t.gate_id = p_gate_id and t.is_holder) h on true);
end
$$;
comment on function workflows.gate_json(bigint) is 'One gate as JSON.';
