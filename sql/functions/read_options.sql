-- Reads the options of one enqueue into the request; the first problem wins and names its field.
-- Numbers are compared as numeric, so that NaN and Infinity cannot slip through as text.
create or replace function workflows.read_options(p_request workflows.enqueue_request, p_options text, p_now timestamptz)
returns workflows.enqueue_request
language plpgsql volatile
as $$
declare
  v_request workflows.enqueue_request := p_request;
  v_known text[] := ('{workflow_id,actor,allow_during_maintenance,available_at,debounce_limit_seconds,deduplication_id,'
    'deduplication_seconds,delay_seconds,max_attempts,on_duplicate,on_worker_lost,parent,partition_key,priority,queue_name,'
    'resources,start_before,timeout_seconds,traceparent,workflow_version,'
    'template_name,template_version,set_name,set_version,allow_unapproved}')::text[];
  v_options jsonb;
  v_key text;
  v_value jsonb;
  v_text text;
  v_problem text;
  v_delay float8;
begin
  begin
    v_options := p_options::jsonb;
  exception when data_exception or statement_too_complex then
    v_request.problem := workflows.bad_argument('options', 'is not valid JSON');
    return v_request;
  end;
  if jsonb_typeof(v_options) <> 'object' then
    v_request.problem := workflows.bad_argument('options', 'must be a JSON object');
    return v_request;
  end if;
  v_request.on_duplicate := 'return';
  foreach v_key in array v_known loop  -- not over a query, which would cost more than all the rest
    exit when v_options = '{}';
    v_value := v_options -> v_key;
    v_options := v_options - v_key;
    continue when v_value is null or v_value = 'null';
    v_text := v_value #>> '{}';
    v_problem := workflows.option_problem(v_key, v_value, v_text);
    if v_problem is null then
      case v_key
        when 'workflow_id' then v_request.workflow_id := v_text::uuid;
        when 'workflow_version' then v_request.workflow_version := v_text::numeric;
        when 'queue_name' then
          select q.queue_id into v_request.queue_id from workflows.queue q where q.queue_name = v_text;
          if not found then v_request.queue_id := workflows.missing_queue(v_text, p_now); end if;
          if v_request.queue_id is null then
            v_request.problem := jsonb_build_object('code', 'WF005', 'field', v_key, 'problem', 'no such queue: ' || v_text);
            return v_request;
          end if;
        when 'priority' then v_request.priority := v_text::numeric;
        when 'partition_key' then v_request.partition_key := v_text;
        when 'resources' then
          select array_agg(distinct r order by r) into v_request.resources from jsonb_array_elements_text(v_value) r;
        when 'deduplication_id' then v_request.deduplication_id := v_text;
        when 'deduplication_seconds' then
          v_request.deduplication_seconds := round(v_text::numeric, 6)::float8;
        when 'on_duplicate' then v_request.on_duplicate := v_text;
        when 'debounce_limit_seconds' then
          v_request.debounce_limit_seconds := round(v_text::numeric, 6)::float8;
        when 'delay_seconds' then v_delay := round(v_text::numeric, 6)::float8;
        when 'available_at' then v_request.available_at := v_text::timestamptz;
        when 'start_before' then v_request.start_before := v_text::timestamptz;
        when 'timeout_seconds' then v_request.timeout_seconds := round(v_text::numeric, 6)::float8;
        when 'max_attempts' then v_request.max_attempts := v_text::numeric;
        when 'on_worker_lost' then v_request.on_worker_lost := v_text;
        when 'parent' then v_request.parent_workflow_id := v_text::uuid;
        when 'allow_during_maintenance' then v_request.allow_during_maintenance := v_text::boolean;
        when 'actor' then v_request.actor := v_text;
        when 'traceparent' then v_request.traceparent := v_text;
        else v_request.recipe := coalesce(v_request.recipe, '{}') || jsonb_build_object(v_key, v_value);
      end case;
    else
      v_request.problem := workflows.bad_argument(v_key, v_problem);
      return v_request;
    end if;
  end loop;
  if v_options <> '{}' then
    v_request.problem := workflows.bad_argument(
      (select min(k) from jsonb_object_keys(v_options) k), 'is not an option of enqueue');
  elsif v_delay is not null and v_request.available_at is not null then
    v_request.problem := workflows.bad_argument('delay_seconds', 'give delay_seconds or available_at, not both');
  elsif v_delay > 0 then
    v_request.available_at := p_now + v_delay * interval '1 second';
  end if;
  if v_request.recipe is not null then
    v_request.problem := coalesce(v_request.problem, workflows.recipe_problem(v_request.recipe));
  end if;
  v_request.available_at := case when v_request.available_at is not null then least(
    v_request.available_at, p_now + v_request.debounce_limit_seconds * interval '1 second') end;
  if v_request.available_at <= p_now then v_request.available_at := null; end if;
  if v_request.start_before <= coalesce(v_request.available_at, p_now) then
    v_request.problem := workflows.bad_argument('start_before', 'must be later than now and than available_at');
  else
    v_request.problem := coalesce(v_request.problem, workflows.duplicate_problem(v_request));
  end if;
  return v_request;
end
$$;
comment on function workflows.read_options(workflows.enqueue_request, text, timestamptz) is
  'Checks the options of an enqueue and reads them into the request.';

-- What is wrong with one option, or null. Names, numbers, times and ids each have one rule.
create or replace function workflows.option_problem(
  p_key text, p_value jsonb, p_text text) returns text
language plpgsql volatile
as $$
declare
  v_limit numeric;
begin
  if p_key in ('workflow_id', 'parent') then
    return case when jsonb_typeof(p_value) <> 'string'
      or translate(lower(p_text), '123456789abcdef', repeat('0', 15))
        <> '00000000-0000-0000-0000-000000000000' then 'is not a uuid' end;
  elsif p_key in ('queue_name', 'partition_key', 'deduplication_id', 'actor', 'template_name', 'set_name') then
    return case when jsonb_typeof(p_value) <> 'string' then 'must be text' else workflows.name_problem(p_text) end;
  elsif p_key in ('workflow_version', 'priority', 'max_attempts', 'template_version', 'set_version') then
    if jsonb_typeof(p_value) <> 'number' or p_text::numeric % 1 <> 0 then
      return 'must be a whole number';
    end if;
    return case
      when p_key = 'priority' and p_text::numeric not between -100 and 100 then 'must be between -100 and 100'
      when p_key <> 'priority' and p_text::numeric not between 1 and 1000000 then 'must be between 1 and 1000000' end;
  elsif p_key like '%\_seconds' then
    if jsonb_typeof(p_value) <> 'number' then return 'must be a number of seconds'; end if;
    v_limit := workflows.setting_of('max_delay_seconds')::numeric;
    return case
      when p_text::numeric > v_limit then 'must not be more than ' || v_limit || ' seconds'
      when p_text::numeric < 0 then 'must not be negative'
      when p_key <> 'delay_seconds' and p_text::numeric < 0.000001 then 'must be more than 0' end;
  elsif p_key in ('available_at', 'start_before') then
    return workflows.time_problem(p_value, p_text);
  elsif p_key = 'on_duplicate' then
    return case when p_text in ('return', 'replace', 'reject', 'debounce') then null
      else 'must be return, replace, reject or debounce' end;
  elsif p_key = 'on_worker_lost' then
    return case when p_text in ('retry', 'hold', 'fail') then null else 'must be retry, hold or fail' end;
  elsif p_key in ('allow_during_maintenance', 'allow_unapproved') then
    return case when jsonb_typeof(p_value) <> 'boolean' then 'must be true or false' end;
  elsif p_key = 'traceparent' then
    return case when p_text !~ '^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$'
      then 'is not a W3C traceparent of version 00' end;
  elsif p_key = 'resources' then
    if jsonb_typeof(p_value) <> 'array' or jsonb_array_length(p_value) not between 1 and 100 then
      return 'must be an array of 1 to 100 names';
    end if;
    return (select case when jsonb_typeof(r) <> 'string' then 'must be an array of names'
                        else 'each name ' || workflows.name_problem(r #>> '{}') end
            from jsonb_array_elements(p_value) r
            where jsonb_typeof(r) <> 'string' or workflows.name_problem(r #>> '{}') is not null limit 1);
  end if;
  return null;
end
$$;
comment on function workflows.option_problem(text, jsonb, text) is
  'What is wrong with one option of enqueue, or null.';

-- What does not go together in the options about duplicates, or null.
create or replace function workflows.duplicate_problem(p_request workflows.enqueue_request)
returns jsonb
language plpgsql immutable
as $$
begin
  if p_request.deduplication_id is null then
    return case
      when p_request.on_duplicate <> 'return'
        then workflows.bad_argument('on_duplicate', 'needs a deduplication_id')
      when p_request.deduplication_seconds is not null
        then workflows.bad_argument('deduplication_seconds', 'needs a deduplication_id')
      when p_request.debounce_limit_seconds is not null
        then workflows.bad_argument('debounce_limit_seconds', 'needs a deduplication_id') end;
  end if;
  return case
    when p_request.on_duplicate = 'debounce' and p_request.available_at is null
      then workflows.bad_argument('delay_seconds', 'debounce needs a delay')
    when p_request.debounce_limit_seconds is not null and p_request.on_duplicate <> 'debounce'
      then workflows.bad_argument('debounce_limit_seconds', 'is for on_duplicate debounce')
    when p_request.deduplication_seconds is not null
      and p_request.on_duplicate not in ('return', 'reject')
      then workflows.bad_argument(
        'deduplication_seconds', 'goes with on_duplicate return or reject') end;
end
$$;
comment on function workflows.duplicate_problem(workflows.enqueue_request) is
  'What does not go together in the options about duplicates, or null.';

-- What does not go together in the options that name a recipe or template, or null.
create or replace function workflows.recipe_problem(p_recipe jsonb) returns jsonb
language sql immutable
as $$
  select case
    when p_recipe ? 'template_version' and not p_recipe ? 'template_name'
      then workflows.bad_argument('template_version', 'needs a template_name')
    when p_recipe ? 'set_version' and not p_recipe ? 'set_name'
      then workflows.bad_argument('set_version', 'needs a set_name')
    when p_recipe -> 'allow_unapproved' = 'true' and not p_recipe ? 'set_version'
      then workflows.bad_argument('allow_unapproved', 'needs a set_name and a set_version')
    when p_recipe ? 'template_version' and p_recipe ? 'set_name'
      then workflows.bad_argument('template_version', 'is what the recipe says')
  end
$$;
comment on function workflows.recipe_problem(jsonb) is
  'What does not go together in the options of a recipe, or null.';

create or replace function workflows.time_problem(p_value jsonb, p_text text) returns text
language plpgsql volatile
as $$
declare
  v_time timestamptz;
begin
  if jsonb_typeof(p_value) <> 'string' or p_text !~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$' then
    return 'must be a time like 2026-01-31T08:00:00Z';
  end if;
  v_time := p_text::timestamptz;
  if v_time > workflows.clock_now() + workflows.setting_of('max_delay_seconds')::float8 * interval '1 second' then
    return 'is too far in the future';
  end if;
  return null;
exception when data_exception then
  return 'must be a time like 2026-01-31T08:00:00Z';
end
$$;
comment on function workflows.time_problem(jsonb, text) is
  'What is wrong with a time given as text, or null.';

-- Makes the queue where the setting allows it; null where it does not.
create or replace function workflows.missing_queue(
  p_queue_name text, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_queue_id integer;
begin
  if workflows.setting_of('create_queues_on_enqueue') <> 'true' then return null; end if;
  insert into workflows.queue (queue_name, created_at, maintenance_mode)
  values (p_queue_name, p_now, workflows.maintenance_mode_of(0)) on conflict do nothing;
  if found then perform workflows.audit_queue_created(p_queue_name, 'engine'); end if;
  select q.queue_id into v_queue_id from workflows.queue q where q.queue_name = p_queue_name;
  return v_queue_id;
end
$$;
comment on function workflows.missing_queue(text, timestamptz) is
  'Id of a queue made on the fly, or null where enqueue may not make queues.';
