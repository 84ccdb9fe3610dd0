-- Publishes a value of a workflow, keeps the one before in the history, and wakes later who waits
-- for it. Only the workflow itself writes its events, one record at a time. At every 100th value
-- the history is cut to the setting event_history_keep, by a bounded number of rows.
create or replace function workflows.set_event(
  p_workflow_id uuid, p_key text, p_value json, p_now timestamptz) returns json
language plpgsql volatile
as $$
declare
  v_topic text := 'event ' || p_workflow_id || ' ' || p_key;
  v_change_no integer;
  v_kept bigint;
  v_waiting uuid[];
begin
  insert into workflows.event as e (workflow_id, event_key, value, change_no, set_at)
  values (p_workflow_id, p_key, p_value::text, 1, p_now)
  on conflict (workflow_id, event_key) do update
  set value = excluded.value, change_no = e.change_no + 1, set_at = excluded.set_at
  returning e.change_no into v_change_no;
  insert into workflows.event_history (workflow_id, event_key, change_no, value, set_at)
  values (p_workflow_id, p_key, v_change_no, p_value::text, p_now);
  if v_change_no % 100 = 0 then
    v_kept := v_change_no - nullif(workflows.setting_of('event_history_keep')::integer, 0);
    with old as materialized (
      select h.change_no from workflows.event_history h
      where h.workflow_id = p_workflow_id and h.event_key = p_key and h.change_no <= v_kept
      order by h.change_no limit 1000)
    delete from workflows.event_history h using old o where h.workflow_id = p_workflow_id
      and h.event_key = p_key and h.change_no = o.change_no;
  end if;
  v_waiting := array(select t.workflow_id from workflows.wait t where t.topic = v_topic);
  if v_waiting <> '{}' then perform workflows.wake_later(v_waiting, v_topic); end if;
  return json_build_object('status', 'SUCCESS');
end
$$;
comment on function workflows.set_event(uuid, text, json, timestamptz) is
  'Publishes a value of a workflow.';

-- At every 100th entry the stream is cut to the setting stream_keep, by a bounded number of rows.
create or replace function workflows.append_stream(
  p_workflow_id uuid, p_name text, p_value json, p_now timestamptz) returns json
language plpgsql volatile
as $$
declare
  v_offset bigint := coalesce((
    select s.stream_offset + 1 from workflows.stream s
    where s.workflow_id = p_workflow_id and s.stream_name = p_name
    order by s.stream_offset desc limit 1), 0);
  v_kept bigint;
begin
  insert into workflows.stream (workflow_id, stream_name, stream_offset, value, written_at)
  values (p_workflow_id, p_name, v_offset, p_value::text, p_now);
  if v_offset % 100 = 99 then
    v_kept := v_offset - nullif(workflows.setting_of('stream_keep')::integer, 0);
    with old as materialized (
      select s.stream_offset from workflows.stream s
      where s.workflow_id = p_workflow_id and s.stream_name = p_name
        and s.stream_offset <= v_kept
      order by s.stream_offset limit 1000)
    delete from workflows.stream s using old o where s.workflow_id = p_workflow_id
      and s.stream_name = p_name and s.stream_offset = o.stream_offset;
  end if;
  return json_build_object('status', 'SUCCESS', 'output', v_offset);
end
$$;
comment on function workflows.append_stream(uuid, text, json, timestamptz) is
  'Appends one entry to a stream of a workflow.';

create or replace function workflows.look_for_event(
  p_publisher uuid, p_key text, p_is_over boolean) returns json
language plpgsql volatile
as $$
declare
  v_value text;
  v_ended_at timestamptz;
begin
  select e.value into v_value from workflows.event e
  where e.workflow_id = p_publisher and e.event_key = p_key;
  if found then return json_build_object('status', 'SUCCESS', 'output', v_value::json); end if;
  select w.ended_at into v_ended_at from workflows.workflow w where w.workflow_id = p_publisher;
  if not found then
    return workflows.exchange_error('UnknownId', 'there is no workflow with this id');
  elsif p_is_over or v_ended_at is not null then
    return json_build_object('status', 'SUCCESS');
  end if;
  return json_build_object('status', 'WAITING', 'topic', 'event ' || p_publisher || ' ' || p_key);
end
$$;
comment on function workflows.look_for_event(uuid, text, boolean) is
  'The latest value of an event, or that it is waited for.';
