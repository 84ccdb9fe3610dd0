-- Takes a blackout away, before, in or after its time. Options: actor, reason.
create or replace function workflows.remove_blackout(
  p_blackout_id integer, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{actor,reason}');
  v_blackout workflows.blackout;
begin
  delete from workflows.blackout b where b.blackout_id = p_blackout_id returning * into v_blackout;
  if not found then
    perform workflows.refuse('WF003', jsonb_build_object('field', 'blackout_id',
      'blackout_id', p_blackout_id),
      coalesce('there is no such blackout: ' || p_blackout_id, 'blackout_id is null'));
  end if;
  perform workflows.audit_configuration('blackout removed', workflows.blackout_scope(v_blackout),
    to_jsonb(v_blackout)::text, null, workflows.option_actor(v_options), v_options ->> 'reason');
  perform workflows.open_queues(v_now);
  return to_json(v_blackout)::text;
end
$$;
comment on function workflows.remove_blackout(integer, text) is 'Takes a blackout away.';
