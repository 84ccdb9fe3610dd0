-- Removes workflows that have ended, with everything that belongs to them; their audit stays. The
-- record is their lock, as they have no hot row. Waits for nobody: whatever somebody has locked or
-- tried again since it was seen, or has a parent or child that lives, an order without an answer or
-- a window of deduplication that is open, stays for another time, and so does what has more rows
-- than one turn removes (is_cut). Answers how many rows of which table, and how many workflows of
-- which queue.
create or replace function workflows.remove_workflows(
  p_workflow_ids uuid[], p_ends timestamptz[]) returns jsonb
language plpgsql volatile
as $$
declare
  v_ids uuid[] := array(
    select w.workflow_id from unnest(p_workflow_ids, p_ends) i(workflow_id, ended_at)
    join workflows.workflow w on w.workflow_id = i.workflow_id and w.ended_at = i.ended_at
    where not exists (
        select from workflows.child k join workflows.workflow c on c.workflow_id = k.workflow_id
        where k.parent_workflow_id = w.workflow_id and c.ended_at is null)
      and not exists (
        select from workflows.workflow p
        where p.workflow_id = w.parent_workflow_id and p.ended_at is null)
      and not exists (
        select from workflows.command c
        where c.workflow_id = w.workflow_id and c.outcome = 'accepted')
    for update of w skip locked);
  v_removed jsonb;
  v_queues jsonb;
  v_is_cut boolean;
begin
  v_ids := workflows.few_steps(workflows.without_locked_rows(v_ids));
  v_removed := workflows.remove_talk(v_ids);
  v_is_cut := coalesce(greatest((v_removed ->> 'stream')::bigint,
    (v_removed ->> 'event_history')::bigint, (v_removed ->> 'message')::bigint) >= 5000, false);
  v_ids := array(
    select i from unnest(v_ids) i
    where not exists (select from workflows.stream s where s.workflow_id = i)
      and not exists (select from workflows.event_history h where h.workflow_id = i)
      and not exists (select from workflows.message m where m.workflow_id = i));
  if v_ids = '{}' then
    return jsonb_build_object('tables', v_removed, 'queues', '{}'::jsonb, 'is_cut', v_is_cut);
  end if;
  with payload as (
    delete from workflows.workflow_payload x where x.workflow_id = any (v_ids) returning 1),
  outcome as (
    delete from workflows.workflow_outcome x where x.workflow_id = any (v_ids) returning 1),
  step as (delete from workflows.step x where x.workflow_id = any (v_ids) returning 1),
  event as (delete from workflows.event x where x.workflow_id = any (v_ids) returning 1),
  prompt as (delete from workflows.prompt x where x.workflow_id = any (v_ids) returning 1),
  command as (delete from workflows.command x where x.workflow_id = any (v_ids) returning 1),
  child as (delete from workflows.child x where x.workflow_id = any (v_ids) returning 1),
  recipe as (
    delete from workflows.workflow_recipe x where x.workflow_id = any (v_ids) returning 1),
  failed as (
    delete from workflows.failed_workflow x where x.workflow_id = any (v_ids) returning 1),
  gone as (
    delete from workflows.workflow x where x.workflow_id = any (v_ids) returning x.queue_id),
  tables as (
    select 'workflow_payload' as name, count(*) as count from payload union all
    select 'workflow_outcome', count(*) from outcome union all
    select 'step', count(*) from step union all select 'event', count(*) from event union all
    select 'prompt', count(*) from prompt union all
    select 'command', count(*) from command union all
    select 'workflow_recipe', count(*) from recipe union all
    select 'child', count(*) from child union all
    select 'failed_workflow', count(*) from failed union all
    select 'workflow', count(*) from gone)
  select v_removed || coalesce(jsonb_object_agg(t.name, t.count) filter (where t.count > 0), '{}'),
    (select jsonb_object_agg(q.queue_name, n.count) from (
       select g.queue_id, count(*) as count from gone g group by g.queue_id) n
     join workflows.queue q on q.queue_id = n.queue_id)
  into v_removed, v_queues from tables t;
  return jsonb_build_object(
    'tables', v_removed, 'queues', coalesce(v_queues, '{}'), 'is_cut', v_is_cut);
end
$$;
comment on function workflows.remove_workflows(uuid[], timestamptz[]) is
  'Removes workflows that have ended, with all that belongs to them.';

-- Those of them of which nobody has locked a prompt or the deduplication id: both may be locked in
-- a transaction that stays open. Where the id still points at one of them it is freed; it was free
-- for anybody to take since the workflow had ended.
create or replace function workflows.without_locked_rows(p_workflow_ids uuid[]) returns uuid[]
language plpgsql volatile
as $$
declare
  v_ids uuid[];
begin
  with free as materialized (
    select p.prompt_id from workflows.prompt p where p.workflow_id = any (p_workflow_ids)
    for update skip locked)
  select array(
    select i from unnest(p_workflow_ids) i
    where not exists (
      select from workflows.prompt p where p.workflow_id = i
        and not exists (select from free f where f.prompt_id = p.prompt_id)))
  into v_ids;
  with free as materialized (
    select d.workflow_name, d.deduplication_id from unnest(v_ids) i(workflow_id)
    join workflows.workflow w on w.workflow_id = i.workflow_id
    join workflows.deduplication d on d.workflow_name = w.workflow_name
      and d.deduplication_id = w.deduplication_id and d.workflow_id = w.workflow_id
    where coalesce(d.expires_at <= workflows.clock_now(), true)
    for update of d skip locked)
  delete from workflows.deduplication d using free f
  where d.workflow_name = f.workflow_name and d.deduplication_id = f.deduplication_id;
  return array(
    select w.workflow_id from unnest(v_ids) i(workflow_id)
    join workflows.workflow w on w.workflow_id = i.workflow_id
    where w.deduplication_id is null or not exists (
      select from workflows.deduplication d
      where d.workflow_name = w.workflow_name and d.deduplication_id = w.deduplication_id
        and d.workflow_id = w.workflow_id));
end
$$;
comment on function workflows.without_locked_rows(uuid[]) is
  'Those of some ended workflows of which nobody has locked a row.';

-- As many of them as have about 20,000 steps together, and at least one.
create or replace function workflows.few_steps(p_workflow_ids uuid[]) returns uuid[]
language plpgsql volatile
as $$
declare
  v_ids uuid[] := p_workflow_ids;
  v_steps bigint;
begin
  loop
    select count(*) into v_steps from (
      select from workflows.step s where s.workflow_id = any (v_ids) limit 20001) s;
    if v_steps <= 20000 or cardinality(v_ids) <= 1 then return v_ids; end if;
    v_ids := v_ids[:cardinality(v_ids) / 2];
  end loop;
end
$$;
comment on function workflows.few_steps(uuid[]) is
  'As many of some workflows as one turn can remove.';

-- What a workflow said and heard may be very much: 5,000 rows of a table in one turn, before the
-- rest of the workflow. Its steps go with the record, so that it can be tried again until then.
create or replace function workflows.remove_talk(p_workflow_ids uuid[]) returns jsonb
language plpgsql volatile
as $$
declare
  v_removed jsonb;
  v_count bigint;
begin
  with few as materialized (
    select s.workflow_id, s.stream_name, s.stream_offset from workflows.stream s
    where s.workflow_id = any (p_workflow_ids) limit 5000)
  delete from workflows.stream s using few f where s.workflow_id = f.workflow_id
    and s.stream_name = f.stream_name and s.stream_offset = f.stream_offset;
  get diagnostics v_count = row_count;
  v_removed := jsonb_build_object('stream', nullif(v_count, 0));
  with few as materialized (
    select h.workflow_id, h.event_key, h.change_no from workflows.event_history h
    where h.workflow_id = any (p_workflow_ids) limit 5000)
  delete from workflows.event_history h using few f where h.workflow_id = f.workflow_id
    and h.event_key = f.event_key and h.change_no = f.change_no;
  get diagnostics v_count = row_count;
  v_removed := v_removed || jsonb_build_object('event_history', nullif(v_count, 0));
  with few as materialized (
    select m.message_no from workflows.message m
    where m.workflow_id = any (p_workflow_ids) limit 5000)
  delete from workflows.message m using few f where m.message_no = f.message_no;
  get diagnostics v_count = row_count;
  return jsonb_strip_nulls(v_removed || jsonb_build_object('message', nullif(v_count, 0)));
end
$$;
comment on function workflows.remove_talk(uuid[]) is
  'Removes what some ended workflows said and heard, a bounded number of rows.';

-- Two of the answers of remove_workflows as one.
create or replace function workflows.add_removed(p_first jsonb, p_second jsonb) returns jsonb
language sql immutable
as $$
  select jsonb_build_object(
    'tables', coalesce((
      select jsonb_object_agg(s.key, s.sum) from (
        select e.key, sum(e.value::bigint) from (
          select * from jsonb_each_text(p_first -> 'tables') union all
          select * from jsonb_each_text(p_second -> 'tables')) e group by e.key) s), '{}'),
    'queues', coalesce((
      select jsonb_object_agg(s.key, s.sum) from (
        select e.key, sum(e.value::bigint) from (
          select * from jsonb_each_text(p_first -> 'queues') union all
          select * from jsonb_each_text(p_second -> 'queues')) e group by e.key) s), '{}'))
$$;
comment on function workflows.add_removed(jsonb, jsonb) is 'Adds up what was removed.';
