-- The options of one call: a JSON object with known keys, each a text, number or boolean, or for
-- roles an array of texts. Null means that a key was left out.
create or replace function workflows.read_call_options(
  p_text text, p_field text, p_known text[]) returns jsonb
language plpgsql volatile
as $$
declare
  v_options jsonb;
  v_key text;
begin
  begin
    v_options := coalesce(nullif(p_text, ''), '{}')::jsonb;
    v_options := jsonb_strip_nulls(v_options);
    select k into v_key from jsonb_object_keys(v_options) k
    where k <> all (p_known) order by k limit 1;
  exception when data_exception or statement_too_complex then
    perform workflows.refuse('WF002', workflows.bad_argument(p_field, 'is not a JSON object'),
      p_field || ' must be a JSON object');
  end;
  if v_key is not null then
    perform workflows.refuse('WF002', workflows.bad_argument(v_key, 'is not known here'),
      p_field || ' may have ' || array_to_string(p_known, ', '));
  end if;
  select k.key into v_key from jsonb_each(v_options) k
  where case when k.key in ('roles', 'second_roles')
    then jsonb_typeof(k.value) <> 'array'
      or jsonb_path_exists(k.value, '$[*] ? (@.type() != "string")')
    else jsonb_typeof(k.value) in ('array', 'object') end
  order by k.key limit 1;
  if v_key is not null then
    perform workflows.refuse('WF002', workflows.bad_argument(v_key, 'has the wrong type'),
      v_key || case when v_key in ('roles', 'second_roles') then ' must be an array of texts'
        else ' must be one value' end);
  end if;
  return v_options;
end
$$;
comment on function workflows.read_call_options(text, text, text[]) is
  'Reads the options of one call.';

-- A whole number among the options, within its limits.
create or replace function workflows.option_number(
  p_options jsonb, p_key text, p_default bigint, p_least bigint, p_most bigint) returns bigint
language plpgsql volatile
as $$
declare
  v_number numeric := p_default;
begin
  if p_options ? p_key then
    begin
      v_number := (p_options ->> p_key)::numeric;
    exception when data_exception then
      v_number := null;
    end;
  end if;
  if v_number is null or not v_number between p_least and p_most or v_number <> trunc(v_number) then
    perform workflows.refuse('WF002',
      workflows.bad_argument(p_key, 'must be a whole number from ' || p_least || ' to ' || p_most),
      p_key || ' must be a whole number from ' || p_least || ' to ' || p_most);
  end if;
  return v_number;
end
$$;
comment on function workflows.option_number(jsonb, text, bigint, bigint, bigint) is
  'A whole number among the options of a call.';

create or replace function workflows.refuse_unless(p_problem text, p_field text) returns boolean
language plpgsql volatile
as $$
begin
  if p_problem is not null then
    perform workflows.refuse('WF002', workflows.bad_argument(p_field, p_problem),
      p_field || ' ' || p_problem);
  end if;
  return true;
end
$$;
comment on function workflows.refuse_unless(text, text) is
  'Refuses an argument that has a problem.';

create or replace function workflows.require_workflow(p_workflow_id text) returns uuid
language plpgsql volatile
as $$
declare
  v_id uuid := workflows.read_workflow_id(p_workflow_id);
begin
  if v_id is null or not exists (select from workflows.workflow w where w.workflow_id = v_id) then
    perform workflows.refuse('WF003', jsonb_build_object('workflow_id', p_workflow_id),
      'there is no workflow with this id');
  end if;
  return v_id;
end
$$;
comment on function workflows.require_workflow(text) is
  'Reads the id of a workflow that there is.';

create or replace function workflows.read_uuid(p_text text, p_field text) returns uuid
language plpgsql volatile
as $$
begin
  return p_text::uuid;
exception when data_exception then
  return workflows.refuse('WF002', workflows.bad_argument(p_field, 'is not a uuid'),
    p_field || ' must be a uuid')::uuid;
end
$$;
comment on function workflows.read_uuid(text, text) is 'Reads a uuid given as text.';
