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

create or replace function workflows.require_workflow(p_workflow_id text) returns uuid
language plpgsql volatile
as $$
declare
  v_id uuid := workflows.read_uuid(p_workflow_id, 'workflow_id');
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
