-- Sorted, so that any two workflows name their common gates in the same order.
create or replace function workflows.gate_keys(p_queue_id integer, p_partition_key text, p_resources text[]) returns bigint[]
language sql immutable
as $$
  select array_agg(distinct g.gate_id order by g.gate_id)
  from (select hashtextextended(workflows.gate_label(p_queue_id, p_partition_key, null), 0) as gate_id
        where p_partition_key is not null
        union all
        select hashtextextended(workflows.gate_label(null, null, r), 0) from unnest(p_resources) r) g
$$;
comment on function workflows.gate_keys(integer, text, text[]) is
  'Ids of the gates that a partition key and resources stand for.';
