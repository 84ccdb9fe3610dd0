-- What is well and what is not, problems first
select check_name, status, measured, advice
from workflows.health
order by case status when 'error' then 1 when 'warning' then 2 else 3 end, check_name
limit least(coalesce(:limit::integer, 1000), 1000)
