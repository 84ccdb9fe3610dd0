-- Keeps what a buffer had accepted and enqueue refused: an array of {workflow_id, entry, problem,
-- origin}, where entry is the item of enqueue_many, as JSON or as its text. Nothing more is
-- checked, so that nothing is lost; an id that is kept already is not written again. Answers how
-- many are new.
create or replace function workflows.reject_entries(p_entries text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_kept integer;
  v_given integer;
begin
  if not workflows.is_json_array(p_entries) then
    perform workflows.refuse('WF002', workflows.bad_argument('entries', 'is not a JSON array'),
      'entries must be a JSON array of {"workflow_id": .., "entry": .., "problem": ..}');
  end if;
  v_given := json_array_length(p_entries::json);
  insert into workflows.rejected_entry (workflow_id, entry, problem, origin, rejected_at)
  select r.workflow_id, r.entry, r.problem, r.origin, v_now
  from json_array_elements(p_entries::json) e cross join lateral workflows.read_rejected(e) r
  order by 1 on conflict (workflow_id) do nothing;
  get diagnostics v_kept = row_count;
  return json_build_object('kept', v_kept, 'known', v_given - v_kept)::text;
end
$$;
comment on function workflows.reject_entries(text) is
  'Keeps entries that could not be enqueued, until somebody decides.';

-- One element as it is kept. Where it holds what no text can, it is kept whole, unread but for its
-- id.
create or replace function workflows.read_rejected(
  p_element json, out workflow_id text, out entry text, out problem text, out origin text)
language plpgsql immutable
as $$
begin
  entry := coalesce(workflows.text_of(p_element -> 'entry'), p_element::text);
  problem := coalesce(workflows.text_of(p_element -> 'problem'), '{}');
  origin := p_element ->> 'origin';
  workflow_id := coalesce(p_element ->> 'workflow_id', md5(entry)::uuid::text);
exception when data_exception then
  entry := p_element::text;
  problem := coalesce(problem, '{}');
  workflow_id := coalesce(
    substring(entry from '"workflow_id"\s*:\s*"([^"\\]+)"'), md5(entry)::uuid::text);
end
$$;
comment on function workflows.read_rejected(json) is 'One rejected entry as it is kept.';

create or replace function workflows.text_of(p_value json) returns text
language sql immutable
as $$
  select case json_typeof(p_value)
    when 'null' then null when 'string' then p_value #>> '{}' else p_value::text end
$$;
comment on function workflows.text_of(json) is
  'A JSON string as the text that it stands for, anything else as it was written.';
