create or replace view workflows.template_list as
select t.workflow_name, t.template_name, t.template_version, t.status,
  array_to_string(array(select jsonb_array_elements_text(t.meta -> 'paramKeys')), ', ')
    as parameters,
  t.description, t.created_by, t.created_at, t.form::text as form
from workflows.parameter_template t where t.status <> 'deleted';
comment on view workflows.template_list is 'Forms from which workflows are started.';
comment on column workflows.template_list.workflow_name is 'The workflow that it starts.';
comment on column workflows.template_list.template_name is 'Name of the template.';
comment on column workflows.template_list.template_version is 'Its version.';
comment on column workflows.template_list.status is 'active or obsolete.';
comment on column workflows.template_list.parameters is 'The ids of its widgets.';
comment on column workflows.template_list.description is 'What it is for.';
comment on column workflows.template_list.created_by is 'Who saved it.';
comment on column workflows.template_list.created_at is 'When it was saved.';
comment on column workflows.template_list.form is 'The props of the form, as JSON.';
