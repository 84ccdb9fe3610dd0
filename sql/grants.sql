-- Who may do what. Nobody touches a table; everybody goes through functions and views. Helpers are
-- for the owner alone. Audit cannot be changed by any of these roles, and read by admin alone.
do $grants$
declare
  v_function record;
begin
  for v_function in
    select p.oid::regprocedure as signature from pg_proc p where p.pronamespace = 'workflows'::regnamespace
  loop
    -- from the roles, too: an upgrade takes back what is granted no longer
    execute format('revoke all on function %s from public, workflows_enqueuer, workflows_worker, '
      'workflows_operator, workflows_viewer, workflows_admin', v_function.signature);
  end loop;
end
$grants$;
alter default privileges for role workflows_owner revoke execute on functions from public;
revoke all on all tables in schema workflows from public;
grant usage on schema workflows to workflows_enqueuer, workflows_worker, workflows_operator, workflows_viewer, workflows_admin;

grant execute on function workflows.schema_version() to
  workflows_enqueuer, workflows_worker, workflows_operator, workflows_viewer, workflows_admin;

grant execute on function workflows.enqueue(text, text, text), workflows.enqueue_many(text) to
  workflows_enqueuer, workflows_worker, workflows_operator, workflows_admin;

grant execute on function workflows.reject_entries(text) to
  workflows_enqueuer, workflows_worker, workflows_operator, workflows_admin;
grant execute on function workflows.resolve_rejected_entry(text, text, text) to
  workflows_operator, workflows_admin;
grant execute on function workflows.list_rejected_entries(text) to
  workflows_operator, workflows_viewer, workflows_admin;

-- A viewer reads all that an operator reads, inputs and results included, and changes nothing.
grant execute on function workflows.get_workflow(text), workflows.list_workflows(text),
  workflows.list_steps(text), workflows.search_workflows(text),
  workflows.describe_workflow(text, text) to
  workflows_enqueuer, workflows_worker, workflows_operator, workflows_viewer, workflows_admin;
grant execute on function workflows.get_activity(text), workflows.list_gates(text),
  workflows.list_tickets(text) to
  workflows_operator, workflows_viewer, workflows_admin;

grant execute on function workflows.send_command(text, text, text, text),
  workflows.send_commands(text, text, text, text), workflows.fork_workflow(text, text, text),
  workflows.cancel_workflow(text, text, text),
  workflows.retry_workflow(text, text) to workflows_operator, workflows_admin;

grant execute on function workflows.send_message(text, text, text) to
  workflows_enqueuer, workflows_worker, workflows_operator, workflows_admin;
grant execute on function workflows.read_events(text, text),
  workflows.read_stream(text, text, text) to
  workflows_enqueuer, workflows_worker, workflows_operator, workflows_viewer, workflows_admin;
grant execute on function workflows.answer_prompt(text, text, text) to
  workflows_operator, workflows_admin;
grant execute on function workflows.list_prompts(text) to
  workflows_operator, workflows_viewer, workflows_admin;

grant execute on function workflows.register_worker(text, text), workflows.renew_worker(text, text), workflows.retire_worker(text),
  workflows.claim_workflows(text, integer, integer, bigint, boolean, boolean, boolean), workflows.load_workflow(text, text, text),
  workflows.record_steps(text, text), workflows.finish_workflows(text, text), workflows.run_maintenance(integer) to workflows_worker;

grant execute on function workflows.create_queue(text, text), workflows.set_queue(text, text), workflows.pause_queue(text, text, text),
  workflows.resume_queue(text, text, text), workflows.set_setting(text, text, text), workflows.list_settings() to workflows_admin;
grant execute on function workflows.reset_setting(text, text),
  workflows.list_setting_changes(text), workflows.set_retention(text, text),
  workflows.delete_retention(text, text), workflows.apply_retention(integer, text, text) to
  workflows_admin;
grant execute on function workflows.list_retention(), workflows.get_diagnostics() to
  workflows_operator, workflows_viewer, workflows_admin;
grant execute on function workflows.enter_maintenance(text, text, text, text),
  workflows.exit_maintenance(text, text, text) to workflows_operator, workflows_admin;
grant execute on function workflows.get_maintenance() to
  workflows_worker, workflows_operator, workflows_viewer, workflows_admin;
grant execute on function workflows.list_queues() to workflows_operator, workflows_viewer, workflows_admin;
grant execute on function workflows.pause_queue(text, text, text), workflows.resume_queue(text, text, text) to workflows_operator;
grant execute on function workflows.drain_worker(text, text, text),
  workflows.resume_worker(text, text, text) to workflows_operator, workflows_admin;

-- Engineers own templates and enums and approve recipes; operators may draft one, and start from them.
grant execute on function workflows.resolve_inputs(text, text, text) to
  workflows_enqueuer, workflows_worker, workflows_operator, workflows_admin;
grant execute on function workflows.list_parameters(text, text),
  workflows.get_template(text, text, text), workflows.list_templates(text),
  workflows.get_enum(text, text), workflows.list_enums(text),
  workflows.get_parameter_set(text, text, text), workflows.list_parameter_sets(text) to
  workflows_enqueuer, workflows_worker, workflows_operator, workflows_viewer, workflows_admin;
grant execute on function workflows.compare_parameter_sets(text, text, text) to
  workflows_operator, workflows_viewer, workflows_admin;
grant execute on function workflows.create_parameter_set(text, text, text, text),
  workflows.export_parameter_set(text, text, text) to workflows_operator, workflows_admin;
grant execute on function workflows.create_enum(text, text, text),
  workflows.set_enum_status(text, text, text), workflows.create_template(text, text, text, text),
  workflows.set_template_status(text, text, text, text),
  workflows.set_parameter_set_status(text, text, text, text),
  workflows.rename_parameter_set(text, text, text, text),
  workflows.import_parameter_set(text, text), workflows.import_workflows(text, text) to
  workflows_admin;

-- Engineers plan what is started by itself; operators stop it, let it go on, and start it now.
grant execute on function workflows.next_occurrence(text, text, timestamptz) to
  workflows_enqueuer, workflows_worker, workflows_operator, workflows_viewer, workflows_admin;
grant execute on function workflows.list_schedules(text),
  workflows.list_schedule_runs(text, text), workflows.list_calendars(),
  workflows.list_blackouts(text) to workflows_operator, workflows_viewer, workflows_admin;
grant execute on function workflows.pause_schedule(text, text),
  workflows.resume_schedule(text, text), workflows.run_schedule(text, text) to
  workflows_operator, workflows_admin;
grant execute on function workflows.create_schedule(text, text, text),
  workflows.set_schedule(text, text), workflows.delete_schedule(text, text),
  workflows.set_calendar(text, text, text), workflows.delete_calendar(text, text),
  workflows.add_blackout(timestamptz, timestamptz, text),
  workflows.remove_blackout(integer, text) to workflows_admin;

-- Views run with the rights of their owner, but a function in them is called as the reader.
grant execute on function workflows.retention_figures(integer, text) to
  workflows_operator, workflows_viewer, workflows_admin;
grant execute on function workflows.queue_figures(integer) to
  workflows_operator, workflows_viewer, workflows_admin, workflows_worker;
grant execute on function workflows.upcoming(text, integer) to
  workflows_operator, workflows_viewer, workflows_admin;
grant select on workflows.queue_depth, workflows.workflow_status, workflows.running_workflow, workflows.worker_status,
  workflows.resource_status, workflows.dead_letter, workflows.command_log, workflows.health,
  workflows.rejected_entry_list, workflows.open_prompt, workflows.attention_needed,
  workflows.workflow_parameter, workflows.enum_list, workflows.template_list,
  workflows.recipe_list, workflows.recipe_use, workflows.workflow_child,
  workflows.retention_status, workflows.schedule_next, workflows.schedule_status to
  workflows_operator, workflows_viewer, workflows_admin;
grant select on workflows.queue_depth, workflows.worker_status, workflows.health to workflows_worker;
grant execute on function workflows.export_audit(text) to workflows_admin;
grant select on workflows.audit, workflows.audit_log, workflows.setting, workflows.setting_change,
  workflows.queue, workflows.workflow_definition, workflows.schema_migration to workflows_admin;
grant select on workflows.transition to workflows_operator, workflows_viewer, workflows_admin;
