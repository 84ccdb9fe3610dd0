create or replace function workflows.gate_label(p_queue_id integer, p_partition_key text, p_resource text) returns text
language sql immutable
as $$
  select case when p_resource is null then 'key ' || p_queue_id || ' ' || p_partition_key else 'resource ' || p_resource end
$$;
comment on function workflows.gate_label(integer, text, text) is
  'Readable name of a gate; its hash is the gate id.';
