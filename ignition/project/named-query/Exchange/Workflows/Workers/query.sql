-- Workers, those at work first
select worker_id::text as worker_id, worker_name, host_name, project_name, generation, process_id, role, is_active,
  is_draining, status, listen_mode, threads, running_count, queues, definitions, library_version, database_user,
  started_at, renewed_at, expires_at
from workflows.worker_status
where nullif(:status::text, '') is null or status = :status::text
order by case status when 'active' then 1 when 'late' then 2 when 'lost' then 3 else 4 end, worker_name, worker_id
limit least(coalesce(:limit::integer, 100), 1000)
