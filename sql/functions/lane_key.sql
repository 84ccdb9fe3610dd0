-- A lane is known by a hash of what it stands for, so that enqueue can name it without a look or a
-- lock.
create or replace function workflows.lane_key(
  p_queue_id integer, p_name text, p_version integer, p_priority smallint, p_kind text) returns bigint
language sql immutable
as $$
  select hashtextextended(p_queue_id::text || ' ' || p_version::text || ' ' || p_priority::text || ' ' || p_kind || ' ' || p_name, 0)
$$;
comment on function workflows.lane_key(integer, text, integer, smallint, text) is
  'Id of the lane of a queue, name, version, priority and kind.';
