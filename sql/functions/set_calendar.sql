-- Makes a calendar, or replaces the one of that name: time_zone, description, shifts (an array of
-- name, weekdays from mon to sun, starts_at and ends_at like 06:00; one that ends when or before it
-- starts goes on after midnight), holidays (an array of date, name, and starts_at and ends_at where
-- it is open). Queues that follow it open or close at once. Options: actor, reason.
create or replace function workflows.set_calendar(
  p_calendar_name text, p_calendar text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{actor,reason}');
  v_actor text := workflows.option_actor(v_options);
  v_calendar jsonb;
  v_before jsonb;
  v_after jsonb;
begin
  perform workflows.refuse_unless(workflows.name_problem(p_calendar_name), 'calendar_name');
  perform workflows.refuse_unless(workflows.payload_problem(p_calendar), 'calendar');
  v_calendar := p_calendar::jsonb;
  perform workflows.refuse_unless(workflows.calendar_problem(v_calendar), 'calendar');
  insert into workflows.calendar as c (calendar_name, time_zone, changed_at, changed_by)
  values (p_calendar_name, v_calendar ->> 'time_zone', v_now, v_actor)
  on conflict (calendar_name) do nothing;
  if not found then
    perform from workflows.calendar c where c.calendar_name = p_calendar_name for update;
    v_before := workflows.calendar_json(p_calendar_name);
  end if;
  update workflows.calendar c set time_zone = v_calendar ->> 'time_zone',
    description = v_calendar ->> 'description', changed_at = v_now, changed_by = v_actor
  where c.calendar_name = p_calendar_name;
  delete from workflows.calendar_shift s where s.calendar_name = p_calendar_name;
  insert into workflows.calendar_shift (
    calendar_name, shift_name, weekdays, starts_at, ends_at)
  select p_calendar_name, s ->> 'name', array(
      select (strpos('montuewedthufrisatsun', d) + 2) / 3
      from jsonb_array_elements_text(s -> 'weekdays') d order by 1),
    (s ->> 'starts_at')::time, (s ->> 'ends_at')::time
  from jsonb_array_elements(nullif(v_calendar -> 'shifts', 'null')) s;
  delete from workflows.calendar_holiday h where h.calendar_name = p_calendar_name;
  insert into workflows.calendar_holiday (
    calendar_name, holiday, holiday_name, starts_at, ends_at)
  select p_calendar_name, (h ->> 'date')::date, h ->> 'name', (h ->> 'starts_at')::time,
    (h ->> 'ends_at')::time
  from jsonb_array_elements(nullif(v_calendar -> 'holidays', 'null')) h;
  v_after := workflows.calendar_json(p_calendar_name);
  perform workflows.audit_configuration('calendar set', p_calendar_name, v_before::text,
    v_after::text, v_actor, v_options ->> 'reason');
  perform workflows.open_queues(v_now);
  return v_after::text;
end
$$;
comment on function workflows.set_calendar(text, text, text) is 'Makes or replaces a calendar.';

-- What is wrong with a calendar given as JSON, or null.
create or replace function workflows.calendar_problem(p_calendar jsonb) returns text
language plpgsql stable
as $$
declare
  v_problem text;
begin
  if jsonb_typeof(p_calendar) <> 'object' then return 'must be an object'; end if;
  select 'has a key that is not known: ' || k into v_problem from jsonb_object_keys(p_calendar) k
  where k not in ('time_zone', 'description', 'shifts', 'holidays',
    'calendar_name', 'changed_at', 'changed_by') limit 1;
  if v_problem is not null then return v_problem; end if;
  if not exists (
      select from pg_timezone_names z where z.name = p_calendar ->> 'time_zone') then
    return 'needs a time_zone: a name such as Europe/Vienna';
  elsif jsonb_typeof(coalesce(p_calendar -> 'description', 'null')) not in ('string', 'null')
    then return 'has a description that is not text';
  elsif coalesce(jsonb_typeof(p_calendar -> 'shifts'), 'null') not in ('array', 'null')
    or coalesce(jsonb_typeof(p_calendar -> 'holidays'), 'null') not in ('array', 'null') then
    return 'must have arrays as shifts and holidays';
  end if;
  select workflows.shift_problem(s) into v_problem
  from jsonb_array_elements(nullif(p_calendar -> 'shifts', 'null')) s
  where workflows.shift_problem(s) is not null limit 1;
  if v_problem is not null then return v_problem; end if;
  select workflows.holiday_problem(h) into v_problem
  from jsonb_array_elements(nullif(p_calendar -> 'holidays', 'null')) h
  where workflows.holiday_problem(h) is not null limit 1;
  if v_problem is not null then return v_problem; end if;
  select 'names twice: ' || n.named into v_problem from (
    select s ->> 'name' from jsonb_array_elements(nullif(p_calendar -> 'shifts', 'null')) s
    union all
    select h ->> 'date' from jsonb_array_elements(nullif(p_calendar -> 'holidays', 'null')) h
  ) n(named) group by n.named having count(*) > 1 limit 1;
  return v_problem;
end
$$;
comment on function workflows.calendar_problem(jsonb) is
  'What is wrong with a calendar, or null.';

create or replace function workflows.is_time_of_day(p_value jsonb) returns boolean
language sql immutable
as $$
  select coalesce(jsonb_typeof(p_value) = 'string'
    and p_value #>> '{}' ~ '^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$', false)
$$;
comment on function workflows.is_time_of_day(jsonb) is 'Whether a value is like "06:00".';

create or replace function workflows.shift_problem(p_shift jsonb) returns text
language sql immutable
as $$
  select 'has a shift that does not fit: ' || p_shift::text || '; it has a name, weekdays from '
    || '"mon" to "sun", starts_at and ends_at like "06:00"'
  where (jsonb_typeof(p_shift) = 'object'
    and p_shift - '{name,weekdays,starts_at,ends_at}'::text[] = '{}'
    and jsonb_typeof(p_shift -> 'name') = 'string'
    and workflows.name_problem(p_shift ->> 'name') is null
    and jsonb_typeof(p_shift -> 'weekdays') = 'array' and p_shift -> 'weekdays' <> '[]'
    and p_shift -> 'weekdays' <@ '["mon", "tue", "wed", "thu", "fri", "sat", "sun"]'
    and workflows.is_time_of_day(p_shift -> 'starts_at')
    and workflows.is_time_of_day(p_shift -> 'ends_at')) is not true
$$;
comment on function workflows.shift_problem(jsonb) is 'What is wrong with a shift, or null.';

create or replace function workflows.holiday_problem(p_holiday jsonb) returns text
language plpgsql immutable
as $$
begin
  if (jsonb_typeof(p_holiday) = 'object'
      and p_holiday - '{date,name,starts_at,ends_at}'::text[] = '{}'
      and jsonb_typeof(p_holiday -> 'date') = 'string'
      and p_holiday ->> 'date' ~ '^\d{4}-\d\d-\d\d$'
      and (p_holiday ->> 'date')::date is not null
      and coalesce(jsonb_typeof(p_holiday -> 'name'), 'null') in ('string', 'null')
      and (p_holiday ->> 'starts_at' is null and p_holiday ->> 'ends_at' is null
        or workflows.is_time_of_day(p_holiday -> 'starts_at')
          and workflows.is_time_of_day(p_holiday -> 'ends_at'))) then
    return null;
  end if;
  return 'has a holiday that does not fit: ' || p_holiday::text
    || '; it has a date like "2026-12-25", a name, and starts_at and ends_at where it is open';
exception when data_exception then
  return 'has a holiday that is no date: ' || (p_holiday ->> 'date');
end
$$;
comment on function workflows.holiday_problem(jsonb) is 'What is wrong with a holiday, or null.';

-- As set_calendar takes it.
create or replace function workflows.calendar_json(p_calendar_name text) returns jsonb
language sql stable
as $$
  select jsonb_build_object('calendar_name', c.calendar_name, 'time_zone', c.time_zone,
    'description', c.description, 'changed_at', c.changed_at, 'changed_by', c.changed_by,
    'shifts', coalesce((
      select jsonb_agg(jsonb_build_object('name', s.shift_name, 'weekdays', (
          select jsonb_agg(substr('montuewedthufrisatsun', d * 3 - 2, 3) order by d)
          from unnest(s.weekdays) d),
        'starts_at', s.starts_at, 'ends_at', s.ends_at) order by s.starts_at, s.shift_name)
      from workflows.calendar_shift s where s.calendar_name = c.calendar_name), '[]'),
    'holidays', coalesce((
      select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('date', h.holiday,
        'name', h.holiday_name, 'starts_at', h.starts_at, 'ends_at', h.ends_at))
        order by h.holiday)
      from workflows.calendar_holiday h where h.calendar_name = c.calendar_name), '[]'))
  from workflows.calendar c where c.calendar_name = p_calendar_name
$$;
comment on function workflows.calendar_json(text) is 'One calendar as JSON.';
