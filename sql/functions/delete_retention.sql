-- Takes one retention policy away: what it was for falls under the next more general one, and under
-- none is kept for ever. Options: status (else the policy for any), actor.
create or replace function workflows.delete_retention(
  p_queue_name text default null, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{status,actor}');
  v_queue_id integer := workflows.retention_queue(p_queue_name);
  v_status text := workflows.retention_status_of(v_options);
  v_actor text := workflows.option_actor(v_options);
  v_before text;
begin
  perform workflows.lock_progress();
  v_before := workflows.retention_text(v_queue_id, v_status);
  delete from workflows.retention_policy p
  where p.queue_id = v_queue_id and p.status = v_status;
  if not found then return json_build_object('was_set', false)::text; end if;
  perform workflows.retention_changed(v_queue_id, v_status, v_before, v_actor);
  return json_build_object('was_set', true)::text;
end
$$;
comment on function workflows.delete_retention(text, text) is 'Takes a retention policy away.';
