create or replace view workflows.setting_change as
select a.audit_id, a.audited_at as changed_at, a.detail as setting_name, a.old_value, a.new_value,
  a.actor as changed_by, a.reason, a.database_user, a.source, s.default_value
from workflows.audit a
left join workflows.setting s on s.setting_name = a.detail
where a.event = 'setting changed';
comment on view workflows.setting_change is 'Who changed which setting, from what to what.';
comment on column workflows.setting_change.audit_id is 'Number, in order of writing.';
comment on column workflows.setting_change.changed_at is 'When.';
comment on column workflows.setting_change.setting_name is 'The setting.';
comment on column workflows.setting_change.old_value is 'What it was.';
comment on column workflows.setting_change.new_value is 'What it is from then on.';
comment on column workflows.setting_change.changed_by is 'Who, as the caller said.';
comment on column workflows.setting_change.reason is 'Why, in words.';
comment on column workflows.setting_change.database_user is 'Database user of the session.';
comment on column workflows.setting_change.source is
  'Application name and client address of the session.';
comment on column workflows.setting_change.default_value is 'What reset_setting would give it.';
