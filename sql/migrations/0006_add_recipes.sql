-- Parameters, templates and recipes: what a workflow takes, and the values that an engineer has
-- approved. Versions are added and never changed; deleting is a status, so that no number is given
-- twice. New tables, and columns without a default: no row is written, and each lock is a moment.

alter type workflows.enqueue_request add attribute recipe jsonb;
alter type workflows.enqueue_request add attribute frozen jsonb;

-- Others take their place; without parentheses, since they stand only where 0004 was released.
-- squawk-ignore ban-drop-function
drop function if exists workflows.answer_problems;
-- squawk-ignore ban-drop-function
drop function if exists workflows.field_problem;

alter table workflows.workflow_definition
  add column parameters jsonb,
  add column signature jsonb;

create table workflows.parameter_enum (
  enum_name text not null,
  enum_version integer not null,
  status text not null
    constraint parameter_enum_status check (status in ('active', 'obsolete', 'deleted')),
  choices jsonb not null,
  description text,
  created_by text not null,
  created_at timestamptz not null,
  primary key (enum_name, enum_version)
);
comment on table workflows.parameter_enum is
  'Lists of choices that forms and parameters refer to, by name and version.';

create table workflows.parameter_template (
  workflow_name text not null,
  template_name text not null,
  template_version integer not null,
  status text not null
    constraint parameter_template_status check (status in ('active', 'obsolete', 'deleted')),
  form jsonb not null,
  meta jsonb not null,
  description text,
  created_by text not null,
  created_at timestamptz not null,
  primary key (workflow_name, template_name, template_version)
);
comment on table workflows.parameter_template is
  'Forms from which a workflow is started, by name and version.';

create table workflows.parameter_set (
  workflow_name text not null,
  set_name text not null,
  set_version integer not null,
  status text not null constraint parameter_set_status check (
    status in ('draft', 'approved', 'obsolete', 'deleted')),
  template_name text,
  template_version integer,
  parameter_values jsonb not null,
  description text,
  reason text,
  created_by text not null,
  created_at timestamptz not null,
  approved_by text,
  approved_at timestamptz,
  primary key (workflow_name, set_name, set_version),
  constraint parameter_set_template check ((template_name is null) = (template_version is null)),
  constraint parameter_set_approved check (
    (approved_by is null) = (approved_at is null)
    and (status <> 'approved' or approved_by is not null))
);
comment on table workflows.parameter_set is
  'Recipes: named values of a template or a workflow, by version.';

create table workflows.workflow_recipe (
  workflow_id uuid primary key,
  template_name text,
  template_version integer,
  set_name text,
  set_version integer,
  set_status text,
  enum_versions jsonb not null,
  overrides jsonb not null
);
create index workflow_recipe_set on workflows.workflow_recipe (set_name, set_version);
comment on table workflows.workflow_recipe is
  'What a workflow was started from: its inputs are the values that came of it.';

insert into workflows.setting (setting_name, setting_value, value_type, description)
values ('approval_by_another', 'false', 'boolean',
  'whether a recipe is approved by another person than its author');
