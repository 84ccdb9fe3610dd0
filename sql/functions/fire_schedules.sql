-- Enqueues what schedules say, up to p_limit occurrences in all, and answers how many it has dealt
-- with: as many as p_limit means that there may be more. Waits for nobody: a schedule that somebody
-- else fires or changes is passed by; only a deduplication id that an open transaction has taken is
-- waited for. Statuses: nothing -> ENQUEUED or DELAYED.
create or replace function workflows.fire_schedules(p_limit integer, p_now timestamptz)
returns integer
language plpgsql volatile
as $$
declare
  v_schedule workflows.schedule;
  v_count integer := 0;
begin
  if not exists (
      select from workflows.schedule s where not s.is_paused and s.next_at <= p_now) then
    return 0;
  end if;
  for v_schedule in
    select s.* from workflows.schedule s where not s.is_paused and s.next_at <= p_now
    order by s.next_at limit 100 for no key update skip locked
  loop
    begin
      v_count := v_count + workflows.fire_schedule(v_schedule, p_limit - v_count, p_now);
    exception when others then
      -- a request that cannot even be read; what may pass, such as a deadlock, is for the next turn
      if left(sqlstate, 2) not in ('22', 'WF') then raise; end if;
      v_count := v_count
        + workflows.refuse_occurrence(v_schedule, sqlstate || ' ' || sqlerrm, p_now);
    end;
    exit when v_count >= p_limit;
  end loop;
  return v_count;
end
$$;
comment on function workflows.fire_schedules(integer, timestamptz) is
  'Enqueues what schedules say, a bounded number.';

-- Goes through the occurrences of one locked schedule that are due, notes what becomes of each, and
-- only then enqueues, in one call that answers for each of them: what is refused is noted and does
-- not touch the others. The key of schedule_run is what makes an occurrence happen once: it also
-- holds where next_at has come back to a moment that was dealt with before.
create or replace function workflows.fire_schedule(
  p_schedule workflows.schedule, p_limit integer, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_fields workflows.cron_fields := workflows.read_cron(p_schedule.cron);
  v_at timestamptz := p_schedule.next_at;
  v_next timestamptz;
  v_fate record;
  v_id uuid;
  v_ids uuid[] := array[]::uuid[];
  v_times timestamptz[] := array[]::timestamptz[];
  v_count integer := 0;
begin
  if not workflows.knows_time_zone(p_schedule.time_zone) then
    perform workflows.switch_schedule(p_schedule, true,
      'this server does not know its time zone', 'engine', p_now);
    return 1;
  end if;
  while v_at <= p_now and v_count < p_limit loop
    v_next := workflows.schedule_after(p_schedule, v_fields, v_at);
    select f.* into v_fate
    from workflows.occurrence_fate(p_schedule, v_at, v_next <= p_now, p_now) f;
    v_id := case when v_fate.outcome = 'enqueued' then workflows.new_workflow_id(p_now) end;
    insert into workflows.schedule_run (schedule_name, occurs_at, is_manual, outcome, workflow_id,
      message, actor, fired_at)
    values (p_schedule.schedule_name, v_at, false, v_fate.outcome, v_id, v_fate.message,
      'schedule:' || p_schedule.schedule_name, p_now)
    on conflict do nothing;
    if found and v_id is not null then
      v_ids := v_ids || v_id;
      v_times := v_times || v_at;
    end if;
    v_at := v_next;
    v_count := v_count + 1;
  end loop;
  if v_at <= p_now and p_schedule.catch_up <> 'all' and v_count >= 100 then
    v_at := workflows.jump_ahead(p_schedule, v_fields, v_at, p_now);
  end if;
  update workflows.schedule s set next_at = v_at
  where s.schedule_name = p_schedule.schedule_name;
  perform workflows.enqueue_occurrences(p_schedule, v_ids, v_times, p_now);
  perform workflows.forget_runs(p_schedule.schedule_name);
  return v_count;
end
$$;
comment on function workflows.fire_schedule(workflows.schedule, integer, timestamptz) is
  'Deals with the occurrences of one schedule that are due.';

-- Notes that the occurrence that is due could not be enqueued at all, and goes on to the next.
create or replace function workflows.refuse_occurrence(
  p_schedule workflows.schedule, p_message text, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_actor text := 'schedule:' || p_schedule.schedule_name;
begin
  insert into workflows.schedule_run (
    schedule_name, occurs_at, is_manual, outcome, message, actor, fired_at)
  values (
    p_schedule.schedule_name, p_schedule.next_at, false, 'refused', p_message, v_actor, p_now)
  on conflict do nothing;
  update workflows.schedule s set next_at = workflows.schedule_after(
    p_schedule, workflows.read_cron(p_schedule.cron), p_schedule.next_at)
  where s.schedule_name = p_schedule.schedule_name;
  perform workflows.audit_configuration('schedule refused', p_schedule.schedule_name, null,
    p_schedule.next_at::text, v_actor, p_message);
  return 1;
end
$$;
comment on function workflows.refuse_occurrence(workflows.schedule, text, timestamptz) is
  'Notes an occurrence of a schedule that could not be enqueued.';

-- What becomes of an occurrence that is due: outcome and message. p_has_later: a later one is due,
-- too. A blackout and a calendar are asked for the moment of the occurrence, not for now.
create or replace function workflows.occurrence_fate(
  p_schedule workflows.schedule, p_at timestamptz, p_has_later boolean, p_now timestamptz,
  out outcome text, out message text)
language plpgsql stable
as $$
declare
  v_age float8 := extract(epoch from p_now - p_at);
  v_limit float8 := coalesce(p_schedule.catch_up_seconds,
    case p_schedule.catch_up when 'skip' then 60 end);
begin
  select s.outcome, s.message into outcome, message from workflows.schedule_skip(
    p_schedule.schedule_name, p_schedule.calendar_name, p_at) s;
  if outcome is not null then return; end if;
  if v_age > v_limit then
    outcome := 'skipped_late';
    message := 'missed by ' || round(v_age) || ' s';
  elsif p_schedule.catch_up = 'last' and p_has_later then
    outcome := 'skipped_late';
    message := 'a later one was due, too';
  else
    outcome := 'enqueued';
  end if;
end
$$;
comment on function workflows.occurrence_fate(
  workflows.schedule, timestamptz, boolean, timestamptz) is
  'What becomes of an occurrence that is due.';

-- Where missed occurrences are left out anyway, those that nobody would see a row of are not gone
-- through one by one: a schedule of every second would take hours after an outage of weeks.
create or replace function workflows.jump_ahead(
  p_schedule workflows.schedule, p_fields workflows.cron_fields, p_at timestamptz,
  p_now timestamptz) returns timestamptz
language plpgsql volatile
as $$
declare
  v_seconds float8 := 1000 * coalesce(p_schedule.interval_seconds, 60);
  v_from timestamptz;
  v_at timestamptz;
begin
  if p_schedule.catch_up = 'skip' then
    v_seconds := greatest(v_seconds, coalesce(p_schedule.catch_up_seconds, 60));
  end if;
  v_from := p_now - make_interval(secs => v_seconds);
  v_at := workflows.schedule_after(p_schedule, p_fields, v_from);
  if v_from <= p_at or v_at is null or v_at > p_now then return p_at; end if;
  perform workflows.audit_configuration('schedule jumped ahead', p_schedule.schedule_name,
    p_at::text, v_at::text, 'engine', 'so many were missed that not each of them is noted');
  return v_at;
end
$$;
comment on function workflows.jump_ahead(
  workflows.schedule, workflows.cron_fields, timestamptz, timestamptz) is
  'Leaves out occurrences that are missed and too many to note.';

-- Enqueues occurrences that are noted already, and corrects the note of those that were refused, or
-- whose deduplication id somebody holds.
create or replace function workflows.enqueue_occurrences(
  p_schedule workflows.schedule, p_ids uuid[], p_times timestamptz[], p_now timestamptz)
returns integer
language plpgsql volatile
as $$
declare
  v_actor text := 'schedule:' || p_schedule.schedule_name;
  v_requests workflows.enqueue_request[];
  v_answers jsonb;
  v_refusal record;
begin
  if p_ids = '{}' then return 0; end if;
  select array_agg(workflows.occurrence_request(p_schedule, o.id, o.occurs_at, v_actor, p_now)
    order by o.occurs_at)
  into v_requests from unnest(p_ids, p_times) o(id, occurs_at);
  v_answers := workflows.enqueue_requests(v_requests, p_now);
  for v_refusal in
    select o.occurs_at, a.answer ->> 'workflow_id' as workflow_id,
      a.answer #>> '{error,code}' || ' ' || (a.answer #>> '{error,message}') as message
    from unnest(p_ids, p_times) with ordinality o(id, occurs_at, place)
    join jsonb_array_elements(v_answers) with ordinality a(answer, place) on a.place = o.place
    where a.answer ->> 'workflow_id' is distinct from o.id::text
  loop
    update workflows.schedule_run r set workflow_id = v_refusal.workflow_id::uuid,
      outcome = case when v_refusal.message is null then 'enqueued' else 'refused' end,
      message = coalesce(v_refusal.message, 'another one holds its deduplication id')
    where r.schedule_name = p_schedule.schedule_name and r.occurs_at = v_refusal.occurs_at
      and not r.is_manual;
    if v_refusal.message is not null then
      perform workflows.audit_configuration('schedule refused', p_schedule.schedule_name, null,
        v_refusal.occurs_at::text, v_actor, v_refusal.message);
    end if;
  end loop;
  return cardinality(p_ids);
end
$$;
comment on function workflows.enqueue_occurrences(
  workflows.schedule, uuid[], timestamptz[], timestamptz) is
  'Enqueues occurrences of a schedule and notes what was refused.';

-- What a schedule asks enqueue for. The occurrence is told where the workflow has an input for it.
create or replace function workflows.occurrence_request(
  p_schedule workflows.schedule, p_id uuid, p_at timestamptz, p_actor text, p_now timestamptz)
returns workflows.enqueue_request
language plpgsql volatile
as $$
declare
  v_request workflows.enqueue_request;
  v_inputs text := p_schedule.inputs;
begin
  if p_schedule.occurs_at_input is not null then
    v_inputs := (v_inputs::jsonb || jsonb_build_object(p_schedule.occurs_at_input, p_at))::text;
  end if;
  v_request := workflows.read_request(
    p_schedule.workflow_name, v_inputs, p_schedule.options::text, p_now);
  v_request.workflow_id := p_id;
  v_request.actor := p_actor;
  return v_request;
end
$$;
comment on function workflows.occurrence_request(
  workflows.schedule, uuid, timestamptz, text, timestamptz) is
  'What a schedule asks enqueue for.';

-- Keeps the last thousand, which is where the index is read to.
create or replace function workflows.forget_runs(p_schedule_name text)
returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  delete from workflows.schedule_run r
  where r.schedule_name = p_schedule_name and r.occurs_at <= (
    select o.occurs_at from workflows.schedule_run o where o.schedule_name = p_schedule_name
    order by o.occurs_at desc offset 1000 limit 1);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.forget_runs(text) is
  'Forgets what became of occurrences long ago.';
