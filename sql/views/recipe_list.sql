create or replace view workflows.recipe_list as
select s.workflow_name, s.set_name, s.set_version, s.status, s.template_name, s.template_version,
  s.parameter_values::text as parameter_values, s.description, s.reason, s.created_by,
  s.created_at, s.approved_by, s.approved_at
from workflows.parameter_set s where s.status <> 'deleted';
comment on view workflows.recipe_list is 'Recipes: named values of a template or a workflow.';
comment on column workflows.recipe_list.workflow_name is 'The workflow that it is for.';
comment on column workflows.recipe_list.set_name is 'Name of the recipe.';
comment on column workflows.recipe_list.set_version is 'Its version.';
comment on column workflows.recipe_list.status is 'draft, approved or obsolete.';
comment on column workflows.recipe_list.template_name is
  'The template that it was made of; null: the declared parameters.';
comment on column workflows.recipe_list.template_version is 'Version of the template.';
comment on column workflows.recipe_list.parameter_values is 'Its values, as JSON.';
comment on column workflows.recipe_list.description is 'What it is for.';
comment on column workflows.recipe_list.reason is 'Why it was written.';
comment on column workflows.recipe_list.created_by is 'Who wrote it.';
comment on column workflows.recipe_list.created_at is 'When it was written.';
comment on column workflows.recipe_list.approved_by is 'Who approved it last.';
comment on column workflows.recipe_list.approved_at is 'When it was approved last.';
