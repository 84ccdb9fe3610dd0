-- Says how long the workflows of a queue, or without one of every queue that has no policy of its
-- own, are kept once they have ended. Options: status (SUCCESS, ERROR, CANCELLED, STOPPED, ABORTED;
-- else any), keep_seconds, keep_count (the newest so many, by their ids), actor. Whatever exceeds
-- either is removed; without both it is kept for ever.
create or replace function workflows.set_retention(
  p_queue_name text default null, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(
    p_options, 'options', '{status,keep_seconds,keep_count,actor}');
  v_policy workflows.retention_policy%rowtype;
  v_before text;
begin
  v_policy.queue_id := workflows.retention_queue(p_queue_name);
  v_policy.status := workflows.retention_status_of(v_options);
  v_policy.changed_at := workflows.clock_now();
  v_policy.changed_by := workflows.option_actor(v_options);
  if v_options ? 'keep_seconds' then
    v_policy.keep_seconds := workflows.option_number(
      v_options, 'keep_seconds', null, 0, 3153600000);
  end if;
  if v_options ? 'keep_count' then
    v_policy.keep_count := workflows.option_number(
      v_options, 'keep_count', null, 0, 1000000000);
  end if;
  perform workflows.lock_progress();
  v_before := workflows.retention_text(v_policy.queue_id, v_policy.status);
  insert into workflows.retention_policy as p (
    queue_id, status, keep_seconds, keep_count, changed_at, changed_by)
  values (v_policy.queue_id, v_policy.status, v_policy.keep_seconds, v_policy.keep_count,
    v_policy.changed_at, v_policy.changed_by)
  on conflict (queue_id, status) do update set keep_seconds = excluded.keep_seconds,
    keep_count = excluded.keep_count, changed_at = excluded.changed_at,
    changed_by = excluded.changed_by;
  perform workflows.retention_changed(
    v_policy.queue_id, v_policy.status, v_before, v_policy.changed_by);
  return workflows.retention_text(v_policy.queue_id, v_policy.status);
end
$$;
comment on function workflows.set_retention(text, text) is
  'Says how long ended workflows are kept.';

create or replace function workflows.retention_queue(p_queue_name text) returns integer
language plpgsql volatile
as $$
declare
  v_queue_id integer := 0;
begin
  if p_queue_name is not null then
    select q.queue_id into v_queue_id from workflows.queue q where q.queue_name = p_queue_name;
    if not found then
      perform workflows.refuse('WF005',
        jsonb_build_object('field', 'queue_name', 'queue_name', p_queue_name),
        'there is no queue ' || p_queue_name);
    end if;
  end if;
  return v_queue_id;
end
$$;
comment on function workflows.retention_queue(text) is
  'Number of a queue by its name; 0: every queue.';

create or replace function workflows.retention_status_of(p_options jsonb) returns text
language plpgsql volatile
as $$
declare
  v_status text := upper(coalesce(p_options ->> 'status', 'ANY'));
begin
  perform workflows.refuse_unless(case when v_status <> all (
    '{ANY,SUCCESS,ERROR,CANCELLED,STOPPED,ABORTED}'::text[])
    then 'must be SUCCESS, ERROR, CANCELLED, STOPPED or ABORTED' end, 'status');
  return v_status;
end
$$;
comment on function workflows.retention_status_of(jsonb) is
  'Status that a retention policy is for, as the options say.';

-- One at a time says what is kept, or counts; the first lock of each of them. Maintenance passes
-- by.
create or replace function workflows.lock_progress() returns boolean
language plpgsql volatile
as $$
begin
  perform from workflows.retention_progress g where g.progress_id = 1 for no key update;
  return found;
end
$$;
comment on function workflows.lock_progress() is 'Locks how far retention has come.';

create or replace function workflows.retention_text(p_queue_id integer, p_status text) returns text
language sql stable
as $$
  select json_build_object('queue_name', q.queue_name,
    'status', nullif(p.status, 'ANY'), 'keep_seconds', p.keep_seconds, 'keep_count', p.keep_count,
    'changed_at', p.changed_at, 'changed_by', p.changed_by)::text
  from workflows.retention_policy p left join workflows.queue q on q.queue_id = p.queue_id
  where p.queue_id = p_queue_id and p.status = p_status
$$;
comment on function workflows.retention_text(integer, text) is
  'One retention policy as JSON.';

-- Another policy: the walk and the count begin anew.
create or replace function workflows.retention_changed(
  p_queue_id integer, p_status text, p_before text, p_actor text) returns bigint
language plpgsql volatile
as $$
begin
  delete from workflows.retention_count;
  update workflows.retention_progress g
  set cursor_id = null, is_full = false, full_ended_at = null, count_cursor_id = null,
    count_ended_at = null, next_turn_at = '-infinity'
  where g.progress_id = 1;
  return workflows.audit_configuration('retention set',
    concat_ws(' ', coalesce((
      select q.queue_name from workflows.queue q where q.queue_id = p_queue_id), 'every queue'),
      nullif(p_status, 'ANY')),
    p_before, workflows.retention_text(p_queue_id, p_status), p_actor);
end
$$;
comment on function workflows.retention_changed(integer, text, text, text) is
  'Audits a change of a retention policy and begins anew.';
