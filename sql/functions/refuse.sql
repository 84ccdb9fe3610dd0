-- The one place that raises. The message is fixed per code; the detail is JSON for programs, the
-- hint says to a person what is wrong and what to do.
create or replace function workflows.refuse(p_code text, p_detail jsonb, p_hint text) returns text
language plpgsql
as $$
begin
  raise exception using
    errcode = p_code,
    message = case p_code
      when 'WF001' then 'stale lease token'
      when 'WF002' then 'bad argument'
      when 'WF003' then 'unknown id'
      when 'WF004' then 'already finished otherwise'
      when 'WF005' then 'queue does not take work'
      when 'WF006' then 'duplicate'
      when 'WF007' then 'replay mismatch'
      when 'WF008' then 'schema version does not fit'
      when 'WF010' then 'audit is append-only'
      else 'command rejected' end,
    detail = p_detail::text,
    hint = coalesce(p_hint, 'an argument that has no default is null');
end
$$;
comment on function workflows.refuse(text, jsonb, text) is
  'Raises one of the documented errors WF001 to WF010.';
