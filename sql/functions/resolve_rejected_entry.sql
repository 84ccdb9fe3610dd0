-- Decides about a rejected entry. retry enqueues it again under the id that its sender was given
-- and marks it, in one transaction: refused again, it stays as it is. discard only marks it.
-- Decided before: already where it was the same, else refused. Locks the entry.
create or replace function workflows.resolve_rejected_entry(
  p_workflow_id text, p_action text, p_actor text default 'script') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_entry workflows.rejected_entry%rowtype;
  v_resolution text := case lower(btrim(p_action))
    when 'retry' then 'retried' when 'discard' then 'discarded' end;
begin
  if v_resolution is null then
    perform workflows.refuse('WF002', workflows.bad_argument('action', 'is not an action'),
      'action must be retry or discard');
  end if;
  select e.* into v_entry from workflows.rejected_entry e where e.workflow_id = p_workflow_id
  for no key update;
  if not found then
    perform workflows.refuse('WF003', jsonb_build_object('workflow_id', p_workflow_id),
      'there is no rejected entry with this id');
  elsif v_entry.resolution <> v_resolution then
    perform workflows.refuse('WF009',
      jsonb_build_object('workflow_id', p_workflow_id, 'resolution', v_entry.resolution),
      'this entry was ' || v_entry.resolution || ' by ' || v_entry.resolved_by || ' before');
  elsif v_entry.resolution is null then
    if v_resolution = 'retried' then perform workflows.enqueue_again(v_entry, v_now); end if;
    update workflows.rejected_entry e
    set resolved_at = v_now, resolution = v_resolution, resolved_by = coalesce(p_actor, 'script')
    where e.workflow_id = p_workflow_id;
    perform workflows.audit_configuration('rejected entry ' || v_resolution, p_workflow_id,
      'undecided', v_resolution, coalesce(p_actor, 'script'));
  end if;
  return json_build_object('workflow_id', p_workflow_id, 'resolution', v_resolution,
    'outcome', case when v_entry.resolution is null then 'accepted' else 'already' end)::text;
end
$$;
comment on function workflows.resolve_rejected_entry(text, text, text) is
  'Enqueues a rejected entry again, or discards it.';

create or replace function workflows.enqueue_again(
  p_entry workflows.rejected_entry, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_request workflows.enqueue_request;
  v_error jsonb;
begin
  if not workflows.is_json_array('[' || p_entry.entry || ']') then
    perform workflows.refuse('WF002', workflows.bad_argument('entry', 'is not valid JSON'),
      'this entry cannot be read and never will be: discard it');
  end if;
  v_request := workflows.read_entry(p_entry.entry::json, p_now);
  if v_request.problem is null and v_request.workflow_id is null then
    v_request.workflow_id := workflows.read_uuid(p_entry.workflow_id, 'workflow_id');
  end if;
  v_error := workflows.enqueue_requests(array[v_request], p_now) -> 0 -> 'error';
  if v_error is not null then
    perform workflows.refuse(v_error ->> 'code', v_error - 'code' - 'message',
      (v_error ->> 'message') || '; the entry is kept');
  end if;
  return p_entry.workflow_id;
end
$$;
comment on function workflows.enqueue_again(workflows.rejected_entry, timestamptz) is
  'Enqueues a rejected entry again.';
