create or replace function workflows.resume_queue(p_queue_name text, p_reason text default null, p_actor text default 'script') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
begin
  return workflows.switch_queue(p_queue_name, false, p_reason, p_actor);
end
$$;
comment on function workflows.resume_queue(text, text, text) is 'Resumes a paused queue.';
