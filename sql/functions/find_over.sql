-- Looks at some workflows in the order of their ids and says which are kept no longer, and where to
-- go on; null: the end was reached. By the primary key alone: workflow has no index on what
-- changes.
create or replace function workflows.find_over(
  p_after uuid, p_until uuid, p_look integer, p_limit integer, p_now timestamptz,
  out workflow_ids uuid[], out ends timestamptz[], out next_id uuid) returns record
language plpgsql volatile
set enable_hashjoin = on
as $$
declare
  v_grace timestamptz := p_now
    - workflows.setting_of('retention_grace_seconds')::integer * interval '1 second';
begin
  with looked as materialized (
    select w.workflow_id, w.queue_id, w.status, w.ended_at from workflows.workflow w
    where w.workflow_id > p_after and w.workflow_id <= p_until
    order by w.workflow_id limit p_look),
  kinds as materialized (
    select k.queue_id, k.status, p_now - p.keep_seconds * interval '1 second' as ended_before,
      c.boundary_id
    from (select distinct l.queue_id, l.status from looked l where l.ended_at is not null) k
    cross join lateral workflows.policy_of(k.queue_id, k.status) p
    left join workflows.retention_count c on c.queue_id = k.queue_id and c.status = p.status),
  over as materialized (
    select l.workflow_id, l.ended_at from looked l
    join kinds k on k.queue_id = l.queue_id and k.status = l.status
    where l.ended_at <= v_grace
      and (l.ended_at <= k.ended_before or l.workflow_id <= k.boundary_id)
    order by l.workflow_id limit p_limit)
  select array_agg(o.workflow_id order by o.workflow_id),
    array_agg(o.ended_at order by o.workflow_id),
    case when count(*) = p_limit then (array_agg(o.workflow_id order by o.workflow_id desc))[1]
      when (select count(*) from looked) = p_look then
        (select l.workflow_id from looked l order by l.workflow_id desc limit 1) end
  into workflow_ids, ends, next_id from over o;
end
$$;
comment on function workflows.find_over(uuid, uuid, integer, integer, timestamptz) is
  'Finds ended workflows that are kept no longer.';

-- Counts backwards, from the newest id on, what policies keep by number, and notes for each queue
-- the first workflow that is too many. A boundary holds until the next count has come so far: what
-- is newer has only become more. Answers where to go on; null: all are counted.
create or replace function workflows.count_kept(p_before uuid, p_look integer) returns uuid
language plpgsql volatile
set enable_hashjoin = on
as $$
declare
  v_next uuid;
begin
  if p_before is null then
    delete from workflows.retention_count c
    where not exists (
      select from workflows.retention_policy p where p.queue_id in (c.queue_id, 0)
        and p.status = c.status and p.keep_count is not null);
    update workflows.retention_count c set counted = 0;
  end if;
  with looked as materialized (
    select w.workflow_id, w.queue_id, w.status, w.ended_at from workflows.workflow w
    where w.workflow_id <= coalesce(p_before, workflows.last_uuid())
    order by w.workflow_id desc limit p_look),
  kinds as materialized (
    select k.queue_id, k.status, p.status as policy_status, p.keep_count
    from (select distinct l.queue_id, l.status from looked l where l.ended_at is not null) k
    cross join lateral workflows.policy_of(k.queue_id, k.status) p where p.keep_count is not null),
  placed as materialized (
    select l.workflow_id, k.queue_id, k.policy_status, k.keep_count, row_number() over (
      partition by k.queue_id, k.policy_status order by l.workflow_id desc) as place
    from looked l join kinds k on k.queue_id = l.queue_id and k.status = l.status
    where l.ended_at is not null and l.workflow_id is distinct from p_before),
  tallied as (
    select p.queue_id, p.policy_status, count(*) as counted,
      (array_agg(p.workflow_id order by p.workflow_id desc)
        filter (where p.place = p.keep_count + 1 - coalesce(c.counted, 0)))[1] as boundary_id
    from placed p
    left join workflows.retention_count c on c.queue_id = p.queue_id and c.status = p.policy_status
    group by p.queue_id, p.policy_status),
  noted as (
    insert into workflows.retention_count as c (queue_id, status, counted, boundary_id)
    select t.queue_id, t.policy_status, t.counted, t.boundary_id from tallied t
    on conflict (queue_id, status) do update set counted = c.counted + excluded.counted,
      boundary_id = coalesce(excluded.boundary_id, c.boundary_id))
  select case when count(*) = p_look
    then (array_agg(l.workflow_id order by l.workflow_id))[1] end
  into v_next from looked l;
  return v_next;
end
$$;
comment on function workflows.count_kept(uuid, integer) is
  'Counts what policies keep by number.';

create or replace function workflows.last_uuid() returns uuid
language sql immutable
as $$select 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid$$;
comment on function workflows.last_uuid() is 'The greatest uuid.';
