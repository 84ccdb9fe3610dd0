-- Partition keys and resources that are held, and how many workflows wait for each
select gate_name, kind, held_by, held_by_queue, waiting
from workflows.resource_status
where nullif(:searchText::text, '') is null or strpos(lower(gate_name), lower(:searchText::text)) > 0
order by waiting desc, gate_name
limit least(coalesce(:limit::integer, 100), 1000)
