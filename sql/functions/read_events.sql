-- Reads only. What a workflow has published: the latest value of each key as a JSON array in order
-- of the keys. Options: key (only this one), history (true: every value there was, newest first),
-- limit (100, at most 1000). An unknown id is WF003.
create or replace function workflows.read_events(
  p_workflow_id text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{key,history,limit}');
  v_id uuid := workflows.require_workflow(p_workflow_id);
  v_key text := v_options ->> 'key';
  v_limit bigint := workflows.option_number(v_options, 'limit', 100, 1, 1000);
  v_answer text;
begin
  if v_options ? 'history' and jsonb_typeof(v_options -> 'history') <> 'boolean' then
    perform workflows.refuse_unless('must be true or false', 'history');
  elsif (v_options ->> 'history')::boolean then
    select json_agg(json_build_object('key', h.event_key, 'value', h.value::json,
      'change_no', h.change_no, 'set_at', h.set_at))::text into v_answer
    from (
      select h1.* from workflows.event_history h1
      where h1.workflow_id = v_id and (v_key is null or h1.event_key = v_key)
      order by h1.set_at desc, h1.event_key, h1.change_no desc limit v_limit) h;
  else
    select json_agg(json_build_object('key', e.event_key, 'value', e.value::json,
      'change_no', e.change_no, 'set_at', e.set_at))::text into v_answer
    from (
      select e1.* from workflows.event e1
      where e1.workflow_id = v_id and (v_key is null or e1.event_key = v_key)
      order by e1.event_key limit v_limit) e;
  end if;
  return coalesce(v_answer, '[]');
end
$$;
comment on function workflows.read_events(text, text) is
  'What a workflow has published, as JSON.';
