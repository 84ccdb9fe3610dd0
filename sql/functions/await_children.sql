-- What a parent sees of the workflows that it waits for, all or any of them. The answer is
-- recorded: with "raise" a child that did not succeed is an error of the step, with every outcome.
-- One that retention has removed meanwhile has ended.
create or replace function workflows.await_children(
  p_workflow_id uuid, p_step_key text, p_ask json, p_is_over boolean, p_now timestamptz)
returns json
language plpgsql volatile
as $$
declare
  v_ids uuid[] := array(select (c #>> '{}')::uuid from json_array_elements(p_ask -> 'children') c);
  v_is_any boolean := p_ask ->> 'mode' = 'any';
  v_first uuid;
  v_ended bigint;
  v_failed bigint;
begin
  select count(*) filter (where w.ended_at is not null or w.workflow_id is null),
    count(*) filter (where w.ended_at is not null and w.status <> 'SUCCESS'
      or w.workflow_id is null),
    (array_agg(i.id order by w.ended_at, i.no)
      filter (where w.ended_at is not null or w.workflow_id is null))[1]
  into v_ended, v_failed, v_first
  from unnest(v_ids) with ordinality i(id, no)
  left join workflows.workflow w on w.workflow_id = i.id;
  if v_is_any and v_first is not null then
    return json_build_object('status', 'SUCCESS', 'output', v_first);
  elsif v_ended = cardinality(v_ids) then
    return workflows.child_outcomes(v_ids, v_failed, (p_ask ->> 'raise')::boolean);
  elsif p_is_over then
    return workflows.exchange_error('TimedOut',
      v_ended || ' of ' || cardinality(v_ids) || ' children have ended in time');
  end if;
  insert into workflows.wait as t (workflow_id, step_key, topic, awaited, is_any, seen_count)
  values (p_workflow_id, p_step_key, 'children', v_ids, v_is_any, 0)
  on conflict (workflow_id) do update set step_key = excluded.step_key, topic = excluded.topic,
    awaited = excluded.awaited, is_any = excluded.is_any, seen_count = 0
  where t.step_key <> excluded.step_key or t.topic <> excluded.topic;
  return json_build_object('status', 'WAITING', 'topic', 'children');
end
$$;
comment on function workflows.await_children(uuid, text, json, boolean, timestamptz) is
  'What a parent sees of the workflows that it waits for.';

create or replace function workflows.child_outcomes(
  p_ids uuid[], p_failed bigint, p_is_raised boolean) returns json
language plpgsql stable
as $$
declare
  v_outcomes json;
  v_failure text;
begin
  select json_agg(json_build_object('workflow_id', i.id, 'name', w.workflow_name,
      'status', coalesce(w.status, 'REMOVED'), 'result', o.result::json, 'reason', w.reason,
      'error', case when w.status = 'ERROR' then json_build_object(
        'class', o.error_class, 'message', o.error_message) end) order by i.no),
    (array_agg(concat_ws(' ', 'child', w.workflow_name, i.id,
        case when w.workflow_id is null then 'was removed' else 'ended in ' || w.status end)
      || coalesce(': ' || case when w.status = 'ERROR' and o.error_class is not null
        then concat_ws(': ', o.error_class, o.error_message) else w.reason end, '')
      order by i.no) filter (where w.status is distinct from 'SUCCESS'))[1]
  into v_outcomes, v_failure
  from unnest(p_ids) with ordinality i(id, no)
  left join workflows.workflow w on w.workflow_id = i.id
  left join workflows.workflow_outcome o on o.workflow_id = w.workflow_id;
  if octet_length(v_outcomes::text) > workflows.setting_of('payload_bytes')::integer then
    return workflows.exchange_error('UnserialisableResult',
      'the outcomes of these children together are larger than payload_bytes: wait for fewer');
  elsif p_is_raised and p_failed > 0 then
    return json_build_object('status', 'ERROR', 'error', json_build_object(
      'class', 'ChildFailed', 'traceback', '', 'outcomes', v_outcomes,
      'message', left(v_failure, 1000)
        || case when p_failed > 1 then ' (and ' || p_failed - 1 || ' more)' else '' end));
  end if;
  return json_build_object('status', 'SUCCESS', 'output', v_outcomes);
end
$$;
comment on function workflows.child_outcomes(uuid[], bigint, boolean) is
  'How children have ended, as the answer to who waits for them.';

-- Whether a parked parent may go on. The caller has locked its hot row. What has been seen ended is
-- not looked at again, so that a thousand children cost a thousand looks however they end.
create or replace function workflows.have_children_ended(p_workflow_id uuid) returns boolean
language plpgsql volatile
as $$
declare
  v_ids uuid[];
  v_is_any boolean;
  v_before integer;
  v_seen integer;
  v_has_ended boolean := true;
begin
  select t.awaited, t.is_any, t.seen_count into v_ids, v_is_any, v_before
  from workflows.wait t where t.workflow_id = p_workflow_id and t.topic = 'children';
  if not found then return false; end if;
  if v_is_any then
    return exists (
      select from unnest(v_ids) i(id)
      join workflows.workflow w on w.workflow_id = i.id where w.ended_at is not null);
  end if;
  v_seen := v_before;
  while v_seen < cardinality(v_ids) loop
    select w.ended_at is not null into v_has_ended
    from workflows.workflow w where w.workflow_id = v_ids[v_seen + 1];
    exit when found and not v_has_ended;
    v_seen := v_seen + 1;
  end loop;
  if v_seen > v_before then
    update workflows.wait t set seen_count = v_seen where t.workflow_id = p_workflow_id;
  end if;
  return v_seen = cardinality(v_ids);
end
$$;
comment on function workflows.have_children_ended(uuid) is
  'Whether what a parked parent waits for has ended.';

-- Whether one waits for a workflow that it did not start, as a fork does: that one wakes its own
-- parent only.
create or replace function workflows.awaits_others(p_workflow_id uuid) returns boolean
language sql stable
as $$
  select exists (
    select from workflows.wait t cross join lateral unnest(t.awaited) i(id)
    left join workflows.child c on c.workflow_id = i.id
    where t.workflow_id = p_workflow_id
      and c.parent_workflow_id is distinct from t.workflow_id)
$$;
comment on function workflows.awaits_others(uuid) is
  'Whether a workflow waits for one that it did not start.';
