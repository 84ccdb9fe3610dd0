-- Makes a schedule: a workflow, and when it is enqueued. Options: one of cron, interval_seconds, or
-- starts_at alone (once); time_zone, starts_at, ends_at, inputs, options (those of enqueue, with
-- its recipe), occurs_at_input, catch_up, catch_up_seconds, calendar_name, description, actor,
-- reason. Refused where there is one of that name.
create or replace function workflows.create_schedule(
  p_schedule_name text, p_workflow_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_schedule_options(p_options);
  v_schedule workflows.schedule;
begin
  perform workflows.refuse_unless(workflows.name_problem(p_schedule_name), 'schedule_name');
  v_schedule.schedule_name := p_schedule_name;
  v_schedule.workflow_name := p_workflow_name;
  v_schedule.time_zone := 'UTC';
  v_schedule.inputs := '{}';
  v_schedule.options := jsonb_build_object();
  v_schedule.catch_up := 'skip';
  v_schedule.is_paused := false;
  v_schedule.created_at := v_now;
  v_schedule.created_by := workflows.option_actor(v_options);
  v_schedule := workflows.read_schedule(v_schedule, v_options, v_now);
  insert into workflows.schedule values (v_schedule.*) on conflict do nothing;
  if not found then
    perform workflows.refuse('WF006', jsonb_build_object('field', 'schedule_name',
      'schedule_name', p_schedule_name),
      'there is a schedule of that name; set_schedule changes it');
  end if;
  perform workflows.audit_configuration('schedule created', p_schedule_name, null,
    workflows.schedule_json(v_schedule)::text, v_schedule.created_by, v_options ->> 'reason');
  return workflows.schedule_json(v_schedule)::text;
end
$$;
comment on function workflows.create_schedule(text, text, text) is
  'Makes a schedule: a workflow, and when it is enqueued.';

-- The options of a schedule; inputs and options are objects, the others are one value each.
create or replace function workflows.read_schedule_options(p_options text) returns jsonb
language plpgsql volatile
as $$
declare
  v_options jsonb;
  v_key text;
begin
  p_options := coalesce(nullif(p_options, ''), '{}');
  perform workflows.refuse_unless(workflows.payload_problem(p_options), 'options');
  v_options := p_options::jsonb;
  if jsonb_typeof(v_options) = 'object' then
    foreach v_key in array '{inputs,options}'::text[] loop
      perform workflows.refuse_unless(case when coalesce(
        jsonb_typeof(v_options -> v_key) not in ('object', 'null'), false)
        then 'must be an object' end, v_key);
    end loop;
  end if;
  perform workflows.read_call_options(
    case jsonb_typeof(v_options) when 'object' then v_options - '{inputs,options}'::text[]
      else v_options end::text,
    'options', ('{workflow_name,cron,interval_seconds,starts_at,ends_at,time_zone,inputs,options,'
      'occurs_at_input,catch_up,catch_up_seconds,calendar_name,description,actor,reason}')::text[]);
  return v_options;
end
$$;
comment on function workflows.read_schedule_options(text) is
  'Reads the options of a schedule.';

-- The schedule with what the options change, checked, and its next occurrence where its times are
-- among them. Null takes back what may be left out. What its kind is follows from what is given.
create or replace function workflows.read_schedule(
  p_schedule workflows.schedule, p_options jsonb, p_now timestamptz) returns workflows.schedule
language plpgsql volatile
as $$
declare
  v_schedule workflows.schedule := p_schedule;
  v_key text;
  v_value jsonb;
  v_text text;
begin
  for v_key, v_value, v_text in
    select o.key, o.value, nullif(o.value, 'null') #>> '{}' from jsonb_each(p_options) o
  loop
    case v_key
      when 'workflow_name' then v_schedule.workflow_name := v_text;
      when 'cron' then
        v_schedule.cron := v_text;
        if v_text is not null then v_schedule.interval_seconds := null; end if;
      when 'interval_seconds' then
        v_schedule.interval_seconds := workflows.schedule_seconds(v_key, v_value, 1);
        if v_text is not null then v_schedule.cron := null; end if;
      when 'starts_at' then v_schedule.starts_at := workflows.schedule_time(v_key, v_value);
      when 'ends_at' then v_schedule.ends_at := workflows.schedule_time(v_key, v_value);
      when 'time_zone' then v_schedule.time_zone := coalesce(v_text, 'UTC');
      when 'inputs' then v_schedule.inputs := coalesce(v_text, '{}');
      when 'options' then
        v_schedule.options := coalesce(nullif(v_value, 'null'), jsonb_build_object());
      when 'occurs_at_input' then v_schedule.occurs_at_input := v_text;
      when 'catch_up' then v_schedule.catch_up := coalesce(v_text, 'skip');
      when 'catch_up_seconds' then
        v_schedule.catch_up_seconds := workflows.schedule_seconds(v_key, v_value, 0);
      when 'calendar_name' then v_schedule.calendar_name := v_text;
      when 'description' then v_schedule.description := v_text;
      else null;
    end case;
  end loop;
  v_schedule.kind := case when v_schedule.cron is not null then 'cron'
    when v_schedule.interval_seconds is not null then 'interval' else 'once' end;
  v_schedule.changed_at := p_now;
  v_schedule.changed_by := workflows.option_actor(p_options);
  if v_schedule.kind = 'interval' then
    v_schedule.starts_at := coalesce(v_schedule.starts_at, p_now);
  end if;
  perform workflows.check_schedule(v_schedule, p_now);
  if p_options ?| '{cron,interval_seconds,starts_at,ends_at,time_zone}' then
    v_schedule.next_at := workflows.schedule_after(
      v_schedule, workflows.read_cron(v_schedule.cron), p_now);
    perform workflows.refuse_unless(case when v_schedule.next_at is null
      then 'leave no occurrence that is still to come' end, 'times');
  end if;
  return v_schedule;
end
$$;
comment on function workflows.read_schedule(workflows.schedule, jsonb, timestamptz) is
  'A schedule with what some options change.';

-- Refuses what does not fit in a schedule, and what enqueue would refuse each time.
create or replace function workflows.check_schedule(
  p_schedule workflows.schedule, p_now timestamptz) returns boolean
language plpgsql volatile
as $$
declare
  v_option text;
begin
  perform workflows.refuse_unless(
    workflows.name_problem(p_schedule.workflow_name), 'workflow_name');
  if p_schedule.kind = 'cron' then
    perform workflows.refuse_unless((workflows.read_cron(p_schedule.cron)).problem, 'cron');
  elsif p_schedule.kind = 'once' and p_schedule.starts_at is null then
    perform workflows.refuse_unless(
      'must be given, or interval_seconds, or starts_at alone for once', 'cron');
  end if;
  if not exists (
      select from pg_timezone_names z where z.name = p_schedule.time_zone) then
    perform workflows.refuse_unless(
      'is not a name of a time zone: ' || p_schedule.time_zone, 'time_zone');
  end if;
  if p_schedule.catch_up not in ('skip', 'last', 'all') then
    perform workflows.refuse_unless('must be skip, last or all', 'catch_up');
  end if;
  if p_schedule.occurs_at_input is not null then
    perform workflows.refuse_unless(
      workflows.name_problem(p_schedule.occurs_at_input), 'occurs_at_input');
  end if;
  perform workflows.require_calendar(p_schedule.calendar_name);
  select k into v_option from jsonb_object_keys(p_schedule.options) k
  where k in ('workflow_id', 'actor', 'parent', 'available_at', 'start_before')
  order by k limit 1;
  perform workflows.refuse_unless(case when v_option is not null
    then 'is not an option of a schedule' end, v_option);
  perform workflows.refuse_unless(case when p_schedule.options ->> 'on_duplicate'
    in ('replace', 'debounce') then 'must be return or reject in a schedule' end, 'on_duplicate');
  perform workflows.refuse_values((workflows.read_request(p_schedule.workflow_name,
    p_schedule.inputs, p_schedule.options::text, p_now)).problem);
  return true;
end
$$;
comment on function workflows.check_schedule(workflows.schedule, timestamptz) is
  'Refuses what does not fit in a schedule.';

create or replace function workflows.schedule_time(p_key text, p_value jsonb) returns timestamptz
language plpgsql volatile
as $$
begin
  if p_value = 'null' then return null; end if;
  perform workflows.refuse_unless(workflows.time_problem(p_value, p_value #>> '{}'), p_key);
  return (p_value #>> '{}')::timestamptz;
end
$$;
comment on function workflows.schedule_time(text, jsonb) is
  'A time among the options of a schedule.';

create or replace function workflows.schedule_seconds(
  p_key text, p_value jsonb, p_least integer) returns float8
language plpgsql volatile
as $$
declare
  v_most numeric := workflows.setting_of('max_delay_seconds')::numeric;
begin
  if p_value = 'null' then return null; end if;
  if jsonb_typeof(p_value) <> 'number' or p_value::numeric not between p_least and v_most then
    perform workflows.refuse_unless(
      'must be a number of seconds from ' || p_least || ' to ' || v_most, p_key);
  end if;
  return round(p_value::numeric, 6)::float8;
end
$$;
comment on function workflows.schedule_seconds(text, jsonb, integer) is
  'Seconds among the options of a schedule.';

-- Holds the calendar until commit, so that it cannot be deleted meanwhile.
create or replace function workflows.require_calendar(p_calendar_name text) returns boolean
language plpgsql volatile
as $$
begin
  if p_calendar_name is null then return false; end if;
  perform from workflows.calendar c where c.calendar_name = p_calendar_name for key share;
  if not found then
    perform workflows.refuse_unless(
      'is not a calendar that there is: ' || p_calendar_name, 'calendar_name');
  end if;
  return true;
end
$$;
comment on function workflows.require_calendar(text) is 'Refuses a calendar that there is not.';

create or replace function workflows.schedule_json(p_schedule workflows.schedule) returns jsonb
language sql stable
as $$
  select to_jsonb(p_schedule) || jsonb_build_object('inputs', p_schedule.inputs::jsonb,
    'next_local_time', workflows.local_text(p_schedule.next_at, p_schedule.time_zone))
$$;
comment on function workflows.schedule_json(workflows.schedule) is 'One schedule as JSON.';
