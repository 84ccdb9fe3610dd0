-- Reads only. What a screen about one workflow shows, in one call, every part of it bounded: texts
-- are cut and say their length in bytes, counts stop at 10001. Options: payload_characters (20000,
-- 0 to 1000000) for inputs, result and traceback, step_characters (2000, the same) for the texts of
-- steps, events and streams, steps (500, 0 to 5000). An unknown id is WF003.
create or replace function workflows.describe_workflow(
  p_workflow_id text, p_options text default '{}') returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_options jsonb := workflows.read_call_options(
    p_options, 'options', '{payload_characters,step_characters,steps}');
  v_payload bigint := workflows.option_number(v_options, 'payload_characters', 20000, 0, 1000000);
  v_text bigint := workflows.option_number(v_options, 'step_characters', 2000, 0, 1000000);
  v_steps bigint := workflows.option_number(v_options, 'steps', 500, 0, 5000);
  v_id uuid := workflows.require_workflow(p_workflow_id);
  v_workflow workflows.workflow%rowtype;
begin
  select w.* into v_workflow from workflows.workflow w where w.workflow_id = v_id;
  return json_build_object(
    'workflow', workflows.describe_record(v_workflow, v_payload::integer),
    'steps', workflows.describe_steps(v_id, v_text::integer, v_steps),
    'step_count', (
      select count(*) from (
        select from workflows.step s where s.workflow_id = v_id limit 10001) s),
    'attempts', workflows.describe_attempts(v_id),
    'commands', workflows.describe_commands(v_id),
    'prompts', workflows.describe_prompts(v_id),
    'messages', workflows.describe_messages(v_id),
    'events', workflows.describe_events(v_id, v_text::integer),
    'streams', workflows.describe_streams(v_id, v_text::integer),
    'children', workflows.describe_children(v_id),
    'child_count', (
      select count(*) from (
        select from workflows.child c where c.parent_workflow_id = v_id limit 10001) c),
    'tree', workflows.describe_tree(v_id),
    'parents', workflows.describe_parents(v_workflow.parent_workflow_id),
    'waits_for', workflows.describe_gates(v_workflow),
    'worker', (
      select json_build_object('worker_name', (
          select k.worker_name from workflows.worker k where k.worker_id = l.worker_id),
        'claimed_at', l.claimed_at, 'waiting_command', l.control)
      from workflows.lease l where l.workflow_id = v_id),
    'allowed', workflows.describe_allowed(v_workflow))::text;
end
$$;
comment on function workflows.describe_workflow(text, text) is
  'Everything that a screen about one workflow shows, as JSON.';

-- Whether it was cut is told by bytes, which are known without reading the whole text.
create or replace function workflows.cut_text(p_text text, p_characters integer) returns json
language sql stable
as $$
  select case when p_text is not null then json_build_object(
    'text', left(p_text, p_characters), 'length', octet_length(p_text),
    'is_cut', octet_length(left(p_text, p_characters)) < octet_length(p_text)) end
$$;
comment on function workflows.cut_text(text, integer) is 'The beginning of a text as JSON.';

create or replace function workflows.short_json(p_text text) returns json
language sql immutable
as $$select case when octet_length(p_text) <= 65536 then p_text::json end$$;
comment on function workflows.short_json(text) is
  'JSON that is not too long for a screen, or null.';

create or replace function workflows.describe_record(
  p_workflow workflows.workflow, p_characters integer) returns json
language plpgsql stable
as $$
declare
  v_id uuid := p_workflow.workflow_id;
begin
  return (
    select json_build_object(
      'workflow_id', v_id, 'workflow_name', p_workflow.workflow_name,
      'workflow_version', p_workflow.workflow_version, 'queue_name', q.queue_name,
      'status', p_workflow.status, 'state', p_workflow.state, 'priority', p_workflow.priority,
      'partition_key', p_workflow.partition_key, 'resources', p_workflow.resources,
      'inputs', workflows.cut_text(coalesce(i.inputs, '{}'), p_characters),
      'result', workflows.cut_text(o.result, p_characters),
      'error', case when o.error_class is not null or o.error_message is not null then
        json_build_object('class', left(o.error_class, 2000),
          'message', left(o.error_message, 20000),
          'traceback', workflows.cut_text(o.error_traceback, p_characters)) end,
      'is_sanitised', coalesce(o.is_sanitised, false), 'attempt', p_workflow.attempt,
      'failure_count', p_workflow.failure_count, 'reclaim_count', p_workflow.reclaim_count,
      'max_attempts', coalesce(p_workflow.max_attempts, d.max_attempts),
      'reason', left(p_workflow.reason, 2000), 'enqueued_at', p_workflow.enqueued_at,
      'available_at', p_workflow.available_at, 'started_at', p_workflow.started_at,
      'ended_at', p_workflow.ended_at, 'deadline_at', p_workflow.deadline_at,
      'start_before', p_workflow.start_before,
      'parent_workflow_id', p_workflow.parent_workflow_id,
      'previous_workflow_id', p_workflow.previous_workflow_id,
      'children', (
        select json_object_agg(n.status, n.children) from (
          select w.status, count(*) as children
          from (
            select c.workflow_id from workflows.child c where c.parent_workflow_id = v_id
            order by c.workflow_id desc limit 10001) c
          join workflows.workflow w on w.workflow_id = c.workflow_id group by w.status) n),
      'recipe', (
        select to_jsonb(r) - 'workflow_id'
          - case when pg_column_size(r.overrides) > 65536 then 'overrides' else '' end
        from workflows.workflow_recipe r where r.workflow_id = v_id),
      'deduplication_id', p_workflow.deduplication_id,
      'enqueued_by', coalesce(p_workflow.actor, p_workflow.enqueued_by),
      'traceparent', p_workflow.traceparent)
    from workflows.queue q
    left join workflows.workflow_payload i on i.workflow_id = v_id
    left join workflows.workflow_outcome o on o.workflow_id = v_id
    left join workflows.workflow_definition d on d.workflow_name = p_workflow.workflow_name
      and d.workflow_version = p_workflow.workflow_version
    where q.queue_id = p_workflow.queue_id);
end
$$;
comment on function workflows.describe_record(workflows.workflow, integer) is
  'A workflow itself, with the beginning of its payloads.';

-- The newest of them by start. No index has that order: of more than 20,000, those that come last
-- by key are not looked at.
create or replace function workflows.describe_steps(
  p_workflow_id uuid, p_characters integer, p_most bigint) returns json
language plpgsql stable
as $$
begin
  return coalesce((
    select json_agg(json_build_object('step_key', s.step_key,
      'step_name', regexp_replace(s.step_key, '^.*/|#[0-9]+$', '', 'g'), 'kind', s.kind,
      'status', s.status, 'output', workflows.cut_text(s.output, p_characters),
      'error', workflows.cut_text(s.error, p_characters), 'attempts', s.attempts,
      'started_at', s.started_at, 'ended_at', case when s.status <> 'RUNNING' then s.ended_at end,
      'due_at', s.due_at) order by s.started_at, s.ended_at, s.step_key)
    from (
      select k.step_key from (
        select s1.step_key, s1.started_at, s1.ended_at from workflows.step s1
        where s1.workflow_id = p_workflow_id order by s1.step_key limit 20000) k
      order by k.started_at desc, k.ended_at desc, k.step_key desc limit p_most) newest
    cross join lateral (
      select s1.* from workflows.step s1
      where s1.workflow_id = p_workflow_id and s1.step_key = newest.step_key offset 0) s), '[]');
end
$$;
comment on function workflows.describe_steps(uuid, integer, bigint) is
  'The newest steps of a workflow in order of start, with the beginning of their texts.';

create or replace function workflows.describe_commands(p_workflow_id uuid) returns json
language plpgsql stable
as $$
begin
  return coalesce((
    select json_agg(json_build_object('command_id', c.command_id, 'command', c.command,
      'actor', c.actor, 'reason', left(c.reason, 2000), 'outcome', c.outcome,
      'message', left(c.message, 2000), 'from_status', c.from_status, 'from_state', c.from_state,
      'to_status', c.to_status, 'to_state', c.to_state, 'database_user', c.database_user,
      'accepted_at', c.accepted_at, 'obeyed_at', c.obeyed_at, 'topic', c.topic,
      'expires_at', c.expires_at, 'new_workflow_id', c.new_workflow_id,
      'second_actor', c.second_actor) order by c.command_id desc)
    from (
      select c1.* from workflows.command c1 where c1.workflow_id = p_workflow_id
      order by c1.command_id desc limit 50) c), '[]');
end
$$;
comment on function workflows.describe_commands(uuid) is 'The newest orders to a workflow.';

create or replace function workflows.describe_prompts(p_workflow_id uuid) returns json
language plpgsql stable
as $$
begin
  return coalesce((
    select json_agg(json_build_object('prompt_id', p.prompt_id, 'workflow_id', p.workflow_id,
        'workflow_name', w.workflow_name, 'queue_name', q.queue_name, 'step_key', p.step_key,
        'question', left(p.question, 20000), 'form', workflows.short_json(p.form),
        'roles', p.roles, 'second_signature', p.needs_second,
        'default', workflows.short_json(p.default_answer), 'status', p.status,
        'asked_at', p.asked_at, 'due_at', p.due_at, 'ended_at', p.ended_at,
        'answer', workflows.short_json(p.answer), 'answered_by', p.answered_by,
        'second_actor', p.second_actor, 'reason', left(p.reason, 2000))
      order by p.status = 'OPEN' desc, p.asked_at desc, p.prompt_id)
    from (
      select p2.* from (
        select p1.* from workflows.prompt p1
        where p1.workflow_id = p_workflow_id limit 20000) p2
      order by p2.status = 'OPEN' desc, p2.asked_at desc, p2.prompt_id limit 20) p
    join workflows.workflow w on w.workflow_id = p.workflow_id
    join workflows.queue q on q.queue_id = w.queue_id), '[]');
end
$$;
comment on function workflows.describe_prompts(uuid) is
  'Prompts of a workflow, open ones first, then the newest.';

create or replace function workflows.describe_messages(p_workflow_id uuid) returns json
language plpgsql stable
as $$
begin
  return coalesce((
    select json_agg(json_build_object('topic', m.topic, 'sent_by', m.sent_by,
      'sent_at', m.sent_at, 'received_at', m.received_at, 'step_key', m.step_key)
      order by m.message_no desc)
    from (
      select m2.* from (
        select m1.message_no, m1.topic, m1.sent_by, m1.sent_at, m1.received_at, m1.step_key
        from workflows.message m1 where m1.workflow_id = p_workflow_id limit 20000) m2
      order by m2.message_no desc limit 50) m), '[]');
end
$$;
comment on function workflows.describe_messages(uuid) is
  'The newest messages to a workflow, without what they say.';

create or replace function workflows.describe_events(p_workflow_id uuid, p_characters integer)
returns json
language plpgsql stable
as $$
begin
  return coalesce((
    select json_agg(json_build_object('key', e.event_key,
      'value', workflows.cut_text(e.value, p_characters), 'set_at', e.set_at) order by e.event_key)
    from (
      select e1.* from workflows.event e1 where e1.workflow_id = p_workflow_id
      order by e1.event_key limit 100) e), '[]');
end
$$;
comment on function workflows.describe_events(uuid, integer) is
  'What a workflow has published, up to 100 keys.';

-- By jumping from stream to stream: how many entries each has does not matter.
create or replace function workflows.describe_streams(p_workflow_id uuid, p_characters integer)
returns json
language plpgsql stable
as $$
begin
  return coalesce((
    with recursive named as (
      (select s.stream_name from workflows.stream s where s.workflow_id = p_workflow_id
       order by s.stream_name limit 1)
      union all
      select x.stream_name from named n cross join lateral (
        select s.stream_name from workflows.stream s
        where s.workflow_id = p_workflow_id and s.stream_name > n.stream_name
        order by s.stream_name limit 1) x)
    select json_agg(json_build_object('stream_name', n.stream_name,
      'entries', t.entries, 'last_written_at', t.last_written_at, 'tail', t.tail)
      order by n.stream_name)
    from (select m.stream_name from named m limit 50) n
    cross join lateral (
      select max(l.stream_offset) + 1 as entries, max(l.written_at) as last_written_at,
        json_agg(json_build_object('offset', l.stream_offset,
          'value', workflows.cut_text(l.value, p_characters), 'written_at', l.written_at)
          order by l.stream_offset) as tail
      from (
        select s.* from workflows.stream s
        where s.workflow_id = p_workflow_id and s.stream_name = n.stream_name
        order by s.stream_offset desc limit 20) l) t), '[]');
end
$$;
comment on function workflows.describe_streams(uuid, integer) is
  'Up to 50 streams of a workflow, each with its last entries.';

create or replace function workflows.describe_children(p_workflow_id uuid) returns json
language plpgsql stable
as $$
begin
  return coalesce((
    select json_agg(json_build_object('step_key', c.step_key, 'child_no', c.child_no,
      'workflow_id', c.workflow_id, 'workflow_name', w.workflow_name, 'status', w.status,
      'state', w.state, 'policy', c.policy, 'open_orders', (
        select count(*) from (
          select from workflows.child_order o where o.workflow_id = c.workflow_id limit 1000) o),
      'enqueued_at', w.enqueued_at, 'ended_at', w.ended_at) order by c.workflow_id desc)
    from (
      select c1.* from workflows.child c1 where c1.parent_workflow_id = p_workflow_id
      order by c1.workflow_id desc limit 100) c
    join workflows.workflow w on w.workflow_id = c.workflow_id), '[]');
end
$$;
comment on function workflows.describe_children(uuid) is 'The newest children of a workflow.';

-- A parent before its children, the newest of them first. Where there are more than are shown, the
-- upper levels are whole before a lower one is begun; children says how many each has, up to 1001.
create or replace function workflows.describe_tree(p_workflow_id uuid) returns json
language plpgsql stable
as $$
begin
  return coalesce((
    with recursive below as (
      select p_workflow_id as workflow_id, null::uuid as parent_workflow_id, null::text as step_key,
        0 as level, '{}'::bigint[] as place
      union all
      select c.workflow_id, b.workflow_id, c.step_key, b.level + 1, b.place || c.child_place
      from below b
      cross join lateral (
        select c1.workflow_id, c1.step_key,
          row_number() over (order by c1.workflow_id desc) as child_place
        from workflows.child c1 where c1.parent_workflow_id = b.workflow_id
        order by c1.workflow_id desc limit 100) c
      where b.level < 5),
    shown as materialized (select b.* from below b limit 201)
    select json_agg(json_build_object('level', s.level, 'workflow_id', s.workflow_id,
      'parent_workflow_id', s.parent_workflow_id, 'workflow_name', w.workflow_name,
      'status', w.status, 'state', w.state, 'step_key', s.step_key,
      'enqueued_at', w.enqueued_at, 'ended_at', w.ended_at, 'children', (
        select count(*) from (
          select from workflows.child c where c.parent_workflow_id = s.workflow_id
          limit 1001) c)) order by s.place)
    from shown s
    join workflows.workflow w on w.workflow_id = s.workflow_id
    where s.level > 0), '[]');
end
$$;
comment on function workflows.describe_tree(uuid) is
  'What a workflow has started, and that in turn: five levels and 200 workflows at most.';

-- From the audit, so of a queue that keeps only errors those attempts that failed or lost their
-- worker, without their begin.
create or replace function workflows.describe_attempts(p_workflow_id uuid) returns json
language plpgsql stable
as $$
begin
  return coalesce((
    with kept as materialized (
      select a.attempt, a.change_no, a.audited_at, a.event, a.status, a.reason
      from workflows.audit a where a.workflow_id = p_workflow_id
      order by a.change_no desc limit 500),
    ended as (
      select k.attempt, k.audited_at, k.event, k.reason,
        row_number() over (partition by k.attempt
          order by k.event not in ('try failed', 'worker lost'), k.change_no) as place
      from kept k
      where k.event in ('try failed', 'worker lost') or k.status <> 'RUNNING' and exists (
        select from kept c where c.attempt = k.attempt and c.event = 'claimed'))
    select json_agg(json_build_object('attempt', n.attempt, 'claimed_at', c.audited_at,
      'ended_at', e.audited_at, 'outcome', e.event, 'reason', left(e.reason, 500))
      order by n.attempt)
    from (select distinct k.attempt from kept k where k.attempt > 0) n
    left join kept c on c.attempt = n.attempt and c.event = 'claimed'
    left join ended e on e.attempt = n.attempt and e.place = 1
    where c.attempt is not null or e.attempt is not null), '[]');
end
$$;
comment on function workflows.describe_attempts(uuid) is
  'The attempts of a workflow whose times the audit keeps.';

create or replace function workflows.describe_parents(p_parent_id uuid) returns json
language plpgsql stable
as $$
begin
  return coalesce((
    with recursive above as (
      select w.workflow_id, w.workflow_name, w.status, w.state, w.parent_workflow_id, 1 as level
      from workflows.workflow w where w.workflow_id = p_parent_id
      union all
      select w.workflow_id, w.workflow_name, w.status, w.state, w.parent_workflow_id, a.level + 1
      from above a join workflows.workflow w on w.workflow_id = a.parent_workflow_id
      where a.level < 20)
    select json_agg(json_build_object('workflow_id', a.workflow_id,
      'workflow_name', a.workflow_name, 'status', a.status, 'state', a.state) order by a.level)
    from above a), '[]');
end
$$;
comment on function workflows.describe_parents(uuid) is
  'The parents of a workflow, its own first.';

create or replace function workflows.describe_gates(p_workflow workflows.workflow) returns json
language plpgsql stable
as $$
begin
  return coalesce((
    select json_agg(json_build_object('gate_name', t.gate_name, 'is_holder', t.is_holder,
      'held_by', (
        select h.workflow_id from workflows.gate_ticket h
        where h.gate_id = t.gate_id and h.is_holder)) order by t.gate_name)
    from unnest(p_workflow.gate_ids) g(gate_id)
    join workflows.gate_ticket t on t.gate_id = any (array[g.gate_id])
      and t.priority = p_workflow.priority and t.ticket_seq = p_workflow.ticket_seq
      and t.workflow_id = p_workflow.workflow_id), '[]');
end
$$;
comment on function workflows.describe_gates(workflows.workflow) is
  'The gates that a workflow holds or waits for, and who holds them.';

create or replace function workflows.describe_allowed(p_workflow workflows.workflow) returns json
language plpgsql stable
as $$
declare
  v_commands text[] := array(
    select c.command
    from unnest('{HOLD,PAUSE,RESUME,STOP,CANCEL,ABORT,RESET}'::text[])
      with ordinality c(command, place)
    join workflows.transition t on t.command = c.command and t.from_state = p_workflow.state
    where t.outcome = 'accepted' or workflows.takes_commands_itself(p_workflow, c.command)
    order by c.place);
begin
  return json_build_object('commands', v_commands, 'cancel', 'CANCEL' = any (v_commands),
    'retry', p_workflow.status in ('ERROR', 'CANCELLED', 'STOPPED'),
    'fork', p_workflow.ended_at is not null, 'requires_reason', coalesce((
      select q.requires_reason from workflows.queue q
      where q.queue_id = p_workflow.queue_id), false));
end
$$;
comment on function workflows.describe_allowed(workflows.workflow) is
  'What may be done with a workflow now.';
