-- Whether a calendar is open at a moment. Hours belong to the day on which they begin, also where
-- they go on after midnight, and are compared with what a clock on the wall shows. A holiday takes
-- the place of all shifts that begin on it. A calendar without shifts is open on every other day.
create or replace function workflows.calendar_is_open(p_calendar_name text, p_at timestamptz)
returns boolean
language plpgsql stable
as $$
declare
  v_time_zone text;
  v_local timestamp;
begin
  select c.time_zone into v_time_zone from workflows.calendar c
  where c.calendar_name = p_calendar_name;
  if v_time_zone is null or not workflows.knows_time_zone(v_time_zone) then return true; end if;
  v_local := p_at at time zone v_time_zone;
  return exists (
    select from (values (v_local::date), (v_local::date - 1)) d(day)
    left join workflows.calendar_holiday h
      on h.calendar_name = p_calendar_name and h.holiday = d.day
    cross join lateral (
      select h.starts_at, h.ends_at where h.starts_at is not null
      union all
      select s.starts_at, s.ends_at from workflows.calendar_shift s
      where h.holiday is null and s.calendar_name = p_calendar_name
        and extract(isodow from d.day)::integer = any (s.weekdays)
      union all
      select time '00:00', time '00:00' where h.holiday is null and not exists (
        select from workflows.calendar_shift s where s.calendar_name = p_calendar_name)) w
    where v_local >= d.day + w.starts_at
      and v_local < d.day + w.ends_at
        + case when w.ends_at <= w.starts_at then interval '24 hours' else interval '0' end);
end
$$;
comment on function workflows.calendar_is_open(text, timestamptz) is
  'Whether a calendar is open at a moment.';

-- The blackout that is in force for a schedule, or for what follows a calendar.
create or replace function workflows.find_blackout(
  p_schedule_name text, p_calendar_name text, p_at timestamptz) returns workflows.blackout
language plpgsql stable
as $$
declare
  v_blackout workflows.blackout;
begin
  select b.* into v_blackout from workflows.blackout b
  where b.starts_at <= p_at and b.ends_at > p_at
    and (b.schedule_name = p_schedule_name or b.calendar_name = p_calendar_name
      or b.schedule_name is null and b.calendar_name is null)
  order by b.blackout_id limit 1;
  return v_blackout;
end
$$;
comment on function workflows.find_blackout(text, text, timestamptz) is
  'The blackout in force, or null.';

-- Why an occurrence of a schedule is left out, as outcome and message; both null: it is not.
create or replace function workflows.schedule_skip(
  p_schedule_name text, p_calendar_name text, p_at timestamptz, out outcome text, out message text)
language plpgsql stable
as $$
declare
  v_blackout workflows.blackout := workflows.find_blackout(p_schedule_name, p_calendar_name, p_at);
begin
  if v_blackout.blackout_id is not null then
    outcome := 'skipped_blackout';
    message := concat_ws(': ', 'blackout ' || v_blackout.blackout_id, v_blackout.reason);
  elsif p_calendar_name is not null
    and not workflows.calendar_is_open(p_calendar_name, p_at) then
    outcome := 'skipped_closed';
    message := 'the calendar ' || p_calendar_name || ' is closed';
  end if;
end
$$;
comment on function workflows.schedule_skip(text, text, timestamptz) is
  'Why an occurrence of a schedule is left out.';

-- Opens and closes the queues that follow a calendar. Waits for nobody: a queue that somebody has
-- locked is left for the next turn. Where one opens, its workers are woken and its gates looked at.
create or replace function workflows.open_queues(p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_queue record;
  v_count integer := 0;
begin
  for v_queue in
    select q.queue_id, q.queue_name, s.outcome is null as is_open, s.message from workflows.queue q
    cross join lateral workflows.schedule_skip(null, q.calendar_name, p_now) s
    where q.calendar_name is not null and q.is_open <> (s.outcome is null)
    for no key update of q skip locked
  loop
    update workflows.queue q set is_open = v_queue.is_open where q.queue_id = v_queue.queue_id;
    insert into workflows.wake (gate_id)
    select distinct t.gate_id from workflows.gate_ticket t where t.queue_id = v_queue.queue_id;
    if v_queue.is_open then perform workflows.notify_idle(array[v_queue.queue_id]); end if;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function workflows.open_queues(timestamptz) is
  'Opens and closes the queues that follow a calendar.';
