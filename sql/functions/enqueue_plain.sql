-- The short way for a batch that is clean and gives no options but workflow_id, which is what the
-- buffer of a busy gateway sends: set-based, several times as fast as the long way. Answers null,
-- having done nothing, where any item needs the long way, which also says what is wrong. An id that
-- stands already is answered as a duplicate. The transaction takes its id before it draws
-- ready_seq: the marks of lane rely on that. One statement per table, over arrays: rows that pass
-- from part to part of one statement are copied each time, which costs as much as an insert.
create or replace function workflows.enqueue_plain(
  p_names text[], p_inputs text[], p_ids uuid[], p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_user text := session_user;
  v_limit integer := workflows.setting_of('payload_bytes')::integer;
  v_ms bytea := substring(int8send((extract(epoch from p_now) * 1000)::bigint) from 3);
  v_place record;
  v_lanes integer[];
  v_ids uuid[];
  v_seqs bigint[];
  v_new uuid[];
  v_is_new boolean[];
begin
  -- 65 levels are 130 brackets
  if exists (select from unnest(p_inputs) i where octet_length(i) > v_limit
             or octet_length(i) >= 130
               and octet_length(i) - octet_length(replace(replace(i, '[', ''), '{', '')) > 64)
     or (select count(distinct i) < count(i) from unnest(p_ids) i) then
    return null;
  end if;
  select n.* into v_place from workflows.plain_places(p_names) n;
  if not v_place.is_plain then return null; end if;
  perform pg_current_xact_id();
  select array_agg(o.lane_no), array_agg(o.workflow_id), array_agg(o.ready_seq)
  into v_lanes, v_ids, v_seqs
  from (
    -- the join may go lane by lane: places are drawn in the order of the batch
    select i.lane_no, i.workflow_id, nextval('workflows.ready_seq') as ready_seq from (
      select l.lane_no, coalesce(a.workflow_id, encode(set_bit(set_bit(overlay(
        uuid_send(gen_random_uuid()) placing v_ms from 1 for 6), 52, 1), 53, 1), 'hex')::uuid)
        as workflow_id
      from unnest(p_names, p_ids) with ordinality a(workflow_name, workflow_id, item_no)
      join unnest(v_place.names) with ordinality l(workflow_name, lane_no)
        on l.workflow_name = a.workflow_name
      order by a.item_no) i) o;
  with added as (
    insert into workflows.workflow (
      workflow_id, lane_id, ready_seq, status, state, enqueued_at, queue_id, workflow_version,
      priority, workflow_name, enqueued_by)
    select p.workflow_id, v_place.lane_ids[p.lane_no], p.ready_seq, 'ENQUEUED', 'IDLE', p_now,
      v_place.queue_ids[p.lane_no], v_place.versions[p.lane_no], v_place.priorities[p.lane_no],
      v_place.names[p.lane_no], v_user
    from unnest(v_lanes, v_ids, v_seqs) p(lane_no, workflow_id, ready_seq) order by p.workflow_id
    on conflict do nothing
    returning workflow_id)
  select array_agg(a.workflow_id) into v_new from added a;
  if cardinality(v_new) is distinct from cardinality(v_ids) then
    -- Not a join: the planner expects one row and would compare each with each. This hashes.
    v_is_new := array(
      select (i in (select n from unnest(v_new) n)) is true from unnest(v_ids) i);
  end if;
  insert into workflows.workflow_payload (workflow_id, inputs)
  select p.workflow_id, p.inputs
  from unnest(v_ids, p_inputs, v_is_new) p(workflow_id, inputs, is_new)
  where p.inputs <> '{}' and p.is_new is not false;
  insert into workflows.ready (lane_id, ready_seq, workflow_id)
  select v_place.lane_ids[p.lane_no], p.ready_seq, p.workflow_id
  from unnest(v_lanes, v_ids, v_seqs, v_is_new) p(lane_no, workflow_id, ready_seq, is_new)
  where p.is_new is not false;
  insert into workflows.new_lane (
    lane_id, queue_id, workflow_name, workflow_version, priority, kind)
  select l.lane_id, l.queue_id, l.workflow_name, l.workflow_version, l.priority, 'new'
  from unnest(v_place.lane_ids, v_place.queue_ids, v_place.names, v_place.versions,
      v_place.priorities) l(lane_id, queue_id, workflow_name, workflow_version, priority)
  where not exists (select from workflows.lane l2 where l2.lane_id = l.lane_id);
  if v_new is not null then
    perform workflows.audit_change(v_new, 'enqueued', null, null, null);
  end if;
  perform workflows.notify_idle(array(select distinct q from unnest(v_place.queue_ids) q));
  return (
    select '[' || string_agg('{"workflow_id":"' || p.workflow_id
        || case when p.is_new is false then '","deduplicated":true'
             else '","deduplicated":false' end
        || v_place.tails[p.lane_no], ',') || ']'
    from unnest(v_lanes, v_ids, v_is_new) p(lane_no, workflow_id, is_new));
end
$$;
comment on function workflows.enqueue_plain(text[], text[], uuid[], timestamptz) is
  'Enqueues a batch without options, or answers null where an item needs more.';

-- Where workflows of these names go, each name once; is_plain: all of them may go the short way.
create or replace function workflows.plain_places(
  p_names text[], out names text[], out lane_ids bigint[], out queue_ids integer[],
  out versions integer[], out priorities smallint[], out tails text[], out is_plain boolean)
language plpgsql stable
as $$
begin
  with named as materialized (
    select n.workflow_name, coalesce(d.workflow_version, 1) as workflow_version,
      coalesce(d.priority, 0::smallint) as priority, q.queue_id,
      case when d.workflow_name is null then ',"is_registered":false}'
        else ',"is_registered":true}' end as tail,
      workflows.name_problem(n.workflow_name) is null and q.accepts_work
        and q.maintenance_mode is null and q.max_enqueued is null
        and d.parameters is null as is_plain
    from (select distinct a.workflow_name from unnest(p_names) a(workflow_name)) n
    left join lateral (
      select d.workflow_name, d.workflow_version, d.queue_name, d.priority, d.parameters
      from workflows.workflow_definition d
      where d.workflow_name = n.workflow_name order by d.workflow_version desc limit 1) d on true
    join workflows.queue q on q.queue_name = coalesce(d.queue_name, 'default'))
  select array_agg(n.workflow_name), array_agg(workflows.lane_key(
      n.queue_id, n.workflow_name, n.workflow_version, n.priority, 'new')),
    array_agg(n.queue_id), array_agg(n.workflow_version), array_agg(n.priority),
    array_agg(n.tail), coalesce(bool_and(n.is_plain), false)
  into names, lane_ids, queue_ids, versions, priorities, tails, is_plain
  from named n;
end
$$;
comment on function workflows.plain_places(text[]) is
  'Where workflows of some names go, and whether nothing stands in their way.';
