-- Table of contents. The installer reads this manifest, guards each migration by the ledger, and
-- makes one script of it that can be run again at any time (make installer, or ignition-workflows
-- migrate --sql).
--
-- The story: enqueue writes a workflow and a place in a lane of ready. A worker registers, then
-- claims: the place becomes a lease. Steps are recorded against the lease, the outcome ends it.
-- Whatever waits is parked with its time; whatever needs equipment holds tickets at gates and is
-- handed over to in order. Commands lock the same rows. Maintenance moves what is due and takes
-- back what a dead worker left. Schedules are fired by it, too: they enqueue like everybody else.
\ir bootstrap.sql

-- tables
\ir migrations/0001_create_tables.sql
\ir migrations/0002_add_gateways.sql
\ir migrations/0003_add_commands.sql
\ir migrations/0004_add_messages.sql
\ir migrations/0005_add_audit_columns.sql
\ir migrations/0006_add_recipes.sql
\ir migrations/0007_add_flow_control.sql
\ir migrations/0008_add_children.sql
\ir migrations/0009_add_retention.sql
\ir migrations/0010_add_schedules.sql
\ir migrations/0011_add_drain_orders.sql
\ir migrations/0012_add_trace_context.sql
\ir migrations/0013_add_ready_at.sql

-- small helpers
\ir functions/clock_now.sql
\ir functions/refuse.sql
\ir functions/bad_argument.sql
\ir functions/refuse_unless.sql
\ir functions/setting_of.sql
\ir functions/schema_version.sql
\ir functions/new_workflow_id.sql
\ir functions/lane_key.sql
\ir functions/gate_label.sql
\ir functions/gate_keys.sql
\ir functions/name_problem.sql
\ir functions/read_uuid.sql
\ir functions/option_number.sql
\ir functions/option_version.sql
\ir functions/option_boolean.sql
\ir functions/option_actor.sql
\ir functions/payload_problem.sql
\ir functions/session_source.sql
\ir functions/audit_change.sql
\ir functions/audit_configuration.sql
\ir functions/refuse_audit_change.sql
\ir functions/queue_lanes.sql
\ir functions/count_ready.sql
\ir functions/count_parked.sql
\ir functions/queue_figures.sql
\ir functions/set_maintenance_modes.sql
\ir functions/workflow_fits.sql
\ir functions/limit_open_transaction.sql

-- parameters and recipes
\ir functions/read_call_options.sql
\ir functions/form_problems.sql
\ir functions/form_problem.sql
\ir functions/find_enum.sql
\ir functions/find_definition.sql
\ir functions/find_template.sql
\ir functions/find_set.sql
\ir functions/resolve_values.sql

-- enqueue
\ir functions/read_options.sql
\ir functions/notify_workers.sql
\ir functions/notify_idle.sql
\ir functions/insert_workflows.sql
\ir functions/resolve_requests.sql
\ir functions/enqueue_requests.sql
\ir functions/enqueue_plain.sql
\ir functions/enqueue.sql
\ir functions/enqueue_many.sql
\ir functions/reject_entries.sql

-- gates and transitions
\ir functions/lock_workflow.sql
\ir functions/requeue_workflows.sql
\ir functions/next_handler_no.sql
\ir functions/requeue_ordered.sql
\ir functions/settle_workflow.sql
\ir functions/settle_error.sql
\ir functions/release_rates.sql
\ir functions/hand_over.sql
\ir functions/reclaim_lease.sql

-- talking to a running workflow
\ir functions/wake_later.sql
\ir functions/order_children.sql
\ir functions/await_children.sql
\ir functions/wake_parents.sql
\ir functions/unpark_waiting.sql
\ir functions/take_wake_calls.sql
\ir functions/suspend_until.sql
\ir functions/end_waits.sql
\ir functions/insert_message.sql
\ir functions/receive_message.sql
\ir functions/receive_command.sql
\ir functions/set_event.sql
\ir functions/ask_prompt.sql
\ir functions/exchange_error.sql
\ir functions/record_exchange.sql
\ir functions/start_children.sql

-- the worker
\ir functions/register_worker.sql
\ir functions/renew_worker.sql
\ir functions/retire_worker.sql
\ir functions/claim_answer.sql
\ir functions/take_ready.sql
\ir functions/claim_workflows.sql
\ir functions/load_workflow.sql
\ir functions/record_steps.sql
\ir functions/finish_workflows.sql

-- what is kept no longer
\ir functions/policy_of.sql
\ir functions/find_over.sql
\ir functions/remove_workflows.sql
\ir functions/remove_audit.sql
\ir functions/retention_turn.sql
\ir functions/apply_retention.sql
\ir functions/set_retention.sql
\ir functions/delete_retention.sql
\ir functions/list_retention.sql
\ir functions/retention_figures.sql
\ir functions/run_maintenance.sql

-- schedules and calendars
\ir functions/read_cron.sql
\ir functions/next_occurrence.sql
\ir functions/schedule_after.sql
\ir functions/calendar_is_open.sql
\ir functions/fire_schedules.sql
\ir functions/create_schedule.sql
\ir functions/set_schedule.sql
\ir functions/delete_schedule.sql
\ir functions/pause_schedule.sql
\ir functions/resume_schedule.sql
\ir functions/run_schedule.sql
\ir functions/list_schedules.sql
\ir functions/list_schedule_runs.sql
\ir functions/set_calendar.sql
\ir functions/delete_calendar.sql
\ir functions/list_calendars.sql
\ir functions/add_blackout.sql
\ir functions/remove_blackout.sql
\ir functions/list_blackouts.sql

-- people
\ir functions/command_answer.sql
\ir functions/repeat_workflow.sql
\ir functions/apply_command.sql
\ir functions/send_command.sql
\ir functions/send_commands.sql
\ir functions/fork_workflow.sql
\ir functions/expire_commands.sql
\ir functions/cancel_workflow.sql
\ir functions/cancel_in_maintenance.sql
\ir functions/retry_workflow.sql
\ir functions/send_message.sql
\ir functions/answer_prompt.sql
\ir functions/list_prompts.sql
\ir functions/read_events.sql
\ir functions/read_stream.sql
\ir functions/get_workflow.sql
\ir functions/list_workflows.sql
\ir functions/list_steps.sql
\ir functions/search_workflows.sql
\ir functions/describe_workflow.sql
\ir functions/get_activity.sql
\ir functions/list_gates.sql
\ir functions/list_tickets.sql
\ir functions/create_queue.sql
\ir functions/set_queue.sql
\ir functions/pause_queue.sql
\ir functions/resume_queue.sql
\ir functions/drain_worker.sql
\ir functions/resume_worker.sql
\ir functions/list_rejected_entries.sql
\ir functions/resolve_rejected_entry.sql
\ir functions/enter_maintenance.sql
\ir functions/exit_maintenance.sql
\ir functions/get_maintenance.sql
\ir functions/list_queues.sql
\ir functions/set_setting.sql
\ir functions/reset_setting.sql
\ir functions/list_settings.sql
\ir functions/list_setting_changes.sql
\ir functions/get_diagnostics.sql
\ir functions/export_audit.sql
\ir functions/import_workflows.sql

-- engineers and their recipes
\ir functions/create_enum.sql
\ir functions/set_enum_status.sql
\ir functions/get_enum.sql
\ir functions/list_enums.sql
\ir functions/create_template.sql
\ir functions/set_template_status.sql
\ir functions/get_template.sql
\ir functions/list_templates.sql
\ir functions/create_parameter_set.sql
\ir functions/set_parameter_set_status.sql
\ir functions/get_parameter_set.sql
\ir functions/list_parameter_sets.sql
\ir functions/rename_parameter_set.sql
\ir functions/compare_parameter_sets.sql
\ir functions/export_parameter_set.sql
\ir functions/import_parameter_set.sql
\ir functions/resolve_inputs.sql
\ir functions/list_parameters.sql

-- what people and screens read
\ir views/queue_depth.sql
\ir views/workflow_status.sql
\ir views/running_workflow.sql
\ir views/workflow_child.sql
\ir views/worker_status.sql
\ir views/resource_status.sql
\ir views/dead_letter.sql
\ir views/command_log.sql
\ir views/open_prompt.sql
\ir views/attention_needed.sql
\ir views/rejected_entry_list.sql
\ir views/workflow_parameter.sql
\ir views/enum_list.sql
\ir views/template_list.sql
\ir views/recipe_list.sql
\ir views/recipe_use.sql
\ir views/schedule_next.sql
\ir views/schedule_status.sql
\ir views/audit_log.sql
\ir views/setting_change.sql
\ir views/retention_status.sql
\ir views/health.sql

\ir constraints.sql
\ir comments.sql
\ir grants.sql
