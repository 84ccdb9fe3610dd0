-- Reads only. Entries of one stream of a workflow from an offset on, in order, as a JSON array; go
-- on with the last offset + 1. Options: offset (0), limit (100, at most 1000). An unknown id is
-- WF003, a stream that was never written is empty.
create or replace function workflows.read_stream(
  p_workflow_id text, p_stream text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{offset,limit}');
  v_id uuid := workflows.require_workflow(p_workflow_id);
  v_offset bigint := workflows.option_number(v_options, 'offset', 0, 0, 9223372036854775807);
  v_limit bigint := workflows.option_number(v_options, 'limit', 100, 1, 1000);
begin
  perform workflows.refuse_unless(workflows.name_problem(p_stream), 'stream');
  return coalesce((
    select json_agg(json_build_object('offset', s.stream_offset, 'value', s.value::json,
      'written_at', s.written_at) order by s.stream_offset)::text
    from (
      select s1.* from workflows.stream s1
      where s1.workflow_id = v_id and s1.stream_name = p_stream and s1.stream_offset >= v_offset
      order by s1.stream_offset limit v_limit) s), '[]');
end
$$;
comment on function workflows.read_stream(text, text, text) is
  'Entries of a stream of a workflow, as JSON.';
