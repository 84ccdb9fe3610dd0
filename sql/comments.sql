-- What each column means; people read this in their database tools.

comment on column workflows.setting.setting_name is 'Name.';
comment on column workflows.setting.setting_value is 'Value as text.';
comment on column workflows.setting.value_type is 'integer, number, boolean or text.';
comment on column workflows.setting.minimum is 'Least value allowed.';
comment on column workflows.setting.maximum is 'Greatest value allowed.';
comment on column workflows.setting.description is 'What it does.';
comment on column workflows.setting.default_value is 'Value that reset_setting gives it.';
comment on column workflows.setting.changed_at is 'When it was last changed.';
comment on column workflows.setting.changed_by is 'Who changed it last.';

comment on column workflows.queue.queue_id is 'Number used inside.';
comment on column workflows.queue.queue_name is 'Name of the queue.';
comment on column workflows.queue.is_paused is 'True: nothing new starts.';
comment on column workflows.queue.accepts_work is 'False: enqueue is refused.';
comment on column workflows.queue.max_running is 'How many may run at once; null: no limit.';
comment on column workflows.queue.max_enqueued is
  'How many may be claimable before enqueue is refused; null: no limit.';
comment on column workflows.queue.rate_limit is
  'How many may be claimed in any rate_seconds; null: no limit.';
comment on column workflows.queue.rate_seconds is 'Seconds that rate_limit is about.';
comment on column workflows.queue.key_rate_limit is
  'How many of one partition key may begin in any key_rate_seconds; null: no limit.';
comment on column workflows.queue.key_rate_seconds is 'Seconds that key_rate_limit is about.';
comment on column workflows.queue.is_limited is
  'Whether max_running or rate_limit is set: its workflows are not claimed in advance.';
comment on column workflows.queue.history is 'full: every transition is audited.';
comment on column workflows.queue.pause_reason is 'Why it was paused.';
comment on column workflows.queue.created_at is 'When it was made.';
comment on column workflows.queue.run_on is
  'Workers that may claim: active, any, prefer_active (inactive ones where no active works it).';
comment on column workflows.queue.maintenance_mode is
  'drain or cancel while maintenance is entered for it or for all: nothing new starts.';

comment on column workflows.workflow_definition.workflow_name is 'Name of the registered function.';
comment on column workflows.workflow_definition.workflow_version is
  'Version of the registered function.';
comment on column workflows.workflow_definition.queue_name is 'Queue where the caller names none.';
comment on column workflows.workflow_definition.priority is 'Priority where the caller names none.';
comment on column workflows.workflow_definition.timeout_seconds is
  'Timeout where the caller names none.';
comment on column workflows.workflow_definition.max_attempts is
  'Tries where the caller names none.';
comment on column workflows.workflow_definition.backoff_seconds is
  'Longest first wait before another try.';
comment on column workflows.workflow_definition.backoff_rate is 'Factor from try to try.';
comment on column workflows.workflow_definition.max_backoff_seconds is
  'Longest wait before another try.';
comment on column workflows.workflow_definition.on_worker_lost is
  'What follows when its worker is lost: retry, hold or fail.';
comment on column workflows.workflow_definition.commands is
  'auto: the engine obeys commands; manual: the workflow does.';
comment on column workflows.workflow_definition.registered_at is 'When it last changed.';
comment on column workflows.workflow_definition.registered_by is 'Worker that registered it.';

comment on column workflows.lane.lane_id is 'The lane.';
comment on column workflows.lane.queue_id is 'The queue.';
comment on column workflows.lane.workflow_name is 'Name of the registered function.';
comment on column workflows.lane.workflow_version is 'Version of the registered function.';
comment on column workflows.lane.priority is 'Lower goes first, -100 to 100.';
comment on column workflows.lane.kind is
  'command, returning (has started before), new, single (never claimed ahead) or gated (needs its gates first).';
comment on column workflows.lane.low is 'Claims read above this place.';
comment on column workflows.lane.floor is 'Proven: nothing is at or below this place.';
comment on column workflows.lane.candidate is 'Place that may become the floor.';
comment on column workflows.lane.candidate_xid is
  'The floor is proven once older transactions have ended.';

comment on column workflows.new_lane.lane_id is 'The lane.';
comment on column workflows.new_lane.queue_id is 'The queue.';
comment on column workflows.new_lane.workflow_name is 'Name of the registered function.';
comment on column workflows.new_lane.workflow_version is 'Version of the registered function.';
comment on column workflows.new_lane.priority is 'Lower goes first, -100 to 100.';
comment on column workflows.new_lane.kind is 'Kind of lane.';

comment on column workflows.ready.lane_id is 'The lane.';
comment on column workflows.ready.ready_seq is 'Place in the order of arrival.';
comment on column workflows.ready.workflow_id is 'The workflow.';
comment on column workflows.ready.start_before is 'Not started by then: cancelled.';
comment on column workflows.ready.ready_at is 'Since when it can be claimed; null: since it was enqueued.';

comment on column workflows.lease.workflow_id is 'The workflow.';
comment on column workflows.lease.lease_token is 'Random proof of the right to work on it.';
comment on column workflows.lease.worker_id is 'The worker.';
comment on column workflows.lease.claim_no is 'Number of the claim call, for asking again.';
comment on column workflows.lease.claimed_at is 'When it was claimed.';
comment on column workflows.lease.deadline_at is 'When its time is over.';
comment on column workflows.lease.queue_id is 'The queue.';
comment on column workflows.lease.is_started is 'False: claimed ahead and not begun.';
comment on column workflows.lease.is_limited is 'True: counts against max_running.';
comment on column workflows.lease.control is 'Command that waits to be obeyed.';

comment on column workflows.parked.workflow_id is 'The workflow.';
comment on column workflows.parked.queue_id is 'The queue.';
comment on column workflows.parked.status is 'DELAYED, BLOCKED, WAITING or HELD.';
comment on column workflows.parked.due_at is 'When it must be looked at again.';
comment on column workflows.parked.resume_at is 'When its own timer is over.';
comment on column workflows.parked.resume_status is 'Where a held one goes back to.';

comment on column workflows.worker.worker_id is 'Made at each start of an engine.';
comment on column workflows.worker.expires_at is 'Lost when this passes without renewal.';
comment on column workflows.worker.renewed_at is 'When it last renewed.';
comment on column workflows.worker.lost_at is 'When it was declared lost.';
comment on column workflows.worker.retired_at is 'When it stopped.';
comment on column workflows.worker.running_count is 'How many workflows it holds.';
comment on column workflows.worker.listen_mode is
  'listen: hears of work at once; poll: looks for it.';
comment on column workflows.worker.lease_seconds is 'Length of its lease.';
comment on column workflows.worker.threads is 'Most workflows it runs at once.';
comment on column workflows.worker.queue_ids is 'Queues it works.';
comment on column workflows.worker.worker_name is 'Readable name.';
comment on column workflows.worker.host_name is 'Host.';
comment on column workflows.worker.process_id is 'Process.';
comment on column workflows.worker.library_version is 'Version of the library.';
comment on column workflows.worker.database_user is 'Database user of the session.';
comment on column workflows.worker.started_at is 'When it registered.';
comment on column workflows.worker.role is 'Of its node: process, independent, master or backup.';
comment on column workflows.worker.is_active is 'False: its node stands by.';
comment on column workflows.worker.is_draining is 'True: it claims nothing more.';
comment on column workflows.worker.project_name is 'Ignition project whose scripts it runs.';
comment on column workflows.worker.generation is 'Counts the saves of its scripts.';

comment on column workflows.drain_order.worker_id is 'The worker.';
comment on column workflows.drain_order.reason is 'Why, in words.';
comment on column workflows.drain_order.ordered_by is 'Who, as the caller said.';
comment on column workflows.drain_order.ordered_at is 'When it was ordered.';

comment on column workflows.maintenance_order.queue_id is
  'The queue; 0: all, also those made later.';
comment on column workflows.maintenance_order.mode is
  'drain: what runs goes on; cancel: everything live is cancelled.';
comment on column workflows.maintenance_order.reason is 'Why, in words.';
comment on column workflows.maintenance_order.entered_by is 'Who, as the caller said.';
comment on column workflows.maintenance_order.entered_at is 'When it was entered.';

comment on column workflows.rejected_entry.workflow_id is 'Id that the caller was given.';
comment on column workflows.rejected_entry.entry is 'What was to be enqueued, as JSON text.';
comment on column workflows.rejected_entry.problem is 'Why it was refused, as JSON text.';
comment on column workflows.rejected_entry.origin is 'Gateway and project that it comes from.';
comment on column workflows.rejected_entry.rejected_at is 'When it was set aside.';
comment on column workflows.rejected_entry.resolved_at is 'When somebody decided.';
comment on column workflows.rejected_entry.resolved_by is 'Who decided, as the caller said.';
comment on column workflows.rejected_entry.resolution is 'retried or discarded.';

comment on column workflows.worker_definition.worker_id is 'The worker.';
comment on column workflows.worker_definition.workflow_name is 'Name of the registered function.';
comment on column workflows.worker_definition.workflow_version is
  'Version of the registered function.';

comment on column workflows.maintenance.maintenance_id is 'Always 1.';
comment on column workflows.maintenance.last_turn_at is 'When maintenance last ran.';
comment on column workflows.maintenance.last_count_at is 'When queues were last counted.';

comment on column workflows.turn.turn_id is 'Always 1.';

comment on column workflows.gate_ticket.gate_id is
  'Hash that stands for the partition key or resource.';
comment on column workflows.gate_ticket.priority is 'Lower goes first, -100 to 100.';
comment on column workflows.gate_ticket.ticket_seq is 'Place in the line of this gate.';
comment on column workflows.gate_ticket.workflow_id is 'The workflow.';
comment on column workflows.gate_ticket.queue_id is 'The queue.';
comment on column workflows.gate_ticket.is_holder is 'True: holds the gate.';
comment on column workflows.gate_ticket.is_held is 'True: passed over while its workflow is held.';
comment on column workflows.gate_ticket.gate_name is 'Partition key or resource in words.';

comment on column workflows.wake.wake_id is 'Number.';
comment on column workflows.wake.gate_id is 'Hash that stands for the partition key or resource.';

comment on column workflows.rate_use.rate_use_id is 'Number of the row.';
comment on column workflows.rate_use.queue_id is 'Queue whose limit it is.';
comment on column workflows.rate_use.gate_id is 'Partition key, or 0 for the queue as a whole.';
comment on column workflows.rate_use.used is 'How many were claimed together.';
comment on column workflows.rate_use.expires_at is 'When they do not count any more.';

comment on column workflows.deduplication.workflow_name is 'Name of the registered function.';
comment on column workflows.deduplication.deduplication_id is
  'Id that one live workflow of this name holds at a time.';
comment on column workflows.deduplication.workflow_id is 'The workflow.';
comment on column workflows.deduplication.expires_at is
  'The id is held until then, also when its workflow has ended before.';

comment on column workflows.workflow.workflow_id is 'The workflow.';
comment on column workflows.workflow.lease_token is 'Token of the last claim.';
comment on column workflows.workflow.started_at is 'When it first started.';
comment on column workflows.workflow.ended_at is 'When it ended.';
comment on column workflows.workflow.deadline_at is 'When its time is over.';
comment on column workflows.workflow.held_at is 'Since when it is held.';
comment on column workflows.workflow.lane_id is 'The lane.';
comment on column workflows.workflow.ready_seq is 'Place in the order of arrival.';
comment on column workflows.workflow.ticket_seq is 'Its place in the lines of its gates.';
comment on column workflows.workflow.change_no is 'Counts every change of status.';
comment on column workflows.workflow.attempt is 'Number of the claim.';
comment on column workflows.workflow.failure_count is 'Exceptions so far.';
comment on column workflows.workflow.reclaim_count is 'How often its worker was lost.';
comment on column workflows.workflow.status is 'Where it stands.';
comment on column workflows.workflow.state is 'ISA-88 state that the operator sees.';
comment on column workflows.workflow.reason is 'Why, in words.';
comment on column workflows.workflow.enqueued_at is 'When it was accepted.';
comment on column workflows.workflow.available_at is 'Not claimable before.';
comment on column workflows.workflow.start_before is 'Not started by then: cancelled.';
comment on column workflows.workflow.timeout_seconds is 'Timeout, where the caller named one.';
comment on column workflows.workflow.queue_id is 'The queue.';
comment on column workflows.workflow.workflow_version is 'Version of the registered function.';
comment on column workflows.workflow.max_attempts is 'Tries, where the caller named them.';
comment on column workflows.workflow.priority is 'Lower goes first, -100 to 100.';
comment on column workflows.workflow.workflow_name is 'Name of the registered function.';
comment on column workflows.workflow.on_worker_lost is 'Policy, where the caller named one.';
comment on column workflows.workflow.partition_key is
  'Workflows of one queue with the same key run one at a time.';
comment on column workflows.workflow.resources is 'Equipment it needs for itself.';
comment on column workflows.workflow.gate_ids is 'Hashes of key and resources, sorted.';
comment on column workflows.workflow.deduplication_id is
  'Id that one live workflow of this name holds at a time.';
comment on column workflows.workflow.parent_workflow_id is 'The workflow that started it.';
comment on column workflows.workflow.enqueued_by is 'Database user that enqueued it.';
comment on column workflows.workflow.actor is 'Who, as the caller said.';
comment on column workflows.workflow.traceparent is
  'W3C trace context that it was enqueued in; null: it is a trace of its own.';

comment on column workflows.workflow_payload.workflow_id is 'The workflow.';
comment on column workflows.workflow_payload.inputs is 'Inputs as JSON text.';

comment on column workflows.workflow_outcome.workflow_id is 'The workflow.';
comment on column workflows.workflow_outcome.result is 'Result as JSON text.';
comment on column workflows.workflow_outcome.error_class is 'Class name of the error.';
comment on column workflows.workflow_outcome.error_message is 'Message of the error.';
comment on column workflows.workflow_outcome.error_traceback is 'Traceback, cut to 8 kB.';
comment on column workflows.workflow_outcome.failed_steps is
  'Keys of the steps whose errors ended it, where several ran beside each other.';
comment on column workflows.workflow_outcome.is_sanitised is
  'True: characters that cannot be stored were replaced.';

comment on column workflows.step.workflow_id is 'The workflow.';
comment on column workflows.step.step_key is
  'Name of the step, #2 and so on for later calls, after its parent and a slash.';
comment on column workflows.step.kind is 'step, tx (transactional) or sleep.';
comment on column workflows.step.status is 'SUCCESS, ERROR, RETRYING, WAITING; RUNNING: its body began and nothing else is known.';
comment on column workflows.step.attempts is 'Tries so far.';
comment on column workflows.step.started_at is 'When it began.';
comment on column workflows.step.ended_at is 'When it was recorded.';
comment on column workflows.step.due_at is 'Next try, or end of the sleep.';
comment on column workflows.step.output is 'Output as JSON text.';
comment on column workflows.step.error is 'Error as JSON: class, message, traceback.';

comment on column workflows.failed_workflow.workflow_id is 'The workflow.';
comment on column workflows.failed_workflow.queue_id is 'The queue.';
comment on column workflows.failed_workflow.ended_at is 'When it ended.';

comment on column workflows.command.command_id is 'Number.';
comment on column workflows.command.workflow_id is 'The workflow.';
comment on column workflows.command.command is 'HOLD, RESUME, STOP or CANCEL.';
comment on column workflows.command.actor is 'Who, as the caller said.';
comment on column workflows.command.reason is 'Why, in words.';
comment on column workflows.command.request_id is 'Makes sending it twice harmless.';
comment on column workflows.command.outcome is
  'accepted (not obeyed yet), already, rejected, obeyed or overtaken (the workflow ended first).';
comment on column workflows.command.message is 'The answer in words.';
comment on column workflows.command.from_status is 'Status before.';
comment on column workflows.command.from_state is 'State before.';
comment on column workflows.command.to_status is 'Status after.';
comment on column workflows.command.to_state is 'State after.';
comment on column workflows.command.database_user is 'Database user of the session.';
comment on column workflows.command.accepted_at is 'When it was decided.';
comment on column workflows.command.obeyed_at is 'When the workflow obeyed or ended.';

comment on column workflows.audit.audit_id is 'Number.';
comment on column workflows.audit.workflow_id is 'The workflow.';
comment on column workflows.audit.change_no is 'The workflows change that this row tells of.';
comment on column workflows.audit.audited_at is 'When.';
comment on column workflows.audit.event is 'What happened.';
comment on column workflows.audit.status is 'Where it stands.';
comment on column workflows.audit.state is 'ISA-88 state that the operator sees.';
comment on column workflows.audit.attempt is 'Number of the claim.';
comment on column workflows.audit.lease_token is 'Random proof of the right to work on it.';
comment on column workflows.audit.worker_id is 'The worker.';
comment on column workflows.audit.actor is 'Who, as the caller said.';
comment on column workflows.audit.database_user is 'Database user of the session.';
comment on column workflows.audit.reason is 'Why, in words.';
comment on column workflows.audit.detail is 'What was changed, or more of what happened.';
comment on column workflows.audit.source is
  'Application name and client address of the session, or engine.';
comment on column workflows.audit.old_value is
  'What was: status and state, or the value that was configured.';
comment on column workflows.audit.new_value is
  'What is: status and state, or the value that is configured.';
comment on column workflows.audit.second_actor is 'Who confirmed it, as the caller said.';

comment on column workflows.queue_count.queue_id is 'The queue.';
comment on column workflows.queue_count.enqueued is 'Claimable.';
comment on column workflows.queue_count.delayed is 'Not due.';
comment on column workflows.queue_count.blocked is 'Waiting for a gate.';
comment on column workflows.queue_count.waiting is 'Suspended.';
comment on column workflows.queue_count.held is 'Held.';
comment on column workflows.queue_count.dead_letters is 'Ended in ERROR.';
comment on column workflows.queue_count.counted_at is 'When it was counted.';

comment on column workflows.lease.handler_no is
  'Which run of its handler the order is; null: it has no handler.';
comment on column workflows.workflow.control is
  'Order that it must carry out when it is claimed next; while it runs, its lease has it.';
comment on column workflows.workflow.handler_no is
  'Which run of its handler that order is; null: it has no handler.';
comment on column workflows.workflow.resume_no is
  'Run of on_resume that the last RESUME owes it; once that is recorded, it has it.';
comment on column workflows.workflow.retry_at is
  'When its next try is due, while it carries an order out before that.';
comment on column workflows.workflow.previous_workflow_id is
  'The workflow that it repeats, by RESET or fork.';
comment on column workflows.command.topic is 'Topic under which the workflow asks for commands.';
comment on column workflows.command.expires_at is
  'Not obeyed by then, it lapses; null: never, or its handler has begun.';
comment on column workflows.command.new_workflow_id is 'Workflow that a RESET has enqueued.';
comment on column workflows.command.second_actor is 'Who signed as well.';
comment on column workflows.queue.requires_reason is 'True: commands need a reason.';
comment on column workflows.workflow_definition.handlers is
  'Which of on_hold, on_resume, on_stop, on_abort it has.';

comment on column workflows.transition.command is 'HOLD, PAUSE, RESUME, STOP, CANCEL, ABORT, RESET.';
comment on column workflows.transition.from_state is 'State in which it is given.';
comment on column workflows.transition.outcome is 'accepted, already or rejected.';
comment on column workflows.transition.through_state is
  'State until the workflow has obeyed, where it is in work.';
comment on column workflows.transition.to_state is 'State it leads to.';

comment on column workflows.message.message_no is 'Order of sending; the oldest is received first.';
comment on column workflows.message.message_id is 'What makes sending it again harmless.';
comment on column workflows.message.workflow_id is 'The workflow it is for.';
comment on column workflows.message.topic is 'What it is about; a workflow receives by topic.';
comment on column workflows.message.body is 'The message as JSON text.';
comment on column workflows.message.sent_by is 'Who sent it, as the caller said.';
comment on column workflows.message.database_user is 'Database user of the session.';
comment on column workflows.message.sent_at is 'When it was sent.';
comment on column workflows.message.received_at is 'When it was received; null: it waits.';
comment on column workflows.message.step_key is 'The step that received it.';

comment on column workflows.event.workflow_id is 'The workflow that publishes it.';
comment on column workflows.event.event_key is 'Its key.';
comment on column workflows.event.value is 'Latest value as JSON text.';
comment on column workflows.event.change_no is 'How often it was set.';
comment on column workflows.event.set_at is 'When it was last set.';

comment on column workflows.event_history.workflow_id is 'The workflow that publishes it.';
comment on column workflows.event_history.event_key is 'Its key.';
comment on column workflows.event_history.change_no is 'Counts from 1.';
comment on column workflows.event_history.value is 'Value as JSON text.';
comment on column workflows.event_history.set_at is 'When it was set.';

comment on column workflows.stream.workflow_id is 'The workflow that writes it.';
comment on column workflows.stream.stream_name is 'Name of the stream.';
comment on column workflows.stream.stream_offset is 'Place of the entry, from 0.';
comment on column workflows.stream.value is 'Entry as JSON text.';
comment on column workflows.stream.written_at is 'When it was written.';

comment on column workflows.prompt.prompt_id is 'The prompt.';
comment on column workflows.prompt.workflow_id is 'The workflow that asks.';
comment on column workflows.prompt.step_key is 'The step that waits for the answer.';
comment on column workflows.prompt.question is 'What is asked.';
comment on column workflows.prompt.form is
  'Fields of the answer as JSON text; null: any value is an answer.';
comment on column workflows.prompt.roles is 'Who may answer; null: everybody.';
comment on column workflows.prompt.needs_second is 'Whether a second person must sign.';
comment on column workflows.prompt.default_answer is
  'Answer when its time is over, as JSON text; null: the step fails then.';
comment on column workflows.prompt.asked_at is 'When it was asked.';
comment on column workflows.prompt.due_at is
  'When its time is over; null: it has as long as it takes.';
comment on column workflows.prompt.status is
  'OPEN, ANSWERED, EXPIRED (nobody answered in time) or WITHDRAWN (its workflow ended).';
comment on column workflows.prompt.ended_at is 'When it was answered, expired or was withdrawn.';
comment on column workflows.prompt.answer is 'The answer as JSON text.';
comment on column workflows.prompt.answered_by is 'Who answered.';
comment on column workflows.prompt.second_actor is 'Who signed as second.';
comment on column workflows.prompt.reason is 'Why, in words.';
comment on column workflows.prompt.request_id is 'What makes answering again harmless.';
comment on column workflows.prompt.database_user is 'Database user of the session that answered.';

comment on column workflows.wait.workflow_id is 'The workflow that waits.';
comment on column workflows.wait.step_key is 'The step that waits.';
comment on column workflows.wait.awaited is
  'The workflows that it waits for, where it waits for children.';
comment on column workflows.wait.is_any is 'Whether one of them is enough.';
comment on column workflows.wait.seen_count is 'How many of them, from the first, have been seen ended.';
comment on column workflows.wait.topic is
  'message and its topic, command with state and topic, event with workflow and key, or prompt '
  'and its id.';

comment on column workflows.wake_call.wake_call_id is 'Number.';
comment on column workflows.wake_call.workflow_id is 'The workflow to look at.';
comment on column workflows.wake_call.topic is 'What came; null: wake it whatever it waits for.';

comment on column workflows.workflow_definition.parameters is
  'Declared parameters as a form: an array of fields; null: it takes whatever it is given.';
comment on column workflows.workflow_definition.signature is
  'What its function takes: arguments, required ones, and whether it takes more.';

comment on column workflows.parameter_enum.enum_name is 'Name of the enum.';
comment on column workflows.parameter_enum.enum_version is 'Its version, from 1.';
comment on column workflows.parameter_enum.status is
  'active, obsolete (used only by who names the version) or deleted.';
comment on column workflows.parameter_enum.choices is 'Array of label, value and isDisabled.';
comment on column workflows.parameter_enum.description is 'What it is for.';
comment on column workflows.parameter_enum.created_by is 'Who saved it.';
comment on column workflows.parameter_enum.created_at is 'When it was saved.';

comment on column workflows.parameter_template.workflow_name is 'The workflow that it starts.';
comment on column workflows.parameter_template.template_name is 'Name of the template.';
comment on column workflows.parameter_template.template_version is 'Its version, from 1.';
comment on column workflows.parameter_template.status is
  'active, obsolete (used only by who names the version) or deleted.';
comment on column workflows.parameter_template.form is 'Props of the Perspective Form.';
comment on column workflows.parameter_template.meta is
  'What the form says about its parameters: paramKeys, widgetTypes, defaultData, enumRefs.';
comment on column workflows.parameter_template.description is 'What it is for.';
comment on column workflows.parameter_template.created_by is 'Who saved it.';
comment on column workflows.parameter_template.created_at is 'When it was saved.';

comment on column workflows.parameter_set.workflow_name is 'The workflow that it is for.';
comment on column workflows.parameter_set.set_name is 'Name of the recipe.';
comment on column workflows.parameter_set.set_version is 'Its version, from 1.';
comment on column workflows.parameter_set.status is 'draft, approved, obsolete or deleted.';
comment on column workflows.parameter_set.template_name is
  'The template that it was made of; null: the declared parameters.';
comment on column workflows.parameter_set.template_version is 'Version of the template.';
comment on column workflows.parameter_set.parameter_values is 'Its values, by parameter.';
comment on column workflows.parameter_set.description is 'What it is for.';
comment on column workflows.parameter_set.reason is 'Why it was written.';
comment on column workflows.parameter_set.created_by is 'Who wrote it.';
comment on column workflows.parameter_set.created_at is 'When it was written.';
comment on column workflows.parameter_set.approved_by is 'Who approved it last.';
comment on column workflows.parameter_set.approved_at is 'When it was approved last.';

comment on column workflows.workflow_recipe.workflow_id is 'The workflow.';
comment on column workflows.workflow_recipe.template_name is 'The template that it was started from.';
comment on column workflows.workflow_recipe.template_version is 'Version of the template.';
comment on column workflows.workflow_recipe.set_name is 'The recipe that it was started from.';
comment on column workflows.workflow_recipe.set_version is 'Version of the recipe.';
comment on column workflows.workflow_recipe.set_status is 'Status of the recipe at that moment.';
comment on column workflows.workflow_recipe.enum_versions is 'Version of each enum that was used.';
comment on column workflows.workflow_recipe.overrides is
  'What was given at the start and differs from template and recipe.';

comment on column workflows.child.workflow_id is 'The child.';
comment on column workflows.child.parent_workflow_id is 'The workflow that started it.';
comment on column workflows.child.step_key is
  'Step of the parent that started it; null: it was enqueued with that parent.';
comment on column workflows.child.child_no is 'Its place among those of that step, from 1.';
comment on column workflows.child.policy is
  'follow: it gets every order of its parent; cancel: those that end it; leave: none.';

comment on column workflows.child_order.child_order_id is 'Order of arrival.';
comment on column workflows.child_order.workflow_id is 'The child.';
comment on column workflows.child_order.parent_workflow_id is 'The parent that was given the order.';
comment on column workflows.child_order.command is 'HOLD, PAUSE, RESUME, STOP, ABORT or CANCEL.';
comment on column workflows.child_order.reason is 'Why, as it was said of the parent.';
comment on column workflows.child_order.request_id is 'Makes the order of the child idempotent.';
comment on column workflows.retention_policy.queue_id is 'The queue; 0: every queue.';
comment on column workflows.retention_policy.status is 'Final status that it is for, or ANY.';
comment on column workflows.retention_policy.keep_seconds is
  'Kept for so long once they have ended; null: however long.';
comment on column workflows.retention_policy.keep_count is
  'The newest so many of each queue are kept; null: however many.';
comment on column workflows.retention_policy.changed_at is 'When it was set.';
comment on column workflows.retention_policy.changed_by is 'Who set it.';

comment on column workflows.retention_count.queue_id is 'The queue.';
comment on column workflows.retention_count.status is 'Status of the policy that holds.';
comment on column workflows.retention_count.counted is 'How many this count has seen.';
comment on column workflows.retention_count.boundary_id is
  'This one and what has a lower id is too many.';

comment on column workflows.retention_progress.progress_id is 'Always 1.';
comment on column workflows.retention_progress.cursor_id is
  'Looked at up to here; null: begins anew.';
comment on column workflows.retention_progress.is_full is 'True: this pass goes to the last id.';
comment on column workflows.retention_progress.full_ended_at is 'When the last such pass ended.';
comment on column workflows.retention_progress.pass_ended_at is 'When the last pass ended.';
comment on column workflows.retention_progress.count_cursor_id is
  'Counted down to here; null: the count is done.';
comment on column workflows.retention_progress.count_ended_at is 'When the last count ended.';
comment on column workflows.retention_progress.tidied_at is
  'When audit and rejected entries were last gone through.';
comment on column workflows.retention_progress.next_turn_at is 'No turn before this time.';
comment on column workflows.retention_progress.is_behind is
  'True: the last turn found more than it could remove.';
comment on column workflows.retention_progress.removed_count is 'Workflows removed so far.';
comment on column workflows.retention_progress.last_removed_at is 'When it last removed some.';
comment on column workflows.queue.calendar_name is
  'The calendar that it follows; null: it is always open.';
comment on column workflows.queue.is_open is
  'False while that calendar is closed or a blackout is in force: nothing new starts.';

comment on column workflows.schedule.schedule_name is 'Name.';
comment on column workflows.schedule.workflow_name is 'What it enqueues.';
comment on column workflows.schedule.kind is 'cron, interval or once.';
comment on column workflows.schedule.cron is 'Expression of cron, in the time zone.';
comment on column workflows.schedule.interval_seconds is 'Real seconds from one to the next.';
comment on column workflows.schedule.starts_at is
  'What an interval is counted from, the moment of once, and for cron not before.';
comment on column workflows.schedule.ends_at is 'The last moment at which it may occur.';
comment on column workflows.schedule.time_zone is 'Time zone that its expression is read in.';
comment on column workflows.schedule.inputs is 'Inputs of each workflow, as JSON text.';
comment on column workflows.schedule.options is 'Options of enqueue, with template and recipe.';
comment on column workflows.schedule.occurs_at_input is
  'The input that is told the moment of the occurrence; null: none.';
comment on column workflows.schedule.catch_up is
  'What is done with missed occurrences: skip, last or all.';
comment on column workflows.schedule.catch_up_seconds is
  'How old a missed occurrence may be; null: a minute where it is skip, else any age.';
comment on column workflows.schedule.calendar_name is
  'The calendar that it follows; null: none.';
comment on column workflows.schedule.description is 'What it is for.';
comment on column workflows.schedule.is_paused is 'True: it enqueues nothing.';
comment on column workflows.schedule.pause_reason is 'Why it was paused.';
comment on column workflows.schedule.next_at is
  'The next occurrence that nobody has dealt with; null: none is to come.';
comment on column workflows.schedule.created_at is 'When it was made.';
comment on column workflows.schedule.created_by is 'Who made it.';
comment on column workflows.schedule.changed_at is 'When it was changed last.';
comment on column workflows.schedule.changed_by is 'Who changed it last.';

comment on column workflows.schedule_run.schedule_name is 'The schedule.';
comment on column workflows.schedule_run.occurs_at is 'The moment that was meant.';
comment on column workflows.schedule_run.is_manual is 'True: somebody ran it by hand.';
comment on column workflows.schedule_run.outcome is
  'enqueued, skipped_late, skipped_blackout, skipped_closed or refused.';
comment on column workflows.schedule_run.workflow_id is 'The workflow that it enqueued.';
comment on column workflows.schedule_run.message is 'Why, in words.';
comment on column workflows.schedule_run.actor is 'schedule: and its name, or who ran it by hand.';
comment on column workflows.schedule_run.fired_at is 'When it was dealt with.';

comment on column workflows.calendar.calendar_name is 'Name.';
comment on column workflows.calendar.time_zone is 'Time zone of its hours and days.';
comment on column workflows.calendar.description is 'What it is for.';
comment on column workflows.calendar.changed_at is 'When it was set last.';
comment on column workflows.calendar.changed_by is 'Who set it last.';

comment on column workflows.calendar_shift.calendar_name is 'The calendar.';
comment on column workflows.calendar_shift.shift_name is 'Name of the shift.';
comment on column workflows.calendar_shift.weekdays is
  'Days on which it begins, from 1 (Monday) to 7.';
comment on column workflows.calendar_shift.starts_at is 'When it begins.';
comment on column workflows.calendar_shift.ends_at is
  'When it ends; when that is not later, on the next day.';

comment on column workflows.calendar_holiday.calendar_name is 'The calendar.';
comment on column workflows.calendar_holiday.holiday is 'The day.';
comment on column workflows.calendar_holiday.holiday_name is 'What day it is.';
comment on column workflows.calendar_holiday.starts_at is
  'When it is open from; null: closed all day.';
comment on column workflows.calendar_holiday.ends_at is
  'When that ends; when that is not later, on the next day.';

comment on column workflows.blackout.blackout_id is 'Number.';
comment on column workflows.blackout.schedule_name is 'The schedule that it is for.';
comment on column workflows.blackout.calendar_name is
  'The calendar that it is for; null, as the schedule: for all.';
comment on column workflows.blackout.starts_at is 'From when nothing is started.';
comment on column workflows.blackout.ends_at is 'Until when.';
comment on column workflows.blackout.reason is 'Why.';
comment on column workflows.blackout.created_at is 'When it was added.';
comment on column workflows.blackout.created_by is 'Who added it.';
