create or replace view workflows.recipe_use as
select r.workflow_id::text as workflow_id, w.workflow_name, w.status, w.state, w.enqueued_at,
  coalesce(w.actor, w.enqueued_by) as enqueued_by, r.template_name, r.template_version,
  r.set_name, r.set_version, r.set_status, r.enum_versions::text as enum_versions,
  array_to_string(array(select jsonb_object_keys(r.overrides)), ', ') as changed
from workflows.workflow_recipe r
join workflows.workflow w on w.workflow_id = r.workflow_id;
comment on view workflows.recipe_use is
  'What workflows were started from, and what was changed at the start.';
comment on column workflows.recipe_use.workflow_id is 'The workflow.';
comment on column workflows.recipe_use.workflow_name is 'Name of the registered function.';
comment on column workflows.recipe_use.status is 'Where it stands in the queue.';
comment on column workflows.recipe_use.state is 'Its state as an operator sees it.';
comment on column workflows.recipe_use.enqueued_at is 'When it was accepted.';
comment on column workflows.recipe_use.enqueued_by is 'Who started it.';
comment on column workflows.recipe_use.template_name is 'The template that it was started from.';
comment on column workflows.recipe_use.template_version is 'Version of the template.';
comment on column workflows.recipe_use.set_name is 'The recipe that it was started from.';
comment on column workflows.recipe_use.set_version is 'Version of the recipe.';
comment on column workflows.recipe_use.set_status is 'Status of the recipe at that moment.';
comment on column workflows.recipe_use.enum_versions is 'Versions of its enums, as JSON.';
comment on column workflows.recipe_use.changed is
  'Which of its values were given anew at the start; get_workflow shows them.';
