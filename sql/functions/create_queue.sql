-- Makes a queue, or sets the options of one that exists.
create or replace function workflows.create_queue(
  p_queue_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_problem text := workflows.name_problem(p_queue_name);
begin
  if v_problem is not null then
    perform workflows.refuse('WF002', workflows.bad_argument('queue_name', v_problem),
      'queue_name ' || v_problem);
  end if;
  insert into workflows.queue (queue_name, created_at, maintenance_mode)
  values (p_queue_name, v_now, workflows.maintenance_mode_of(0)) on conflict do nothing;
  if found then
    perform workflows.audit_queue_created(p_queue_name, workflows.actor_of(p_options));
  end if;
  return workflows.set_queue(p_queue_name, p_options);
end
$$;
comment on function workflows.create_queue(text, text) is 'Makes a queue with its options.';

create or replace function workflows.audit_queue_created(p_queue_name text, p_actor text)
returns bigint
language sql volatile
as $$
  select workflows.audit_configuration('queue created', q.queue_name, null,
    (to_jsonb(q) - '{queue_id,queue_name,created_at}'::text[])::text, coalesce(p_actor, 'script'))
  from workflows.queue q where q.queue_name = p_queue_name
$$;
comment on function workflows.audit_queue_created(text, text) is 'Audits a new queue.';

-- Null also where the options cannot be read: set_queue refuses those.
create or replace function workflows.actor_of(p_options text) returns text
language plpgsql immutable
as $$
begin
  return nullif(p_options, '')::jsonb ->> 'actor';
exception when data_exception then
  return null;
end
$$;
comment on function workflows.actor_of(text) is 'Who, as the options of a queue say.';
