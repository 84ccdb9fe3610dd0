CREATE SCHEMA workflows;

ALTER SCHEMA workflows OWNER TO workflows_owner;

CREATE TYPE workflows.cron_fields AS (
	minutes integer[],
	hours integer[],
	days integer[],
	months integer[],
	weekdays integer[],
	is_any_day boolean,
	is_every_hour boolean,
	problem text
);

ALTER TYPE workflows.cron_fields OWNER TO workflows_owner;

CREATE TYPE workflows.enqueue_request AS (
	workflow_id uuid,
	workflow_name text,
	inputs text,
	workflow_version integer,
	queue_id integer,
	priority smallint,
	partition_key text,
	resources text[],
	gate_ids bigint[],
	deduplication_id text,
	on_duplicate text,
	available_at timestamp with time zone,
	start_before timestamp with time zone,
	timeout_seconds double precision,
	max_attempts integer,
	on_worker_lost text,
	parent_workflow_id uuid,
	actor text,
	problem jsonb,
	allow_during_maintenance boolean,
	recipe jsonb,
	frozen jsonb,
	deduplication_seconds double precision,
	debounce_limit_seconds double precision,
	traceparent text
);

ALTER TYPE workflows.enqueue_request OWNER TO workflows_owner;

COMMENT ON TYPE workflows.enqueue_request IS 'One checked request to enqueue; problem is set where it must be refused.';

CREATE TABLE workflows.workflow (
    workflow_id uuid NOT NULL,
    lease_token uuid,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    deadline_at timestamp with time zone,
    held_at timestamp with time zone,
    lane_id bigint NOT NULL,
    ready_seq bigint NOT NULL,
    ticket_seq bigint,
    change_no integer DEFAULT 0 NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    failure_count integer DEFAULT 0 NOT NULL,
    reclaim_count integer DEFAULT 0 NOT NULL,
    status text NOT NULL,
    state text NOT NULL,
    reason text,
    enqueued_at timestamp with time zone NOT NULL,
    available_at timestamp with time zone,
    start_before timestamp with time zone,
    timeout_seconds double precision,
    queue_id integer NOT NULL,
    workflow_version integer NOT NULL,
    max_attempts integer,
    priority smallint NOT NULL,
    workflow_name text NOT NULL,
    on_worker_lost text,
    partition_key text,
    resources text[],
    gate_ids bigint[],
    deduplication_id text,
    parent_workflow_id uuid,
    enqueued_by text NOT NULL,
    actor text,
    control text,
    handler_no integer,
    resume_no integer,
    retry_at timestamp with time zone,
    previous_workflow_id uuid,
    traceparent text
)
WITH (fillfactor='45', autovacuum_vacuum_scale_factor='0.05', autovacuum_analyze_scale_factor='0.1');

ALTER TABLE workflows.workflow OWNER TO workflows_owner;

COMMENT ON TABLE workflows.workflow IS 'One row per workflow, live or ended; no index on a column that changes.';

COMMENT ON COLUMN workflows.workflow.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.workflow.lease_token IS 'Token of the last claim.';

COMMENT ON COLUMN workflows.workflow.started_at IS 'When it first started.';

COMMENT ON COLUMN workflows.workflow.ended_at IS 'When it ended.';

COMMENT ON COLUMN workflows.workflow.deadline_at IS 'When its time is over.';

COMMENT ON COLUMN workflows.workflow.held_at IS 'Since when it is held.';

COMMENT ON COLUMN workflows.workflow.lane_id IS 'The lane.';

COMMENT ON COLUMN workflows.workflow.ready_seq IS 'Place in the order of arrival.';

COMMENT ON COLUMN workflows.workflow.ticket_seq IS 'Its place in the lines of its gates.';

COMMENT ON COLUMN workflows.workflow.change_no IS 'Counts every change of status.';

COMMENT ON COLUMN workflows.workflow.attempt IS 'Number of the claim.';

COMMENT ON COLUMN workflows.workflow.failure_count IS 'Exceptions so far.';

COMMENT ON COLUMN workflows.workflow.reclaim_count IS 'How often its worker was lost.';

COMMENT ON COLUMN workflows.workflow.status IS 'Where it stands.';

COMMENT ON COLUMN workflows.workflow.state IS 'ISA-88 state that the operator sees.';

COMMENT ON COLUMN workflows.workflow.reason IS 'Why, in words.';

COMMENT ON COLUMN workflows.workflow.enqueued_at IS 'When it was accepted.';

COMMENT ON COLUMN workflows.workflow.available_at IS 'Not claimable before.';

COMMENT ON COLUMN workflows.workflow.start_before IS 'Not started by then: cancelled.';

COMMENT ON COLUMN workflows.workflow.timeout_seconds IS 'Timeout, where the caller named one.';

COMMENT ON COLUMN workflows.workflow.queue_id IS 'The queue.';

COMMENT ON COLUMN workflows.workflow.workflow_version IS 'Version of the registered function.';

COMMENT ON COLUMN workflows.workflow.max_attempts IS 'Tries, where the caller named them.';

COMMENT ON COLUMN workflows.workflow.priority IS 'Lower goes first, -100 to 100.';

COMMENT ON COLUMN workflows.workflow.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.workflow.on_worker_lost IS 'Policy, where the caller named one.';

COMMENT ON COLUMN workflows.workflow.partition_key IS 'Workflows of one queue with the same key run one at a time.';

COMMENT ON COLUMN workflows.workflow.resources IS 'Equipment it needs for itself.';

COMMENT ON COLUMN workflows.workflow.gate_ids IS 'Hashes of key and resources, sorted.';

COMMENT ON COLUMN workflows.workflow.deduplication_id IS 'Id that one live workflow of this name holds at a time.';

COMMENT ON COLUMN workflows.workflow.parent_workflow_id IS 'The workflow that started it.';

COMMENT ON COLUMN workflows.workflow.enqueued_by IS 'Database user that enqueued it.';

COMMENT ON COLUMN workflows.workflow.actor IS 'Who, as the caller said.';

COMMENT ON COLUMN workflows.workflow.control IS 'Order that it must carry out when it is claimed next; while it runs, its lease has it.';

COMMENT ON COLUMN workflows.workflow.handler_no IS 'Which run of its handler that order is; null: it has no handler.';

COMMENT ON COLUMN workflows.workflow.resume_no IS 'Run of on_resume that the last RESUME owes it; once that is recorded, it has it.';

COMMENT ON COLUMN workflows.workflow.retry_at IS 'When its next try is due, while it carries an order out before that.';

COMMENT ON COLUMN workflows.workflow.previous_workflow_id IS 'The workflow that it repeats, by RESET or fork.';

COMMENT ON COLUMN workflows.workflow.traceparent IS 'W3C trace context that it was enqueued in; null: it is a trace of its own.';

CREATE FUNCTION workflows.abort_running(p_workflow workflows.workflow, p_reason text, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.abort_running(p_workflow workflows.workflow, p_reason text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.abort_running(p_workflow workflows.workflow, p_reason text, p_now timestamp with time zone) IS 'Takes the lease of a workflow that is aborted.';

CREATE FUNCTION workflows.actor_of(p_options text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.actor_of(p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.actor_of(p_options text) IS 'Who, as the options of a queue say.';

CREATE FUNCTION workflows.add_blackout(p_starts_at timestamp with time zone, p_ends_at timestamp with time zone, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.add_blackout(p_starts_at timestamp with time zone, p_ends_at timestamp with time zone, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.add_blackout(p_starts_at timestamp with time zone, p_ends_at timestamp with time zone, p_options text) IS 'Adds a time in which nothing is started.';

CREATE FUNCTION workflows.add_removed(p_first jsonb, p_second jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.add_removed(p_first jsonb, p_second jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.add_removed(p_first jsonb, p_second jsonb) IS 'Adds up what was removed.';

CREATE FUNCTION workflows.admit_gated() RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.admit_gated() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.admit_gated() IS 'Gives gated workflows their tickets and hands free gates over.';

CREATE FUNCTION workflows.answer_commands(p_workflow_ids uuid[], p_outcome text, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.answer_commands(p_workflow_ids uuid[], p_outcome text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.answer_commands(p_workflow_ids uuid[], p_outcome text, p_now timestamp with time zone) IS 'Says what became of the open commands of some workflows.';

CREATE FUNCTION workflows.answer_prompt(p_prompt_id text, p_answer text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS ...;

ALTER FUNCTION workflows.answer_prompt(p_prompt_id text, p_answer text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.answer_prompt(p_prompt_id text, p_answer text, p_options text) IS 'Answers an open prompt of a workflow.';

CREATE FUNCTION workflows.answer_request(p_request_id text, p_workflow_id uuid, p_command text) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.answer_request(p_request_id text, p_workflow_id uuid, p_command text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.answer_request(p_request_id text, p_workflow_id uuid, p_command text) IS 'What a request was answered before.';

CREATE FUNCTION workflows.append_stream(p_workflow_id uuid, p_name text, p_value json, p_now timestamp with time zone) RETURNS json
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.append_stream(p_workflow_id uuid, p_name text, p_value json, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.append_stream(p_workflow_id uuid, p_name text, p_value json, p_now timestamp with time zone) IS 'Appends one entry to a stream of a workflow.';

CREATE TABLE workflows.transition (
    command text NOT NULL,
    from_state text NOT NULL,
    outcome text NOT NULL,
    through_state text,
    to_state text NOT NULL,
    CONSTRAINT transition_moves CHECK (((outcome = 'accepted'::text) OR (through_state IS NULL))),
    CONSTRAINT transition_outcome CHECK ((outcome = ANY (ARRAY['accepted'::text, 'already'::text, 'rejected'::text])))
);

ALTER TABLE workflows.transition OWNER TO workflows_owner;

COMMENT ON TABLE workflows.transition IS 'What each command does in each state: the model that send_command looks up.';

COMMENT ON COLUMN workflows.transition.command IS 'HOLD, PAUSE, RESUME, STOP, CANCEL, ABORT, RESET.';

COMMENT ON COLUMN workflows.transition.from_state IS 'State in which it is given.';

COMMENT ON COLUMN workflows.transition.outcome IS 'accepted, already or rejected.';

COMMENT ON COLUMN workflows.transition.through_state IS 'State until the workflow has obeyed, where it is in work.';

COMMENT ON COLUMN workflows.transition.to_state IS 'State it leads to.';

CREATE FUNCTION workflows.apply_command(p_workflow workflows.workflow, p_transition workflows.transition, p_reason text, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.apply_command(p_workflow workflows.workflow, p_transition workflows.transition, p_reason text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.apply_command(p_workflow workflows.workflow, p_transition workflows.transition, p_reason text, p_now timestamp with time zone) IS 'Applies an accepted command to a locked workflow.';

CREATE FUNCTION workflows.apply_retention(p_limit integer DEFAULT 1000, p_after text DEFAULT NULL::text, p_actor text DEFAULT 'script'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_sort TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS ...;

ALTER FUNCTION workflows.apply_retention(p_limit integer, p_after text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.apply_retention(p_limit integer, p_after text, p_actor text) IS 'Removes some of what is kept no longer, and says where to go on.';

CREATE FUNCTION workflows.ask_prompt(p_workflow_id uuid, p_step_key text, p_ask json, p_due_at timestamp with time zone, p_is_waiting boolean, p_now timestamp with time zone) RETURNS json
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.ask_prompt(p_workflow_id uuid, p_step_key text, p_ask json, p_due_at timestamp with time zone, p_is_waiting boolean, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.ask_prompt(p_workflow_id uuid, p_step_key text, p_ask json, p_due_at timestamp with time zone, p_is_waiting boolean, p_now timestamp with time zone) IS 'Opens a prompt, or sees what became of it.';

CREATE FUNCTION workflows.audit_change(p_workflow_ids uuid[], p_event text, p_actor text, p_reason text, p_detail text, p_old_value text DEFAULT NULL::text, p_second_actor text DEFAULT NULL::text) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.audit_change(p_workflow_ids uuid[], p_event text, p_actor text, p_reason text, p_detail text, p_old_value text, p_second_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.audit_change(p_workflow_ids uuid[], p_event text, p_actor text, p_reason text, p_detail text, p_old_value text, p_second_actor text) IS 'Audits the present status of some workflows.';

CREATE FUNCTION workflows.audit_configuration(p_event text, p_detail text, p_old_value text, p_new_value text, p_actor text, p_reason text DEFAULT NULL::text, p_worker_id uuid DEFAULT NULL::uuid, p_second_actor text DEFAULT NULL::text) RETURNS bigint
    LANGUAGE sql
    AS ...;

ALTER FUNCTION workflows.audit_configuration(p_event text, p_detail text, p_old_value text, p_new_value text, p_actor text, p_reason text, p_worker_id uuid, p_second_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.audit_configuration(p_event text, p_detail text, p_old_value text, p_new_value text, p_actor text, p_reason text, p_worker_id uuid, p_second_actor text) IS 'Audits a change that concerns no single workflow.';

CREATE FUNCTION workflows.audit_filter(p_filter text) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.audit_filter(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.audit_filter(p_filter text) IS 'Reads the filter of export_audit.';

CREATE FUNCTION workflows.audit_queue_created(p_queue_name text, p_actor text) RETURNS bigint
    LANGUAGE sql
    AS ...;

ALTER FUNCTION workflows.audit_queue_created(p_queue_name text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.audit_queue_created(p_queue_name text, p_actor text) IS 'Audits a new queue.';

CREATE FUNCTION workflows.await_children(p_workflow_id uuid, p_step_key text, p_ask json, p_is_over boolean, p_now timestamp with time zone) RETURNS json
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.await_children(p_workflow_id uuid, p_step_key text, p_ask json, p_is_over boolean, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.await_children(p_workflow_id uuid, p_step_key text, p_ask json, p_is_over boolean, p_now timestamp with time zone) IS 'What a parent sees of the workflows that it waits for.';

CREATE FUNCTION workflows.awaits_others(p_workflow_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.awaits_others(p_workflow_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.awaits_others(p_workflow_id uuid) IS 'Whether a workflow waits for one that it did not start.';

CREATE FUNCTION workflows.backoff_seconds(p_failures integer, p_first double precision, p_rate double precision, p_most double precision) RETURNS double precision
    LANGUAGE sql
    AS ...;

ALTER FUNCTION workflows.backoff_seconds(p_failures integer, p_first double precision, p_rate double precision, p_most double precision) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.backoff_seconds(p_failures integer, p_first double precision, p_rate double precision, p_most double precision) IS 'Seconds to wait before the next try.';

CREATE FUNCTION workflows.bad_argument(p_field text, p_problem text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.bad_argument(p_field text, p_problem text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.bad_argument(p_field text, p_problem text) IS 'Detail of a WF002: the field and what is wrong with it.';

CREATE TABLE workflows.blackout (
    blackout_id integer NOT NULL,
    schedule_name text,
    calendar_name text,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    reason text,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT blackout_scope CHECK (((schedule_name IS NULL) OR (calendar_name IS NULL))),
    CONSTRAINT blackout_times CHECK ((starts_at < ends_at))
);

ALTER TABLE workflows.blackout OWNER TO workflows_owner;

COMMENT ON TABLE workflows.blackout IS 'Times in which nothing is started: of one schedule, of all that follow a calendar, or of all.';

COMMENT ON COLUMN workflows.blackout.blackout_id IS 'Number.';

COMMENT ON COLUMN workflows.blackout.schedule_name IS 'The schedule that it is for.';

COMMENT ON COLUMN workflows.blackout.calendar_name IS 'The calendar that it is for; null, as the schedule: for all.';

COMMENT ON COLUMN workflows.blackout.starts_at IS 'From when nothing is started.';

COMMENT ON COLUMN workflows.blackout.ends_at IS 'Until when.';

COMMENT ON COLUMN workflows.blackout.reason IS 'Why.';

COMMENT ON COLUMN workflows.blackout.created_at IS 'When it was added.';

COMMENT ON COLUMN workflows.blackout.created_by IS 'Who added it.';

CREATE FUNCTION workflows.blackout_scope(p_blackout workflows.blackout) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.blackout_scope(p_blackout workflows.blackout) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.blackout_scope(p_blackout workflows.blackout) IS 'What a blackout is for.';

CREATE FUNCTION workflows.calendar_is_open(p_calendar_name text, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.calendar_is_open(p_calendar_name text, p_at timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.calendar_is_open(p_calendar_name text, p_at timestamp with time zone) IS 'Whether a calendar is open at a moment.';

CREATE FUNCTION workflows.calendar_json(p_calendar_name text) RETURNS jsonb
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.calendar_json(p_calendar_name text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.calendar_json(p_calendar_name text) IS 'One calendar as JSON.';

CREATE FUNCTION workflows.calendar_problem(p_calendar jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.calendar_problem(p_calendar jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.calendar_problem(p_calendar jsonb) IS 'What is wrong with a calendar, or null.';

CREATE FUNCTION workflows.cancel_in_maintenance(p_limit integer, OUT queued integer, OUT running integer) RETURNS record
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.cancel_in_maintenance(p_limit integer, OUT queued integer, OUT running integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.cancel_in_maintenance(p_limit integer, OUT queued integer, OUT running integer) IS 'Cancels a bounded number of workflows for a cancelling maintenance.';

CREATE FUNCTION workflows.cancel_workflow(p_workflow_id text, p_reason text DEFAULT NULL::text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.cancel_workflow(p_workflow_id text, p_reason text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.cancel_workflow(p_workflow_id text, p_reason text, p_options text) IS 'Cancels a workflow.';

CREATE TABLE workflows.setting (
    setting_name text NOT NULL,
    setting_value text NOT NULL,
    value_type text NOT NULL,
    minimum double precision,
    maximum double precision,
    description text NOT NULL,
    changed_at timestamp with time zone,
    changed_by text,
    default_value text,
    CONSTRAINT setting_value_type CHECK ((value_type = ANY (ARRAY['integer'::text, 'number'::text, 'boolean'::text, 'text'::text])))
);

ALTER TABLE workflows.setting OWNER TO workflows_owner;

COMMENT ON TABLE workflows.setting IS 'Settings of the whole schema; changed by set_setting.';

COMMENT ON COLUMN workflows.setting.setting_name IS 'Name.';

COMMENT ON COLUMN workflows.setting.setting_value IS 'Value as text.';

COMMENT ON COLUMN workflows.setting.value_type IS 'integer, number, boolean or text.';

COMMENT ON COLUMN workflows.setting.minimum IS 'Least value allowed.';

COMMENT ON COLUMN workflows.setting.maximum IS 'Greatest value allowed.';

COMMENT ON COLUMN workflows.setting.description IS 'What it does.';

COMMENT ON COLUMN workflows.setting.changed_at IS 'When it was last changed.';

COMMENT ON COLUMN workflows.setting.changed_by IS 'Who changed it last.';

COMMENT ON COLUMN workflows.setting.default_value IS 'Value that reset_setting gives it.';

CREATE FUNCTION workflows.change_setting(p_setting workflows.setting, p_value text, p_actor text, p_reason text) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.change_setting(p_setting workflows.setting, p_value text, p_actor text, p_reason text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.change_setting(p_setting workflows.setting, p_value text, p_actor text, p_reason text) IS 'Changes a setting that is locked, and audits it.';

CREATE FUNCTION workflows.characters_text(p_count text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.characters_text(p_count text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.characters_text(p_count text) IS 'A number of characters as a person reads it.';

CREATE TABLE workflows.schedule (
    schedule_name text NOT NULL,
    workflow_name text NOT NULL,
    kind text NOT NULL,
    cron text,
    interval_seconds double precision,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    time_zone text NOT NULL,
    inputs text NOT NULL,
    options jsonb NOT NULL,
    occurs_at_input text,
    catch_up text NOT NULL,
    catch_up_seconds double precision,
    calendar_name text,
    description text,
    is_paused boolean NOT NULL,
    pause_reason text,
    next_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    changed_by text NOT NULL,
    CONSTRAINT schedule_catch_up CHECK ((catch_up = ANY (ARRAY['skip'::text, 'last'::text, 'all'::text]))),
    CONSTRAINT schedule_catch_up_seconds CHECK ((catch_up_seconds >= (0)::double precision)),
    CONSTRAINT schedule_interval CHECK ((interval_seconds >= (1)::double precision)),
    CONSTRAINT schedule_kind CHECK ((kind = ANY (ARRAY['cron'::text, 'interval'::text, 'once'::text]))),
    CONSTRAINT schedule_timing CHECK ((((kind = 'cron'::text) = (cron IS NOT NULL)) AND ((kind = 'interval'::text) = (interval_seconds IS NOT NULL)) AND ((kind = 'cron'::text) OR (starts_at IS NOT NULL))))
)
WITH (fillfactor='50');

ALTER TABLE workflows.schedule OWNER TO workflows_owner;

COMMENT ON TABLE workflows.schedule IS 'What is enqueued by itself, and when.';

COMMENT ON COLUMN workflows.schedule.schedule_name IS 'Name.';

COMMENT ON COLUMN workflows.schedule.workflow_name IS 'What it enqueues.';

COMMENT ON COLUMN workflows.schedule.kind IS 'cron, interval or once.';

COMMENT ON COLUMN workflows.schedule.cron IS 'Expression of cron, in the time zone.';

COMMENT ON COLUMN workflows.schedule.interval_seconds IS 'Real seconds from one to the next.';

COMMENT ON COLUMN workflows.schedule.starts_at IS 'What an interval is counted from, the moment of once, and for cron not before.';

COMMENT ON COLUMN workflows.schedule.ends_at IS 'The last moment at which it may occur.';

COMMENT ON COLUMN workflows.schedule.time_zone IS 'Time zone that its expression is read in.';

COMMENT ON COLUMN workflows.schedule.inputs IS 'Inputs of each workflow, as JSON text.';

COMMENT ON COLUMN workflows.schedule.options IS 'Options of enqueue, with template and recipe.';

COMMENT ON COLUMN workflows.schedule.occurs_at_input IS 'The input that is told the moment of the occurrence; null: none.';

COMMENT ON COLUMN workflows.schedule.catch_up IS 'What is done with missed occurrences: skip, last or all.';

COMMENT ON COLUMN workflows.schedule.catch_up_seconds IS 'How old a missed occurrence may be; null: a minute where it is skip, else any age.';

COMMENT ON COLUMN workflows.schedule.calendar_name IS 'The calendar that it follows; null: none.';

COMMENT ON COLUMN workflows.schedule.description IS 'What it is for.';

COMMENT ON COLUMN workflows.schedule.is_paused IS 'True: it enqueues nothing.';

COMMENT ON COLUMN workflows.schedule.pause_reason IS 'Why it was paused.';

COMMENT ON COLUMN workflows.schedule.next_at IS 'The next occurrence that nobody has dealt with; null: none is to come.';

COMMENT ON COLUMN workflows.schedule.created_at IS 'When it was made.';

COMMENT ON COLUMN workflows.schedule.created_by IS 'Who made it.';

COMMENT ON COLUMN workflows.schedule.changed_at IS 'When it was changed last.';

COMMENT ON COLUMN workflows.schedule.changed_by IS 'Who changed it last.';

CREATE FUNCTION workflows.check_schedule(p_schedule workflows.schedule, p_now timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.check_schedule(p_schedule workflows.schedule, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.check_schedule(p_schedule workflows.schedule, p_now timestamp with time zone) IS 'Refuses what does not fit in a schedule.';

CREATE FUNCTION workflows.child_outcomes(p_ids uuid[], p_failed bigint, p_is_raised boolean) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.child_outcomes(p_ids uuid[], p_failed bigint, p_is_raised boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.child_outcomes(p_ids uuid[], p_failed bigint, p_is_raised boolean) IS 'How children have ended, as the answer to who waits for them.';

CREATE FUNCTION workflows.child_refusal(p_problem jsonb) RETURNS json
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.child_refusal(p_problem jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.child_refusal(p_problem jsonb) IS 'The error of a step whose children were refused.';

CREATE FUNCTION workflows.choices_problem(p_choices jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.choices_problem(p_choices jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.choices_problem(p_choices jsonb) IS 'What is wrong with the choices of an enum, or null.';

CREATE FUNCTION workflows.choices_text(p_choices jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.choices_text(p_choices jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.choices_text(p_choices jsonb) IS 'The choices as a person reads them.';

CREATE FUNCTION workflows.claim_answer(p_worker_id uuid, p_claim_no bigint, p_is_idle boolean, p_retry_ms integer, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.claim_answer(p_worker_id uuid, p_claim_no bigint, p_is_idle boolean, p_retry_ms integer, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.claim_answer(p_worker_id uuid, p_claim_no bigint, p_is_idle boolean, p_retry_ms integer, p_now timestamp with time zone) IS 'All that a worker needs to run what it claimed.';

CREATE FUNCTION workflows.claim_quota(p_worker_id uuid, p_queue_ids integer[], p_limited integer[], p_caps integer[], p_start_now integer, p_prefetch integer, OUT lanes bigint[], OUT lows bigint[], OUT firsts bigint[], OUT counts bigint[], OUT wanted bigint) RETURNS record
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.claim_quota(p_worker_id uuid, p_queue_ids integer[], p_limited integer[], p_caps integer[], p_start_now integer, p_prefetch integer, OUT lanes bigint[], OUT lows bigint[], OUT firsts bigint[], OUT counts bigint[], OUT wanted bigint) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.claim_quota(p_worker_id uuid, p_queue_ids integer[], p_limited integer[], p_caps integer[], p_start_now integer, p_prefetch integer, OUT lanes bigint[], OUT lows bigint[], OUT firsts bigint[], OUT counts bigint[], OUT wanted bigint) IS 'How many workflows to take from which lane.';

CREATE FUNCTION workflows.claim_workflows(p_worker_id text, p_start_now integer, p_prefetch integer DEFAULT 0, p_request_no bigint DEFAULT 0, p_is_resend boolean DEFAULT false, p_may_idle boolean DEFAULT false, p_is_idle boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_sort TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS ...;

ALTER FUNCTION workflows.claim_workflows(p_worker_id text, p_start_now integer, p_prefetch integer, p_request_no bigint, p_is_resend boolean, p_may_idle boolean, p_is_idle boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.claim_workflows(p_worker_id text, p_start_now integer, p_prefetch integer, p_request_no bigint, p_is_resend boolean, p_may_idle boolean, p_is_idle boolean) IS 'Claims workflows for a worker and returns all it needs to run them.';

CREATE FUNCTION workflows.clean_form(p_form jsonb, p_name text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.clean_form(p_form jsonb, p_name text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.clean_form(p_form jsonb, p_name text) IS 'The props of a form as they are kept.';

CREATE FUNCTION workflows.clock_change(p_from timestamp with time zone, p_until timestamp with time zone, p_time_zone text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.clock_change(p_from timestamp with time zone, p_until timestamp with time zone, p_time_zone text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.clock_change(p_from timestamp with time zone, p_until timestamp with time zone, p_time_zone text) IS 'When the clock changes between two moments, or null.';

CREATE FUNCTION workflows.clock_now() RETURNS timestamp with time zone
    LANGUAGE sql
    AS ...;

ALTER FUNCTION workflows.clock_now() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.clock_now() IS 'The database clock that every due, expiry and ordering decision uses.';

CREATE FUNCTION workflows.close_commands(p_limit integer, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.close_commands(p_limit integer, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.close_commands(p_limit integer, p_now timestamp with time zone) IS 'Answers the open orders of workflows that have ended.';

CREATE FUNCTION workflows.command_answer(p_command_id bigint) RETURNS text
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.command_answer(p_command_id bigint) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.command_answer(p_command_id bigint) IS 'What a command did, as its sender is told.';

CREATE FUNCTION workflows.command_message(p_command text, p_outcome text, p_is_delivered boolean, p_before workflows.workflow, p_after workflows.workflow) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.command_message(p_command text, p_outcome text, p_is_delivered boolean, p_before workflows.workflow, p_after workflows.workflow) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.command_message(p_command text, p_outcome text, p_is_delivered boolean, p_before workflows.workflow, p_after workflows.workflow) IS 'A command''s outcome in words.';

CREATE FUNCTION workflows.command_options(p_options text) RETURNS jsonb
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.command_options(p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.command_options(p_options text) IS 'Reads the options of a command.';

CREATE FUNCTION workflows.command_priority(p_command text) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.command_priority(p_command text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.command_priority(p_command text) IS 'The higher goes first.';

CREATE FUNCTION workflows.command_word(p_command text) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.command_word(p_command text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.command_word(p_command text) IS 'Reads the word of a command.';

CREATE FUNCTION workflows.compare_parameter_sets(p_workflow_name text, p_set_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.compare_parameter_sets(p_workflow_name text, p_set_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.compare_parameter_sets(p_workflow_name text, p_set_name text, p_options text) IS 'What differs between two versions of a recipe, as JSON.';

CREATE FUNCTION workflows.copy_steps(p_from uuid, p_step_key text, p_to uuid) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.copy_steps(p_from uuid, p_step_key text, p_to uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.copy_steps(p_from uuid, p_step_key text, p_to uuid) IS 'Copies the recorded steps before a given one.';

CREATE FUNCTION workflows.count_kept(p_before uuid, p_look integer) RETURNS uuid
    LANGUAGE plpgsql
    SET enable_hashjoin TO 'on'
    AS ...;

ALTER FUNCTION workflows.count_kept(p_before uuid, p_look integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.count_kept(p_before uuid, p_look integer) IS 'Counts what policies keep by number.';

CREATE FUNCTION workflows.count_on(p_before uuid, p_look integer, p_now timestamp with time zone) RETURNS uuid
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.count_on(p_before uuid, p_look integer, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.count_on(p_before uuid, p_look integer, p_now timestamp with time zone) IS 'Counts on what policies keep by number.';

CREATE FUNCTION workflows.count_parked(p_queue_id integer, p_status text, p_cap integer) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_sort TO 'off'
    AS ...;

ALTER FUNCTION workflows.count_parked(p_queue_id integer, p_status text, p_cap integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.count_parked(p_queue_id integer, p_status text, p_cap integer) IS 'Number of parked workflows of a queue in one status, counted up to a cap.';

CREATE FUNCTION workflows.count_queues(p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.count_queues(p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.count_queues(p_now timestamp with time zone) IS 'Refreshes the exact counts of queues.';

CREATE FUNCTION workflows.count_ready(p_queue_id integer, p_cap integer) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_sort TO 'off'
    AS ...;

ALTER FUNCTION workflows.count_ready(p_queue_id integer, p_cap integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.count_ready(p_queue_id integer, p_cap integer) IS 'Number of claimable workflows of a queue, counted up to a cap.';

CREATE TABLE workflows.retention_progress (
    progress_id integer NOT NULL,
    cursor_id uuid,
    is_full boolean NOT NULL,
    full_ended_at timestamp with time zone,
    pass_ended_at timestamp with time zone,
    count_cursor_id uuid,
    count_ended_at timestamp with time zone,
    tidied_at timestamp with time zone,
    next_turn_at timestamp with time zone NOT NULL,
    is_behind boolean NOT NULL,
    removed_count bigint NOT NULL,
    last_removed_at timestamp with time zone,
    CONSTRAINT retention_progress_single CHECK ((progress_id = 1))
)
WITH (fillfactor='20');

ALTER TABLE workflows.retention_progress OWNER TO workflows_owner;

COMMENT ON TABLE workflows.retention_progress IS 'How far retention has come; one row, and its lock is the right to go on.';

COMMENT ON COLUMN workflows.retention_progress.progress_id IS 'Always 1.';

COMMENT ON COLUMN workflows.retention_progress.cursor_id IS 'Looked at up to here; null: begins anew.';

COMMENT ON COLUMN workflows.retention_progress.is_full IS 'True: this pass goes to the last id.';

COMMENT ON COLUMN workflows.retention_progress.full_ended_at IS 'When the last such pass ended.';

COMMENT ON COLUMN workflows.retention_progress.pass_ended_at IS 'When the last pass ended.';

COMMENT ON COLUMN workflows.retention_progress.count_cursor_id IS 'Counted down to here; null: the count is done.';

COMMENT ON COLUMN workflows.retention_progress.count_ended_at IS 'When the last count ended.';

COMMENT ON COLUMN workflows.retention_progress.tidied_at IS 'When audit and rejected entries were last gone through.';

COMMENT ON COLUMN workflows.retention_progress.next_turn_at IS 'No turn before this time.';

COMMENT ON COLUMN workflows.retention_progress.is_behind IS 'True: the last turn found more than it could remove.';

COMMENT ON COLUMN workflows.retention_progress.removed_count IS 'Workflows removed so far.';

COMMENT ON COLUMN workflows.retention_progress.last_removed_at IS 'When it last removed some.';

CREATE FUNCTION workflows.count_turn(p_progress workflows.retention_progress, p_now timestamp with time zone) RETURNS workflows.retention_progress
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.count_turn(p_progress workflows.retention_progress, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.count_turn(p_progress workflows.retention_progress, p_now timestamp with time zone) IS 'Counts on what policies keep by number.';

CREATE FUNCTION workflows.create_enum(p_enum_name text, p_choices text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.create_enum(p_enum_name text, p_choices text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.create_enum(p_enum_name text, p_choices text, p_options text) IS 'Adds a version of an enum.';

CREATE FUNCTION workflows.create_parameter_set(p_workflow_name text, p_set_name text, p_values text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.create_parameter_set(p_workflow_name text, p_set_name text, p_values text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.create_parameter_set(p_workflow_name text, p_set_name text, p_values text, p_options text) IS 'Adds a draft of a recipe.';

CREATE FUNCTION workflows.create_queue(p_queue_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.create_queue(p_queue_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.create_queue(p_queue_name text, p_options text) IS 'Makes a queue with its options.';

CREATE FUNCTION workflows.create_schedule(p_schedule_name text, p_workflow_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.create_schedule(p_schedule_name text, p_workflow_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.create_schedule(p_schedule_name text, p_workflow_name text, p_options text) IS 'Makes a schedule: a workflow, and when it is enqueued.';

CREATE FUNCTION workflows.create_template(p_workflow_name text, p_template_name text, p_form text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.create_template(p_workflow_name text, p_template_name text, p_form text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.create_template(p_workflow_name text, p_template_name text, p_form text, p_options text) IS 'Adds a version of a template.';

CREATE FUNCTION workflows.cron_match(p_fields workflows.cron_fields, p_from timestamp without time zone) RETURNS timestamp without time zone
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.cron_match(p_fields workflows.cron_fields, p_from timestamp without time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.cron_match(p_fields workflows.cron_fields, p_from timestamp without time zone) IS 'The first local minute that an expression of cron fits.';

CREATE FUNCTION workflows.cron_next(p_fields workflows.cron_fields, p_time_zone text, p_after timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.cron_next(p_fields workflows.cron_fields, p_time_zone text, p_after timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.cron_next(p_fields workflows.cron_fields, p_time_zone text, p_after timestamp with time zone) IS 'First occurrence after a moment.';

CREATE FUNCTION workflows.cron_next_real(p_fields workflows.cron_fields, p_time_zone text, p_after timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.cron_next_real(p_fields workflows.cron_fields, p_time_zone text, p_after timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.cron_next_real(p_fields workflows.cron_fields, p_time_zone text, p_after timestamp with time zone) IS 'First occurrence after a moment of a pattern that follows real time.';

CREATE FUNCTION workflows.cron_number(p_text text, p_least integer, p_names text) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.cron_number(p_text text, p_least integer, p_names text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.cron_number(p_text text, p_least integer, p_names text) IS 'A number of a field of cron, given as such or by name, or null.';

CREATE FUNCTION workflows.cron_values(p_text text, p_least integer, p_most integer, p_names text) RETURNS integer[]
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.cron_values(p_text text, p_least integer, p_most integer, p_names text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.cron_values(p_text text, p_least integer, p_most integer, p_names text) IS 'The numbers that one field of cron names, or null.';

CREATE FUNCTION workflows.csv_line(p_fields text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.csv_line(p_fields text[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.csv_line(p_fields text[]) IS 'One line of CSV.';

CREATE FUNCTION workflows.cut_text(p_text text, p_characters integer) RETURNS json
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.cut_text(p_text text, p_characters integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.cut_text(p_text text, p_characters integer) IS 'The beginning of a text as JSON.';

CREATE FUNCTION workflows.dated_id(p_id uuid, p_at timestamp with time zone) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.dated_id(p_id uuid, p_at timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.dated_id(p_id uuid, p_at timestamp with time zone) IS 'An id with the time in front and the end that it had.';

CREATE FUNCTION workflows.delete_calendar(p_calendar_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.delete_calendar(p_calendar_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.delete_calendar(p_calendar_name text, p_options text) IS 'Deletes a calendar.';

CREATE FUNCTION workflows.delete_retention(p_queue_name text DEFAULT NULL::text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.delete_retention(p_queue_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.delete_retention(p_queue_name text, p_options text) IS 'Takes a retention policy away.';

CREATE FUNCTION workflows.delete_schedule(p_schedule_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.delete_schedule(p_schedule_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.delete_schedule(p_schedule_name text, p_options text) IS 'Deletes a schedule.';

CREATE FUNCTION workflows.describe_allowed(p_workflow workflows.workflow) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.describe_allowed(p_workflow workflows.workflow) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_allowed(p_workflow workflows.workflow) IS 'What may be done with a workflow now.';

CREATE FUNCTION workflows.describe_attempts(p_workflow_id uuid) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.describe_attempts(p_workflow_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_attempts(p_workflow_id uuid) IS 'The attempts of a workflow whose times the audit keeps.';

CREATE FUNCTION workflows.describe_children(p_workflow_id uuid) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.describe_children(p_workflow_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_children(p_workflow_id uuid) IS 'The newest children of a workflow.';

CREATE FUNCTION workflows.describe_commands(p_workflow_id uuid) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.describe_commands(p_workflow_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_commands(p_workflow_id uuid) IS 'The newest orders to a workflow.';

CREATE FUNCTION workflows.describe_events(p_workflow_id uuid, p_characters integer) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.describe_events(p_workflow_id uuid, p_characters integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_events(p_workflow_id uuid, p_characters integer) IS 'What a workflow has published, up to 100 keys.';

CREATE FUNCTION workflows.describe_gates(p_workflow workflows.workflow) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.describe_gates(p_workflow workflows.workflow) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_gates(p_workflow workflows.workflow) IS 'The gates that a workflow holds or waits for, and who holds them.';

CREATE FUNCTION workflows.describe_messages(p_workflow_id uuid) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.describe_messages(p_workflow_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_messages(p_workflow_id uuid) IS 'The newest messages to a workflow, without what they say.';

CREATE FUNCTION workflows.describe_parents(p_parent_id uuid) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.describe_parents(p_parent_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_parents(p_parent_id uuid) IS 'The parents of a workflow, its own first.';

CREATE FUNCTION workflows.describe_prompts(p_workflow_id uuid) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.describe_prompts(p_workflow_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_prompts(p_workflow_id uuid) IS 'Prompts of a workflow, open ones first, then the newest.';

CREATE FUNCTION workflows.describe_record(p_workflow workflows.workflow, p_characters integer) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.describe_record(p_workflow workflows.workflow, p_characters integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_record(p_workflow workflows.workflow, p_characters integer) IS 'A workflow itself, with the beginning of its payloads.';

CREATE FUNCTION workflows.describe_steps(p_workflow_id uuid, p_characters integer, p_most bigint) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.describe_steps(p_workflow_id uuid, p_characters integer, p_most bigint) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_steps(p_workflow_id uuid, p_characters integer, p_most bigint) IS 'The newest steps of a workflow in order of start, with the beginning of their texts.';

CREATE FUNCTION workflows.describe_streams(p_workflow_id uuid, p_characters integer) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.describe_streams(p_workflow_id uuid, p_characters integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_streams(p_workflow_id uuid, p_characters integer) IS 'Up to 50 streams of a workflow, each with its last entries.';

CREATE FUNCTION workflows.describe_tree(p_workflow_id uuid) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.describe_tree(p_workflow_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_tree(p_workflow_id uuid) IS 'What a workflow has started, and that in turn: five levels and 200 workflows at most.';

CREATE FUNCTION workflows.describe_workflow(p_workflow_id text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS ...;

ALTER FUNCTION workflows.describe_workflow(p_workflow_id text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.describe_workflow(p_workflow_id text, p_options text) IS 'Everything that a screen about one workflow shows, as JSON.';

CREATE FUNCTION workflows.drain_worker(p_worker_id text, p_reason text DEFAULT NULL::text, p_actor text DEFAULT 'script'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.drain_worker(p_worker_id text, p_reason text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.drain_worker(p_worker_id text, p_reason text, p_actor text) IS 'Tells one worker to claim nothing more.';

CREATE FUNCTION workflows.duplicate_problem(p_request workflows.enqueue_request) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.duplicate_problem(p_request workflows.enqueue_request) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.duplicate_problem(p_request workflows.enqueue_request) IS 'What does not go together in the options about duplicates, or null.';

CREATE FUNCTION workflows.end_due(p_workflow workflows.workflow, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.end_due(p_workflow workflows.workflow, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.end_due(p_workflow workflows.workflow, p_now timestamp with time zone) IS 'Ends a workflow whose time is over.';

CREATE FUNCTION workflows.end_resuming(p_records text, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.end_resuming(p_records text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.end_resuming(p_records text, p_now timestamp with time zone) IS 'Notes that workflows have resumed.';

CREATE FUNCTION workflows.end_waits(p_workflow_ids uuid[], p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.end_waits(p_workflow_ids uuid[], p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.end_waits(p_workflow_ids uuid[], p_now timestamp with time zone) IS 'Ends the waits of workflows that have ended, and withdraws their prompts.';

CREATE FUNCTION workflows.enqueue(p_workflow_name text, p_inputs text DEFAULT '{}'::text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.enqueue(p_workflow_name text, p_inputs text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.enqueue(p_workflow_name text, p_inputs text, p_options text) IS 'Enqueues one workflow and returns its id.';

CREATE TABLE workflows.rejected_entry (
    workflow_id text NOT NULL,
    entry text NOT NULL,
    problem text NOT NULL,
    origin text,
    rejected_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    resolved_by text,
    resolution text,
    CONSTRAINT rejected_entry_resolution CHECK ((resolution = ANY (ARRAY['retried'::text, 'discarded'::text]))),
    CONSTRAINT rejected_entry_resolved CHECK ((((resolved_at IS NULL) = (resolution IS NULL)) AND ((resolved_at IS NULL) = (resolved_by IS NULL))))
);

ALTER TABLE workflows.rejected_entry OWNER TO workflows_owner;

COMMENT ON TABLE workflows.rejected_entry IS 'Entries that a buffer had accepted and the database refused: kept until somebody decides.';

COMMENT ON COLUMN workflows.rejected_entry.workflow_id IS 'Id that the caller was given.';

COMMENT ON COLUMN workflows.rejected_entry.entry IS 'What was to be enqueued, as JSON text.';

COMMENT ON COLUMN workflows.rejected_entry.problem IS 'Why it was refused, as JSON text.';

COMMENT ON COLUMN workflows.rejected_entry.origin IS 'Gateway and project that it comes from.';

COMMENT ON COLUMN workflows.rejected_entry.rejected_at IS 'When it was set aside.';

COMMENT ON COLUMN workflows.rejected_entry.resolved_at IS 'When somebody decided.';

COMMENT ON COLUMN workflows.rejected_entry.resolved_by IS 'Who decided, as the caller said.';

COMMENT ON COLUMN workflows.rejected_entry.resolution IS 'retried or discarded.';

CREATE FUNCTION workflows.enqueue_again(p_entry workflows.rejected_entry, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.enqueue_again(p_entry workflows.rejected_entry, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.enqueue_again(p_entry workflows.rejected_entry, p_now timestamp with time zone) IS 'Enqueues a rejected entry again.';

CREATE FUNCTION workflows.enqueue_answer(p_problem jsonb, p_workflow_id uuid, p_is_new boolean, p_is_registered boolean) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.enqueue_answer(p_problem jsonb, p_workflow_id uuid, p_is_new boolean, p_is_registered boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.enqueue_answer(p_problem jsonb, p_workflow_id uuid, p_is_new boolean, p_is_registered boolean) IS 'Answer to one request to enqueue.';

CREATE FUNCTION workflows.enqueue_clean(p_items text, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.enqueue_clean(p_items text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.enqueue_clean(p_items text, p_now timestamp with time zone) IS 'Enqueues a clean batch the short way, or answers null.';

CREATE FUNCTION workflows.enqueue_many(p_items text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_mergejoin TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS ...;

ALTER FUNCTION workflows.enqueue_many(p_items text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.enqueue_many(p_items text) IS 'Enqueues a JSON array of items and returns one outcome per item.';

CREATE FUNCTION workflows.enqueue_occurrences(p_schedule workflows.schedule, p_ids uuid[], p_times timestamp with time zone[], p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.enqueue_occurrences(p_schedule workflows.schedule, p_ids uuid[], p_times timestamp with time zone[], p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.enqueue_occurrences(p_schedule workflows.schedule, p_ids uuid[], p_times timestamp with time zone[], p_now timestamp with time zone) IS 'Enqueues occurrences of a schedule and notes what was refused.';

CREATE FUNCTION workflows.enqueue_plain(p_names text[], p_inputs text[], p_ids uuid[], p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.enqueue_plain(p_names text[], p_inputs text[], p_ids uuid[], p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.enqueue_plain(p_names text[], p_inputs text[], p_ids uuid[], p_now timestamp with time zone) IS 'Enqueues a batch without options, or answers null where an item needs more.';

CREATE FUNCTION workflows.enqueue_requests(p_requests workflows.enqueue_request[], p_now timestamp with time zone) RETURNS jsonb
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.enqueue_requests(p_requests workflows.enqueue_request[], p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.enqueue_requests(p_requests workflows.enqueue_request[], p_now timestamp with time zone) IS 'Enqueues checked requests and answers one outcome each.';

CREATE FUNCTION workflows.enqueue_unusual(p_workflow_name text, p_inputs text, p_options text, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_mergejoin TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS ...;

ALTER FUNCTION workflows.enqueue_unusual(p_workflow_name text, p_inputs text, p_options text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.enqueue_unusual(p_workflow_name text, p_inputs text, p_options text, p_now timestamp with time zone) IS 'Enqueues one workflow by way of enqueue_requests, or refuses it.';

CREATE FUNCTION workflows.enter_maintenance(p_mode text DEFAULT 'drain'::text, p_reason text DEFAULT NULL::text, p_queue_name text DEFAULT NULL::text, p_actor text DEFAULT 'script'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS ...;

ALTER FUNCTION workflows.enter_maintenance(p_mode text, p_reason text, p_queue_name text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.enter_maintenance(p_mode text, p_reason text, p_queue_name text, p_actor text) IS 'Enters maintenance: nothing new starts, enqueue is refused.';

CREATE TABLE workflows.parameter_enum (
    enum_name text NOT NULL,
    enum_version integer NOT NULL,
    status text NOT NULL,
    choices jsonb NOT NULL,
    description text,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT parameter_enum_status CHECK ((status = ANY (ARRAY['active'::text, 'obsolete'::text, 'deleted'::text])))
);

ALTER TABLE workflows.parameter_enum OWNER TO workflows_owner;

COMMENT ON TABLE workflows.parameter_enum IS 'Lists of choices that forms and parameters refer to, by name and version.';

COMMENT ON COLUMN workflows.parameter_enum.enum_name IS 'Name of the enum.';

COMMENT ON COLUMN workflows.parameter_enum.enum_version IS 'Its version, from 1.';

COMMENT ON COLUMN workflows.parameter_enum.status IS 'active, obsolete (used only by who names the version) or deleted.';

COMMENT ON COLUMN workflows.parameter_enum.choices IS 'Array of label, value and isDisabled.';

COMMENT ON COLUMN workflows.parameter_enum.description IS 'What it is for.';

COMMENT ON COLUMN workflows.parameter_enum.created_by IS 'Who saved it.';

COMMENT ON COLUMN workflows.parameter_enum.created_at IS 'When it was saved.';

CREATE FUNCTION workflows.enum_json(p_enum workflows.parameter_enum) RETURNS json
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.enum_json(p_enum workflows.parameter_enum) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.enum_json(p_enum workflows.parameter_enum) IS 'One enum as JSON.';

CREATE FUNCTION workflows.enum_user(p_enum_name text, p_version integer) RETURNS text
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.enum_user(p_enum_name text, p_version integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.enum_user(p_enum_name text, p_version integer) IS 'What would lack its choices without an enum, or null.';

CREATE FUNCTION workflows.error_reason(p_error json) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.error_reason(p_error json) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.error_reason(p_error json) IS 'An error in one line.';

CREATE FUNCTION workflows.exchange_error(p_class text, p_message text) RETURNS json
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.exchange_error(p_class text, p_message text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.exchange_error(p_class text, p_message text) IS 'An error that is recorded of a step, as the class that the workflow sees.';

CREATE FUNCTION workflows.exchange_once(p_workflow_id uuid, p_step_key text, p_kind text, p_ask json, p_due_at timestamp with time zone, p_is_waiting boolean, p_now timestamp with time zone) RETURNS json
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.exchange_once(p_workflow_id uuid, p_step_key text, p_kind text, p_ask json, p_due_at timestamp with time zone, p_is_waiting boolean, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.exchange_once(p_workflow_id uuid, p_step_key text, p_kind text, p_ask json, p_due_at timestamp with time zone, p_is_waiting boolean, p_now timestamp with time zone) IS 'Does what a step that exchanges something is for.';

CREATE FUNCTION workflows.exit_maintenance(p_queue_name text DEFAULT NULL::text, p_reason text DEFAULT NULL::text, p_actor text DEFAULT 'script'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.exit_maintenance(p_queue_name text, p_reason text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.exit_maintenance(p_queue_name text, p_reason text, p_actor text) IS 'Exits maintenance.';

CREATE FUNCTION workflows.expand_form(p_form jsonb, OUT form jsonb, OUT versions jsonb) RETURNS record
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.expand_form(p_form jsonb, OUT form jsonb, OUT versions jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.expand_form(p_form jsonb, OUT form jsonb, OUT versions jsonb) IS 'A form with the choices of its enums, and their versions.';

CREATE FUNCTION workflows.expire_commands(p_limit integer, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.expire_commands(p_limit integer, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.expire_commands(p_limit integer, p_now timestamp with time zone) IS 'Takes back orders whose time is over.';

CREATE FUNCTION workflows.expire_deadlines(p_limit integer, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.expire_deadlines(p_limit integer, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.expire_deadlines(p_limit integer, p_now timestamp with time zone) IS 'Asks workers to stop workflows whose time is over.';

CREATE FUNCTION workflows.expire_unstarted(p_workflow_ids uuid[], p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.expire_unstarted(p_workflow_ids uuid[], p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.expire_unstarted(p_workflow_ids uuid[], p_now timestamp with time zone) IS 'Cancels workflows that were not started in time.';

CREATE FUNCTION workflows.export_audit(p_filter text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_custom_plan'
    AS ...;

ALTER FUNCTION workflows.export_audit(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.export_audit(p_filter text) IS 'The audit as CSV.';

CREATE FUNCTION workflows.export_parameter_set(p_workflow_name text, p_set_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.export_parameter_set(p_workflow_name text, p_set_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.export_parameter_set(p_workflow_name text, p_set_name text, p_options text) IS 'A recipe as one JSON document.';

CREATE FUNCTION workflows.few_steps(p_workflow_ids uuid[]) RETURNS uuid[]
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.few_steps(p_workflow_ids uuid[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.few_steps(p_workflow_ids uuid[]) IS 'As many of some workflows as one turn can remove.';

CREATE FUNCTION workflows.field_choices_problem(p_field jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.field_choices_problem(p_field jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.field_choices_problem(p_field jsonb) IS 'What is wrong with the choices of a field, or null.';

CREATE FUNCTION workflows.field_form_problem(p_field jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.field_form_problem(p_field jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.field_form_problem(p_field jsonb) IS 'What is wrong with one field of a form, or null.';

CREATE FUNCTION workflows.field_problem(p_field jsonb, p_value jsonb, p_is_partial boolean) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.field_problem(p_field jsonb, p_value jsonb, p_is_partial boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.field_problem(p_field jsonb, p_value jsonb, p_is_partial boolean) IS 'What is wrong with the value of one field, or null.';

CREATE FUNCTION workflows.filtered_gate(p_filter jsonb) RETURNS bigint
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.filtered_gate(p_filter jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.filtered_gate(p_filter jsonb) IS 'The gate that a filter names.';

CREATE FUNCTION workflows.find_blackout(p_schedule_name text, p_calendar_name text, p_at timestamp with time zone) RETURNS workflows.blackout
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.find_blackout(p_schedule_name text, p_calendar_name text, p_at timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.find_blackout(p_schedule_name text, p_calendar_name text, p_at timestamp with time zone) IS 'The blackout in force, or null.';

CREATE FUNCTION workflows.find_commanded(p_filter text) RETURNS uuid[]
    LANGUAGE plpgsql
    SET enable_seqscan TO 'on'
    SET enable_hashjoin TO 'on'
    AS ...;

ALTER FUNCTION workflows.find_commanded(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.find_commanded(p_filter text) IS 'The workflows that a filter means.';

CREATE TABLE workflows.workflow_definition (
    workflow_name text NOT NULL,
    workflow_version integer NOT NULL,
    queue_name text NOT NULL,
    priority smallint NOT NULL,
    timeout_seconds double precision,
    max_attempts integer NOT NULL,
    backoff_seconds double precision NOT NULL,
    backoff_rate double precision NOT NULL,
    max_backoff_seconds double precision NOT NULL,
    on_worker_lost text NOT NULL,
    commands text NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    registered_by text NOT NULL,
    handlers text[] DEFAULT '{}'::text[] NOT NULL,
    parameters jsonb,
    signature jsonb,
    CONSTRAINT workflow_definition_commands CHECK ((commands = ANY (ARRAY['auto'::text, 'manual'::text]))),
    CONSTRAINT workflow_definition_handlers CHECK ((handlers <@ '{on_hold,on_resume,on_stop,on_abort}'::text[])),
    CONSTRAINT workflow_definition_on_worker_lost CHECK ((on_worker_lost = ANY (ARRAY['retry'::text, 'hold'::text, 'fail'::text])))
);

ALTER TABLE workflows.workflow_definition OWNER TO workflows_owner;

COMMENT ON TABLE workflows.workflow_definition IS 'What workers registered: the policies of each workflow function; the latest registration wins.';

COMMENT ON COLUMN workflows.workflow_definition.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.workflow_definition.workflow_version IS 'Version of the registered function.';

COMMENT ON COLUMN workflows.workflow_definition.queue_name IS 'Queue where the caller names none.';

COMMENT ON COLUMN workflows.workflow_definition.priority IS 'Priority where the caller names none.';

COMMENT ON COLUMN workflows.workflow_definition.timeout_seconds IS 'Timeout where the caller names none.';

COMMENT ON COLUMN workflows.workflow_definition.max_attempts IS 'Tries where the caller names none.';

COMMENT ON COLUMN workflows.workflow_definition.backoff_seconds IS 'Longest first wait before another try.';

COMMENT ON COLUMN workflows.workflow_definition.backoff_rate IS 'Factor from try to try.';

COMMENT ON COLUMN workflows.workflow_definition.max_backoff_seconds IS 'Longest wait before another try.';

COMMENT ON COLUMN workflows.workflow_definition.on_worker_lost IS 'What follows when its worker is lost: retry, hold or fail.';

COMMENT ON COLUMN workflows.workflow_definition.commands IS 'auto: the engine obeys commands; manual: the workflow does.';

COMMENT ON COLUMN workflows.workflow_definition.registered_at IS 'When it last changed.';

COMMENT ON COLUMN workflows.workflow_definition.registered_by IS 'Worker that registered it.';

COMMENT ON COLUMN workflows.workflow_definition.handlers IS 'Which of on_hold, on_resume, on_stop, on_abort it has.';

COMMENT ON COLUMN workflows.workflow_definition.parameters IS 'Declared parameters as a form: an array of fields; null: it takes whatever it is given.';

COMMENT ON COLUMN workflows.workflow_definition.signature IS 'What its function takes: arguments, required ones, and whether it takes more.';

CREATE FUNCTION workflows.find_definition(p_workflow_name text, p_workflow_version integer) RETURNS workflows.workflow_definition
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.find_definition(p_workflow_name text, p_workflow_version integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.find_definition(p_workflow_name text, p_workflow_version integer) IS 'One version of a registered workflow, or null.';

CREATE FUNCTION workflows.find_enum(p_enum_name text, p_enum_version integer) RETURNS workflows.parameter_enum
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.find_enum(p_enum_name text, p_enum_version integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.find_enum(p_enum_name text, p_enum_version integer) IS 'One version of an enum, or null.';

CREATE FUNCTION workflows.find_over(p_after uuid, p_until uuid, p_look integer, p_limit integer, p_now timestamp with time zone, OUT workflow_ids uuid[], OUT ends timestamp with time zone[], OUT next_id uuid) RETURNS record
    LANGUAGE plpgsql
    SET enable_hashjoin TO 'on'
    AS ...;

ALTER FUNCTION workflows.find_over(p_after uuid, p_until uuid, p_look integer, p_limit integer, p_now timestamp with time zone, OUT workflow_ids uuid[], OUT ends timestamp with time zone[], OUT next_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.find_over(p_after uuid, p_until uuid, p_look integer, p_limit integer, p_now timestamp with time zone, OUT workflow_ids uuid[], OUT ends timestamp with time zone[], OUT next_id uuid) IS 'Finds ended workflows that are kept no longer.';

CREATE TABLE workflows.parameter_set (
    workflow_name text NOT NULL,
    set_name text NOT NULL,
    set_version integer NOT NULL,
    status text NOT NULL,
    template_name text,
    template_version integer,
    parameter_values jsonb NOT NULL,
    description text,
    reason text,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    approved_by text,
    approved_at timestamp with time zone,
    CONSTRAINT parameter_set_approved CHECK ((((approved_by IS NULL) = (approved_at IS NULL)) AND ((status <> 'approved'::text) OR (approved_by IS NOT NULL)))),
    CONSTRAINT parameter_set_status CHECK ((status = ANY (ARRAY['draft'::text, 'approved'::text, 'obsolete'::text, 'deleted'::text]))),
    CONSTRAINT parameter_set_template CHECK (((template_name IS NULL) = (template_version IS NULL)))
);

ALTER TABLE workflows.parameter_set OWNER TO workflows_owner;

COMMENT ON TABLE workflows.parameter_set IS 'Recipes: named values of a template or a workflow, by version.';

COMMENT ON COLUMN workflows.parameter_set.workflow_name IS 'The workflow that it is for.';

COMMENT ON COLUMN workflows.parameter_set.set_name IS 'Name of the recipe.';

COMMENT ON COLUMN workflows.parameter_set.set_version IS 'Its version, from 1.';

COMMENT ON COLUMN workflows.parameter_set.status IS 'draft, approved, obsolete or deleted.';

COMMENT ON COLUMN workflows.parameter_set.template_name IS 'The template that it was made of; null: the declared parameters.';

COMMENT ON COLUMN workflows.parameter_set.template_version IS 'Version of the template.';

COMMENT ON COLUMN workflows.parameter_set.parameter_values IS 'Its values, by parameter.';

COMMENT ON COLUMN workflows.parameter_set.description IS 'What it is for.';

COMMENT ON COLUMN workflows.parameter_set.reason IS 'Why it was written.';

COMMENT ON COLUMN workflows.parameter_set.created_by IS 'Who wrote it.';

COMMENT ON COLUMN workflows.parameter_set.created_at IS 'When it was written.';

COMMENT ON COLUMN workflows.parameter_set.approved_by IS 'Who approved it last.';

COMMENT ON COLUMN workflows.parameter_set.approved_at IS 'When it was approved last.';

CREATE FUNCTION workflows.find_set(p_workflow_name text, p_set_name text, p_set_version integer) RETURNS workflows.parameter_set
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.find_set(p_workflow_name text, p_set_name text, p_set_version integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.find_set(p_workflow_name text, p_set_name text, p_set_version integer) IS 'One version of a recipe, or null.';

CREATE TABLE workflows.parameter_template (
    workflow_name text NOT NULL,
    template_name text NOT NULL,
    template_version integer NOT NULL,
    status text NOT NULL,
    form jsonb NOT NULL,
    meta jsonb NOT NULL,
    description text,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT parameter_template_status CHECK ((status = ANY (ARRAY['active'::text, 'obsolete'::text, 'deleted'::text])))
);

ALTER TABLE workflows.parameter_template OWNER TO workflows_owner;

COMMENT ON TABLE workflows.parameter_template IS 'Forms from which a workflow is started, by name and version.';

COMMENT ON COLUMN workflows.parameter_template.workflow_name IS 'The workflow that it starts.';

COMMENT ON COLUMN workflows.parameter_template.template_name IS 'Name of the template.';

COMMENT ON COLUMN workflows.parameter_template.template_version IS 'Its version, from 1.';

COMMENT ON COLUMN workflows.parameter_template.status IS 'active, obsolete (used only by who names the version) or deleted.';

COMMENT ON COLUMN workflows.parameter_template.form IS 'Props of the Perspective Form.';

COMMENT ON COLUMN workflows.parameter_template.meta IS 'What the form says about its parameters: paramKeys, widgetTypes, defaultData, enumRefs.';

COMMENT ON COLUMN workflows.parameter_template.description IS 'What it is for.';

COMMENT ON COLUMN workflows.parameter_template.created_by IS 'Who saved it.';

COMMENT ON COLUMN workflows.parameter_template.created_at IS 'When it was saved.';

CREATE FUNCTION workflows.find_template(p_workflow_name text, p_template_name text, p_template_version integer) RETURNS workflows.parameter_template
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.find_template(p_workflow_name text, p_template_name text, p_template_version integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.find_template(p_workflow_name text, p_template_name text, p_template_version integer) IS 'One version of a template, or null.';

CREATE FUNCTION workflows.finish_other(p_workflow_id uuid, p_lease_token uuid, p_outcome text, p_error json, p_is_sanitised boolean, p_step_key text, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.finish_other(p_workflow_id uuid, p_lease_token uuid, p_outcome text, p_error json, p_is_sanitised boolean, p_step_key text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.finish_other(p_workflow_id uuid, p_lease_token uuid, p_outcome text, p_error json, p_is_sanitised boolean, p_step_key text, p_now timestamp with time zone) IS 'Takes one outcome that is not a plain success.';

CREATE FUNCTION workflows.finish_refusal(p_workflow_id uuid, p_lease_token uuid, p_outcome text) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.finish_refusal(p_workflow_id uuid, p_lease_token uuid, p_outcome text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.finish_refusal(p_workflow_id uuid, p_lease_token uuid, p_outcome text) IS 'Why an outcome was not taken.';

CREATE FUNCTION workflows.finish_workflows(p_worker_id text, p_outcomes text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_sort TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS ...;

ALTER FUNCTION workflows.finish_workflows(p_worker_id text, p_outcomes text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.finish_workflows(p_worker_id text, p_outcomes text) IS 'Takes the outcomes of workflows from a worker.';

CREATE FUNCTION workflows.fire_schedule(p_schedule workflows.schedule, p_limit integer, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.fire_schedule(p_schedule workflows.schedule, p_limit integer, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.fire_schedule(p_schedule workflows.schedule, p_limit integer, p_now timestamp with time zone) IS 'Deals with the occurrences of one schedule that are due.';

CREATE FUNCTION workflows.fire_schedules(p_limit integer, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.fire_schedules(p_limit integer, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.fire_schedules(p_limit integer, p_now timestamp with time zone) IS 'Enqueues what schedules say, a bounded number.';

CREATE FUNCTION workflows.first_command(p_workflow_id uuid, p_topic text, p_state text, p_now timestamp with time zone) RETURNS bigint
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.first_command(p_workflow_id uuid, p_topic text, p_state text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.first_command(p_workflow_id uuid, p_topic text, p_state text, p_now timestamp with time zone) IS 'The open order of a workflow that goes first, or null.';

CREATE FUNCTION workflows.first_moment(p_local timestamp without time zone, p_time_zone text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.first_moment(p_local timestamp without time zone, p_time_zone text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.first_moment(p_local timestamp without time zone, p_time_zone text) IS 'The first moment at which clocks show a local time.';

CREATE FUNCTION workflows.first_uuid() RETURNS uuid
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.first_uuid() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.first_uuid() IS 'The least uuid.';

CREATE FUNCTION workflows.fits_setting(p_setting workflows.setting, p_value text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.fits_setting(p_setting workflows.setting, p_value text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.fits_setting(p_setting workflows.setting, p_value text) IS 'Whether a value fits a setting.';

CREATE FUNCTION workflows.fold_new_lanes(p_may_wait boolean) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.fold_new_lanes(p_may_wait boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.fold_new_lanes(p_may_wait boolean) IS 'Makes lanes that were asked for.';

CREATE FUNCTION workflows.forget_failed_steps(p_workflow_id uuid) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.forget_failed_steps(p_workflow_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.forget_failed_steps(p_workflow_id uuid) IS 'Forgets the failed steps that another try must run again.';

CREATE FUNCTION workflows.forget_runs(p_schedule_name text) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.forget_runs(p_schedule_name text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.forget_runs(p_schedule_name text) IS 'Forgets what became of occurrences long ago.';

CREATE FUNCTION workflows.forget_waits(p_workflow_id uuid) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.forget_waits(p_workflow_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.forget_waits(p_workflow_id uuid) IS 'Forgets at which steps an ended workflow was waiting.';

CREATE FUNCTION workflows.forget_workers(p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.forget_workers(p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.forget_workers(p_now timestamp with time zone) IS 'Forgets workers that ended a day ago.';

CREATE FUNCTION workflows.fork_workflow(p_workflow_id text, p_step_key text DEFAULT NULL::text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.fork_workflow(p_workflow_id text, p_step_key text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.fork_workflow(p_workflow_id text, p_step_key text, p_options text) IS 'Starts a workflow again from a step, under a new id.';

CREATE FUNCTION workflows.form_meta(p_form jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.form_meta(p_form jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.form_meta(p_form jsonb) IS 'What a form says about its parameters.';

CREATE FUNCTION workflows.form_problem(p_form jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.form_problem(p_form jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.form_problem(p_form jsonb) IS 'What is wrong with a form, or null.';

CREATE FUNCTION workflows.form_problems(p_form jsonb, p_values jsonb, p_root text, p_noun text, p_is_partial boolean) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.form_problems(p_form jsonb, p_values jsonb, p_root text, p_noun text, p_is_partial boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.form_problems(p_form jsonb, p_values jsonb, p_root text, p_noun text, p_is_partial boolean) IS 'What is wrong with values for a form.';

CREATE FUNCTION workflows.free_gates(p_workflow_ids uuid[]) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.free_gates(p_workflow_ids uuid[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.free_gates(p_workflow_ids uuid[]) IS 'Frees the gates of workflows that ended.';

CREATE FUNCTION workflows.gate_head(p_gate_id bigint, p_now timestamp with time zone) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.gate_head(p_gate_id bigint, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.gate_head(p_gate_id bigint, p_now timestamp with time zone) IS 'The workflow that waits first for a free gate.';

CREATE FUNCTION workflows.gate_json(p_gate_id bigint) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.gate_json(p_gate_id bigint) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.gate_json(p_gate_id bigint) IS 'One gate as JSON.';

CREATE FUNCTION workflows.gate_keys(p_queue_id integer, p_partition_key text, p_resources text[]) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.gate_keys(p_queue_id integer, p_partition_key text, p_resources text[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.gate_keys(p_queue_id integer, p_partition_key text, p_resources text[]) IS 'Ids of the gates that a partition key and resources stand for.';

CREATE FUNCTION workflows.gate_label(p_queue_id integer, p_partition_key text, p_resource text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.gate_label(p_queue_id integer, p_partition_key text, p_resource text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.gate_label(p_queue_id integer, p_partition_key text, p_resource text) IS 'Readable name of a gate; its hash is the gate id.';

CREATE FUNCTION workflows.gates_from(p_from bigint, p_most bigint, OUT gate_id bigint, OUT gate_name text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.gates_from(p_from bigint, p_most bigint, OUT gate_id bigint, OUT gate_name text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.gates_from(p_from bigint, p_most bigint, OUT gate_id bigint, OUT gate_name text) IS 'Gates that somebody holds or waits for, in the order of their ids.';

CREATE FUNCTION workflows.get_activity(p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET plan_cache_mode TO 'force_custom_plan'
    AS ...;

ALTER FUNCTION workflows.get_activity(p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.get_activity(p_options text) IS 'What was enqueued, started and ended lately, in buckets of time, as JSON.';

CREATE FUNCTION workflows.get_diagnostics() RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.get_diagnostics() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.get_diagnostics() IS 'Versions, workers, queues, changed settings, retention and health as one JSON.';

CREATE FUNCTION workflows.get_enum(p_enum_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.get_enum(p_enum_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.get_enum(p_enum_name text, p_options text) IS 'One version of an enum as JSON, or null.';

CREATE FUNCTION workflows.get_maintenance() RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET lock_timeout TO '2s'
    AS ...;

ALTER FUNCTION workflows.get_maintenance() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.get_maintenance() IS 'What maintenance is entered and what still runs, as JSON.';

CREATE FUNCTION workflows.get_parameter_set(p_workflow_name text, p_set_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.get_parameter_set(p_workflow_name text, p_set_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.get_parameter_set(p_workflow_name text, p_set_name text, p_options text) IS 'One version of a recipe as JSON, or null.';

CREATE FUNCTION workflows.get_template(p_workflow_name text, p_template_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.get_template(p_workflow_name text, p_template_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.get_template(p_workflow_name text, p_template_name text, p_options text) IS 'One version of a template with its form as JSON, or null.';

CREATE FUNCTION workflows.get_workflow(p_workflow_id text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.get_workflow(p_workflow_id text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.get_workflow(p_workflow_id text) IS 'Everything about one workflow but its steps, as JSON.';

CREATE FUNCTION workflows.hand_over() RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.hand_over() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.hand_over() IS 'Hands free gates to the workflows that wait first for them.';

CREATE FUNCTION workflows.has_come(p_workflow_id uuid, p_topic text) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.has_come(p_workflow_id uuid, p_topic text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.has_come(p_workflow_id uuid, p_topic text) IS 'Whether what a workflow waits for is there.';

CREATE FUNCTION workflows.has_locked(p_workflow_id uuid, p_status text) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.has_locked(p_workflow_id uuid, p_status text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.has_locked(p_workflow_id uuid, p_status text) IS 'Locks a hot row without waiting.';

CREATE FUNCTION workflows.has_locked_for(p_workflow_id uuid, p_status text, p_command text) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.has_locked_for(p_workflow_id uuid, p_status text, p_command text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.has_locked_for(p_workflow_id uuid, p_status text, p_command text) IS 'Locks a hot row for an order, without waiting.';

CREATE FUNCTION workflows.has_more_steps(p_workflow_id uuid, p_limit integer) RETURNS boolean
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.has_more_steps(p_workflow_id uuid, p_limit integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.has_more_steps(p_workflow_id uuid, p_limit integer) IS 'Whether a workflow has more recorded steps than a number.';

CREATE FUNCTION workflows.has_run_handler(p_workflow_id uuid, p_order text, p_handler_no integer) RETURNS boolean
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.has_run_handler(p_workflow_id uuid, p_order text, p_handler_no integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.has_run_handler(p_workflow_id uuid, p_order text, p_handler_no integer) IS 'Whether a run of a handler is recorded.';

CREATE FUNCTION workflows.have_children_ended(p_workflow_id uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.have_children_ended(p_workflow_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.have_children_ended(p_workflow_id uuid) IS 'Whether what a parked parent waits for has ended.';

CREATE FUNCTION workflows.held_problem(p_workflow_id uuid) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.held_problem(p_workflow_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.held_problem(p_workflow_id uuid) IS 'Detail of a WF006: who holds the deduplication id.';

CREATE FUNCTION workflows.held_state(p_order text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.held_state(p_order text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.held_state(p_order text) IS 'The state in which an order holds a workflow.';

CREATE FUNCTION workflows.history_problem(p_entry json) RETURNS text
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.history_problem(p_entry json) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.history_problem(p_entry json) IS 'What keeps an element from being history, or null.';

CREATE FUNCTION workflows.history_steps_problem(p_steps jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.history_steps_problem(p_steps jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.history_steps_problem(p_steps jsonb) IS 'What keeps steps from being history, or null.';

CREATE FUNCTION workflows.history_time(p_value jsonb) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.history_time(p_value jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.history_time(p_value jsonb) IS 'The time that a value stands for.';

CREATE FUNCTION workflows.hold_waiting(p_workflow workflows.workflow, p_state text, p_reason text, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.hold_waiting(p_workflow workflows.workflow, p_state text, p_reason text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.hold_waiting(p_workflow workflows.workflow, p_state text, p_reason text, p_now timestamp with time zone) IS 'Holds a workflow that does not run.';

CREATE FUNCTION workflows.holiday_problem(p_holiday jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.holiday_problem(p_holiday jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.holiday_problem(p_holiday jsonb) IS 'What is wrong with a holiday, or null.';

CREATE FUNCTION workflows.horizon(p_now timestamp with time zone) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.horizon(p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.horizon(p_now timestamp with time zone) IS 'No workflow whose id was made here is kept too long beyond this id.';

CREATE FUNCTION workflows.import_enum(p_enum jsonb, p_actor text) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.import_enum(p_enum jsonb, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.import_enum(p_enum jsonb, p_actor text) IS 'Version of an enum with the same choices, added where none stands.';

CREATE FUNCTION workflows.import_enums(p_enums jsonb, p_form text, p_actor text) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.import_enums(p_enums jsonb, p_form text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.import_enums(p_enums jsonb, p_form text, p_actor text) IS 'Adds the enums of an exported recipe and answers its form with their versions.';

CREATE FUNCTION workflows.import_parameter_set(p_document text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.import_parameter_set(p_document text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.import_parameter_set(p_document text, p_options text) IS 'Makes a draft of an exported recipe.';

CREATE FUNCTION workflows.import_template(p_workflow_name text, p_template jsonb, p_form text, p_actor text) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.import_template(p_workflow_name text, p_template jsonb, p_form text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.import_template(p_workflow_name text, p_template jsonb, p_form text, p_actor text) IS 'Version of a template with the same form, added where none stands.';

CREATE FUNCTION workflows.import_workflows(p_items text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.import_workflows(p_items text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.import_workflows(p_items text, p_options text) IS 'Adds workflows that ended in another system, as history.';

CREATE FUNCTION workflows.insert_message(p_workflow_id uuid, p_topic text, p_body text, p_message_id uuid, p_sent_by text, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.insert_message(p_workflow_id uuid, p_topic text, p_body text, p_message_id uuid, p_sent_by text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.insert_message(p_workflow_id uuid, p_topic text, p_body text, p_message_id uuid, p_sent_by text, p_now timestamp with time zone) IS 'Puts one message where its workflow finds it.';

CREATE FUNCTION workflows.insert_workflows(p_requests workflows.enqueue_request[], p_now timestamp with time zone) RETURNS jsonb
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.insert_workflows(p_requests workflows.enqueue_request[], p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.insert_workflows(p_requests workflows.enqueue_request[], p_now timestamp with time zone) IS 'Inserts the rows of checked requests to enqueue and answers each.';

CREATE FUNCTION workflows.is_choice(p_field jsonb, p_value jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.is_choice(p_field jsonb, p_value jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.is_choice(p_field jsonb, p_value jsonb) IS 'Whether a value is one of the choices of a field.';

CREATE FUNCTION workflows.is_datetime(p_value jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.is_datetime(p_value jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.is_datetime(p_value jsonb) IS 'Whether a value is a time with its zone, or milliseconds since 1970.';

CREATE FUNCTION workflows.is_history_time(p_value jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.is_history_time(p_value jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.is_history_time(p_value jsonb) IS 'Whether a value is a time that history can have.';

CREATE FUNCTION workflows.is_json_array(p_text text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.is_json_array(p_text text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.is_json_array(p_text text) IS 'Whether a text is a JSON array.';

CREATE FUNCTION workflows.is_quiet(p_queue_ids integer[]) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.is_quiet(p_queue_ids integer[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.is_quiet(p_queue_ids integer[]) IS 'Whether everything enqueued into some queues has been committed.';

CREATE FUNCTION workflows.is_time_of_day(p_value jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.is_time_of_day(p_value jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.is_time_of_day(p_value jsonb) IS 'Whether a value is like "06:00".';

CREATE FUNCTION workflows.join_problems(p_first jsonb, p_second jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.join_problems(p_first jsonb, p_second jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.join_problems(p_first jsonb, p_second jsonb) IS 'Problems of two forms.';

CREATE FUNCTION workflows.jump_ahead(p_schedule workflows.schedule, p_fields workflows.cron_fields, p_at timestamp with time zone, p_now timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.jump_ahead(p_schedule workflows.schedule, p_fields workflows.cron_fields, p_at timestamp with time zone, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.jump_ahead(p_schedule workflows.schedule, p_fields workflows.cron_fields, p_at timestamp with time zone, p_now timestamp with time zone) IS 'Leaves out occurrences that are missed and too many to note.';

CREATE FUNCTION workflows.keep_error(p_workflow_id uuid, p_error json, p_is_sanitised boolean) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.keep_error(p_workflow_id uuid, p_error json, p_is_sanitised boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.keep_error(p_workflow_id uuid, p_error json, p_is_sanitised boolean) IS 'Keeps the last error of a workflow.';

CREATE FUNCTION workflows.knows_time_zone(p_time_zone text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.knows_time_zone(p_time_zone text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.knows_time_zone(p_time_zone text) IS 'Whether this server knows a time zone by that name.';

CREATE FUNCTION workflows.lane_key(p_queue_id integer, p_name text, p_version integer, p_priority smallint, p_kind text) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.lane_key(p_queue_id integer, p_name text, p_version integer, p_priority smallint, p_kind text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.lane_key(p_queue_id integer, p_name text, p_version integer, p_priority smallint, p_kind text) IS 'Id of the lane of a queue, name, version, priority and kind.';

CREATE FUNCTION workflows.lane_kind(p_gate_ids bigint[], p_on_worker_lost text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.lane_kind(p_gate_ids bigint[], p_on_worker_lost text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.lane_kind(p_gate_ids bigint[], p_on_worker_lost text) IS 'Kind of lane for a workflow that has not started.';

CREATE FUNCTION workflows.last_started_set(p_workflow_name text, p_set_name text) RETURNS integer
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.last_started_set(p_workflow_name text, p_set_name text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.last_started_set(p_workflow_name text, p_set_name text) IS 'Latest version of a recipe that a workflow was started with, or null.';

CREATE FUNCTION workflows.last_uuid() RETURNS uuid
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.last_uuid() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.last_uuid() IS 'The greatest uuid.';

CREATE FUNCTION workflows.lay_over(p_under jsonb, p_values jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.lay_over(p_under jsonb, p_values jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.lay_over(p_under jsonb, p_values jsonb) IS 'Values over those that stand, which a null leaves as they are.';

CREATE FUNCTION workflows.limit_open_transaction(p_lease_seconds double precision) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.limit_open_transaction(p_lease_seconds double precision) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.limit_open_transaction(p_lease_seconds double precision) IS 'Lets the server end a session that leaves this transaction open for longer than a lease.';

CREATE FUNCTION workflows.list_blackouts(p_filter text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_blackouts(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_blackouts(p_filter text) IS 'Blackouts that fit a filter, as a JSON array.';

CREATE FUNCTION workflows.list_calendars() RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_calendars() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_calendars() IS 'Every calendar, as a JSON array.';

CREATE FUNCTION workflows.list_enums(p_filter text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_enums(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_enums(p_filter text) IS 'Enums that fit a filter, as a JSON array.';

CREATE FUNCTION workflows.list_filter(p_filter text) RETURNS jsonb
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.list_filter(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_filter(p_filter text) IS 'Reads the filter of a list.';

CREATE FUNCTION workflows.list_gates(p_filter text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_gates(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_gates(p_filter text) IS 'Resources and partition keys in use, who holds them and how many wait, as JSON.';

CREATE FUNCTION workflows.list_parameter_sets(p_filter text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_parameter_sets(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_parameter_sets(p_filter text) IS 'Recipes that fit a filter, as a JSON array.';

CREATE FUNCTION workflows.list_parameters(p_workflow_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_parameters(p_workflow_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_parameters(p_workflow_name text, p_options text) IS 'The declared parameters of a workflow as JSON.';

CREATE FUNCTION workflows.list_prompts(p_filter text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS ...;

ALTER FUNCTION workflows.list_prompts(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_prompts(p_filter text) IS 'Prompts as a JSON array.';

CREATE FUNCTION workflows.list_queues() RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_queues() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_queues() IS 'Every queue with its depth and limits, as JSON.';

CREATE FUNCTION workflows.list_rejected_entries(p_filter text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_rejected_entries(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_rejected_entries(p_filter text) IS 'Rejected entries as a JSON array.';

CREATE FUNCTION workflows.list_retention() RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_retention() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_retention() IS 'The retention policies as JSON.';

CREATE FUNCTION workflows.list_schedule_runs(p_schedule_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_schedule_runs(p_schedule_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_schedule_runs(p_schedule_name text, p_options text) IS 'What became of the latest occurrences of a schedule, as a JSON array.';

CREATE FUNCTION workflows.list_schedules(p_filter text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_schedules(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_schedules(p_filter text) IS 'Schedules that fit a filter, as a JSON array.';

CREATE FUNCTION workflows.list_setting_changes(p_filter text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_setting_changes(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_setting_changes(p_filter text) IS 'Who changed which setting.';

CREATE FUNCTION workflows.list_settings() RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_settings() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_settings() IS 'All settings as JSON.';

CREATE FUNCTION workflows.list_steps(p_workflow_id text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_steps(p_workflow_id text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_steps(p_workflow_id text) IS 'The recorded steps of a workflow in order of start, as JSON.';

CREATE FUNCTION workflows.list_templates(p_filter text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_templates(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_templates(p_filter text) IS 'Templates that fit a filter, as a JSON array.';

CREATE FUNCTION workflows.list_tickets(p_filter text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_sort TO 'off'
    AS ...;

ALTER FUNCTION workflows.list_tickets(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_tickets(p_filter text) IS 'Who holds a resource or partition key and who waits for it, in order, as JSON.';

CREATE FUNCTION workflows.list_workflows(p_filter text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET plan_cache_mode TO 'force_custom_plan'
    AS ...;

ALTER FUNCTION workflows.list_workflows(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.list_workflows(p_filter text) IS 'Workflows that fit a filter, newest first, as JSON.';

CREATE FUNCTION workflows.live_before(p_queue_id integer, p_before timestamp with time zone, p_limit integer, OUT workflow_id uuid, OUT status text) RETURNS SETOF record
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.live_before(p_queue_id integer, p_before timestamp with time zone, p_limit integer, OUT workflow_id uuid, OUT status text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.live_before(p_queue_id integer, p_before timestamp with time zone, p_limit integer, OUT workflow_id uuid, OUT status text) IS 'Live workflows of a queue that were enqueued before a time.';

CREATE FUNCTION workflows.load_workflow(p_worker_id text, p_workflow_id text, p_lease_token text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.load_workflow(p_worker_id text, p_workflow_id text, p_lease_token text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.load_workflow(p_worker_id text, p_workflow_id text, p_lease_token text) IS 'Inputs and recorded steps of one claimed workflow.';

CREATE FUNCTION workflows.local_text(p_at timestamp with time zone, p_time_zone text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.local_text(p_at timestamp with time zone, p_time_zone text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.local_text(p_at timestamp with time zone, p_time_zone text) IS 'A moment in local time.';

CREATE FUNCTION workflows.lock_limited(p_queue_ids integer[], p_now timestamp with time zone, OUT queue_ids integer[], OUT caps integer[], OUT is_locked boolean) RETURNS record
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.lock_limited(p_queue_ids integer[], p_now timestamp with time zone, OUT queue_ids integer[], OUT caps integer[], OUT is_locked boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.lock_limited(p_queue_ids integer[], p_now timestamp with time zone, OUT queue_ids integer[], OUT caps integer[], OUT is_locked boolean) IS 'Locks the limited queues and answers how many more may be claimed.';

CREATE FUNCTION workflows.lock_progress() RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.lock_progress() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.lock_progress() IS 'Locks how far retention has come.';

CREATE FUNCTION workflows.lock_schedule(p_schedule_name text) RETURNS workflows.schedule
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.lock_schedule(p_schedule_name text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.lock_schedule(p_schedule_name text) IS 'Locks a schedule that there is.';

CREATE FUNCTION workflows.lock_setting(p_name text) RETURNS workflows.setting
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.lock_setting(p_name text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.lock_setting(p_name text) IS 'Locks a setting that there is.';

CREATE FUNCTION workflows.lock_workflow(p_workflow_id uuid, p_takes_lease boolean) RETURNS workflows.workflow
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.lock_workflow(p_workflow_id uuid, p_takes_lease boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.lock_workflow(p_workflow_id uuid, p_takes_lease boolean) IS 'Locks a live workflow and returns its record.';

CREATE FUNCTION workflows.look_again(p_workflow_id uuid, p_step_key text) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.look_again(p_workflow_id uuid, p_step_key text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.look_again(p_workflow_id uuid, p_step_key text) IS 'Sends a workflow on that was just parked, if what it waits for is there.';

CREATE FUNCTION workflows.look_for_event(p_publisher uuid, p_key text, p_is_over boolean) RETURNS json
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.look_for_event(p_publisher uuid, p_key text, p_is_over boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.look_for_event(p_publisher uuid, p_key text, p_is_over boolean) IS 'The latest value of an event, or that it is waited for.';

CREATE FUNCTION workflows.maintenance_key(p_queue_name text) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.maintenance_key(p_queue_name text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.maintenance_key(p_queue_name text) IS 'Key of a maintenance order.';

CREATE FUNCTION workflows.maintenance_mode_of(p_queue_id integer) RETURNS text
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.maintenance_mode_of(p_queue_id integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.maintenance_mode_of(p_queue_id integer) IS 'Maintenance mode that was ordered for a queue, or null.';

CREATE FUNCTION workflows.mark_idle(p_queue_ids integer[]) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.mark_idle(p_queue_ids integer[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.mark_idle(p_queue_ids integer[]) IS 'Marks the session of a worker idle for its queues.';

CREATE FUNCTION workflows.mark_started(p_worker_id uuid, p_started json, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.mark_started(p_worker_id uuid, p_started json, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.mark_started(p_worker_id uuid, p_started json, p_now timestamp with time zone) IS 'Marks workflows that were claimed ahead as started.';

CREATE FUNCTION workflows.merge_request(p_first workflows.enqueue_request, p_later workflows.enqueue_request) RETURNS workflows.enqueue_request
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.merge_request(p_first workflows.enqueue_request, p_later workflows.enqueue_request) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.merge_request(p_first workflows.enqueue_request, p_later workflows.enqueue_request) IS 'The first request of a batch as a later one with its deduplication id leaves it.';

CREATE FUNCTION workflows.missing_queue(p_queue_name text, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.missing_queue(p_queue_name text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.missing_queue(p_queue_name text, p_now timestamp with time zone) IS 'Id of a queue made on the fly, or null where enqueue may not make queues.';

CREATE FUNCTION workflows.name_problem(p_name text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.name_problem(p_name text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.name_problem(p_name text) IS 'What is wrong with a name, or null.';

CREATE FUNCTION workflows.new_workflow_id(p_now timestamp with time zone) RETURNS uuid
    LANGUAGE sql
    AS ...;

ALTER FUNCTION workflows.new_workflow_id(p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.new_workflow_id(p_now timestamp with time zone) IS 'A new time-ordered uuid (version 7).';

CREATE FUNCTION workflows.next_handler_no(p_workflow workflows.workflow, p_order text) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.next_handler_no(p_workflow workflows.workflow, p_order text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.next_handler_no(p_workflow workflows.workflow, p_order text) IS 'The number of the next run of a handler, or null.';

CREATE FUNCTION workflows.next_occurrence(p_cron text, p_time_zone text, p_after timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.next_occurrence(p_cron text, p_time_zone text, p_after timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.next_occurrence(p_cron text, p_time_zone text, p_after timestamp with time zone) IS 'When an expression of cron occurs next in a time zone.';

CREATE FUNCTION workflows.next_pass(p_progress workflows.retention_progress, p_next uuid, p_now timestamp with time zone) RETURNS workflows.retention_progress
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.next_pass(p_progress workflows.retention_progress, p_next uuid, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.next_pass(p_progress workflows.retention_progress, p_next uuid, p_now timestamp with time zone) IS 'Where retention goes on.';

CREATE FUNCTION workflows.note_handlers(p_records text, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.note_handlers(p_records text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.note_handlers(p_records text, p_now timestamp with time zone) IS 'Notes which handlers begin and which have ended.';

CREATE FUNCTION workflows.note_wait(p_workflow_id uuid, p_step_key text, p_topic text, p_is_waiting boolean) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.note_wait(p_workflow_id uuid, p_step_key text, p_topic text, p_is_waiting boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.note_wait(p_workflow_id uuid, p_step_key text, p_topic text, p_is_waiting boolean) IS 'Notes what a workflow waits for.';

CREATE FUNCTION workflows.notify_idle(p_queue_ids integer[]) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.notify_idle(p_queue_ids integer[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.notify_idle(p_queue_ids integer[]) IS 'Notifies the idle workers of some queues.';

CREATE FUNCTION workflows.notify_workers(p_payload text) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.notify_workers(p_payload text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.notify_workers(p_payload text) IS 'Tells the workers that listen what to look at.';

CREATE FUNCTION workflows.number_problem(p_value jsonb, p_least numeric, p_most numeric, p_is_whole boolean) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.number_problem(p_value jsonb, p_least numeric, p_most numeric, p_is_whole boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.number_problem(p_value jsonb, p_least numeric, p_most numeric, p_is_whole boolean) IS 'What is wrong with a number within limits, or null.';

CREATE FUNCTION workflows.occurrence_fate(p_schedule workflows.schedule, p_at timestamp with time zone, p_has_later boolean, p_now timestamp with time zone, OUT outcome text, OUT message text) RETURNS record
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.occurrence_fate(p_schedule workflows.schedule, p_at timestamp with time zone, p_has_later boolean, p_now timestamp with time zone, OUT outcome text, OUT message text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.occurrence_fate(p_schedule workflows.schedule, p_at timestamp with time zone, p_has_later boolean, p_now timestamp with time zone, OUT outcome text, OUT message text) IS 'What becomes of an occurrence that is due.';

CREATE FUNCTION workflows.occurrence_request(p_schedule workflows.schedule, p_id uuid, p_at timestamp with time zone, p_actor text, p_now timestamp with time zone) RETURNS workflows.enqueue_request
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.occurrence_request(p_schedule workflows.schedule, p_id uuid, p_at timestamp with time zone, p_actor text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.occurrence_request(p_schedule workflows.schedule, p_id uuid, p_at timestamp with time zone, p_actor text, p_now timestamp with time zone) IS 'What a schedule asks enqueue for.';

CREATE FUNCTION workflows.open_queues(p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.open_queues(p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.open_queues(p_now timestamp with time zone) IS 'Opens and closes the queues that follow a calendar.';

CREATE FUNCTION workflows.option_actor(p_options jsonb) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.option_actor(p_options jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.option_actor(p_options jsonb) IS 'Who acts, as the options of a call say.';

CREATE FUNCTION workflows.option_boolean(p_options jsonb, p_key text, p_default boolean) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.option_boolean(p_options jsonb, p_key text, p_default boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.option_boolean(p_options jsonb, p_key text, p_default boolean) IS 'A yes or no among the options of a call.';

CREATE FUNCTION workflows.option_number(p_options jsonb, p_key text, p_default bigint, p_least bigint, p_most bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.option_number(p_options jsonb, p_key text, p_default bigint, p_least bigint, p_most bigint) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.option_number(p_options jsonb, p_key text, p_default bigint, p_least bigint, p_most bigint) IS 'A whole number among the options of a call.';

CREATE FUNCTION workflows.option_problem(p_key text, p_value jsonb, p_text text) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.option_problem(p_key text, p_value jsonb, p_text text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.option_problem(p_key text, p_value jsonb, p_text text) IS 'What is wrong with one option of enqueue, or null.';

CREATE FUNCTION workflows.option_version(p_options jsonb, p_key text) RETURNS integer
    LANGUAGE sql
    AS ...;

ALTER FUNCTION workflows.option_version(p_options jsonb, p_key text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.option_version(p_options jsonb, p_key text) IS 'A version among the options of a call, or null.';

CREATE FUNCTION workflows.order_children(p_parent uuid, p_command text, p_reason text) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.order_children(p_parent uuid, p_command text, p_reason text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.order_children(p_parent uuid, p_command text, p_reason text) IS 'Notes an order to a parent for its children.';

CREATE FUNCTION workflows.order_of_status(p_status text, p_state text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.order_of_status(p_status text, p_state text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.order_of_status(p_status text, p_state text) IS 'What the status of a parent orders its children.';

CREATE FUNCTION workflows.order_running(p_workflow workflows.workflow, p_transition workflows.transition, p_reason text) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.order_running(p_workflow workflows.workflow, p_transition workflows.transition, p_reason text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.order_running(p_workflow workflows.workflow, p_transition workflows.transition, p_reason text) IS 'Asks the worker of a running workflow.';

CREATE FUNCTION workflows.outcome_of(p_order text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.outcome_of(p_order text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.outcome_of(p_order text) IS 'The outcome of a worker that has obeyed.';

CREATE FUNCTION workflows.outwait_claims() RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.outwait_claims() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.outwait_claims() IS 'Waits for the claims in progress, not for long.';

CREATE FUNCTION workflows.parent_problem(p_request workflows.enqueue_request) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.parent_problem(p_request workflows.enqueue_request) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.parent_problem(p_request workflows.enqueue_request) IS 'What is wrong with the parent of a request, or null.';

CREATE FUNCTION workflows.pass_over(p_workflow workflows.workflow, p_is_held boolean) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.pass_over(p_workflow workflows.workflow, p_is_held boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.pass_over(p_workflow workflows.workflow, p_is_held boolean) IS 'Marks the tickets of a waiter as passed over, or not.';

CREATE FUNCTION workflows.pause_queue(p_queue_name text, p_reason text DEFAULT NULL::text, p_actor text DEFAULT 'script'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.pause_queue(p_queue_name text, p_reason text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.pause_queue(p_queue_name text, p_reason text, p_actor text) IS 'Pauses a queue.';

CREATE FUNCTION workflows.pause_schedule(p_schedule_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.pause_schedule(p_schedule_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.pause_schedule(p_schedule_name text, p_options text) IS 'Pauses a schedule.';

CREATE FUNCTION workflows.payload_problem(p_text text, p_limit integer DEFAULT NULL::integer) RETURNS text
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.payload_problem(p_text text, p_limit integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.payload_problem(p_text text, p_limit integer) IS 'What is wrong with a payload given as JSON text, or null.';

CREATE FUNCTION workflows.plain_places(p_names text[], OUT names text[], OUT lane_ids bigint[], OUT queue_ids integer[], OUT versions integer[], OUT priorities smallint[], OUT tails text[], OUT is_plain boolean) RETURNS record
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.plain_places(p_names text[], OUT names text[], OUT lane_ids bigint[], OUT queue_ids integer[], OUT versions integer[], OUT priorities smallint[], OUT tails text[], OUT is_plain boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.plain_places(p_names text[], OUT names text[], OUT lane_ids bigint[], OUT queue_ids integer[], OUT versions integer[], OUT priorities smallint[], OUT tails text[], OUT is_plain boolean) IS 'Where workflows of some names go, and whether nothing stands in their way.';

CREATE FUNCTION workflows.policies_json(p_definition workflows.workflow_definition) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.policies_json(p_definition workflows.workflow_definition) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.policies_json(p_definition workflows.workflow_definition) IS 'The policies of a definition.';

CREATE TABLE workflows.retention_policy (
    queue_id integer NOT NULL,
    status text NOT NULL,
    keep_seconds bigint,
    keep_count integer,
    changed_at timestamp with time zone NOT NULL,
    changed_by text NOT NULL,
    CONSTRAINT retention_policy_keep_count CHECK ((keep_count >= 0)),
    CONSTRAINT retention_policy_keep_seconds CHECK ((keep_seconds >= 0)),
    CONSTRAINT retention_policy_status CHECK ((status = ANY (ARRAY['ANY'::text, 'SUCCESS'::text, 'ERROR'::text, 'CANCELLED'::text, 'STOPPED'::text, 'ABORTED'::text])))
);

ALTER TABLE workflows.retention_policy OWNER TO workflows_owner;

COMMENT ON TABLE workflows.retention_policy IS 'How long workflows are kept once they have ended; the most specific row counts.';

COMMENT ON COLUMN workflows.retention_policy.queue_id IS 'The queue; 0: every queue.';

COMMENT ON COLUMN workflows.retention_policy.status IS 'Final status that it is for, or ANY.';

COMMENT ON COLUMN workflows.retention_policy.keep_seconds IS 'Kept for so long once they have ended; null: however long.';

COMMENT ON COLUMN workflows.retention_policy.keep_count IS 'The newest so many of each queue are kept; null: however many.';

COMMENT ON COLUMN workflows.retention_policy.changed_at IS 'When it was set.';

COMMENT ON COLUMN workflows.retention_policy.changed_by IS 'Who set it.';

CREATE FUNCTION workflows.policy_of(p_queue_id integer, p_status text) RETURNS workflows.retention_policy
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.policy_of(p_queue_id integer, p_status text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.policy_of(p_queue_id integer, p_status text) IS 'The retention policy that holds for a queue and status.';

CREATE FUNCTION workflows.problems_text(p_problems jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.problems_text(p_problems jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.problems_text(p_problems jsonb) IS 'Problems as a person reads them.';

CREATE TABLE workflows.prompt (
    prompt_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    step_key text NOT NULL,
    question text NOT NULL,
    form text,
    roles text[],
    needs_second boolean NOT NULL,
    default_answer text,
    asked_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    status text NOT NULL,
    ended_at timestamp with time zone,
    answer text,
    answered_by text,
    second_actor text,
    reason text,
    request_id text,
    database_user text,
    CONSTRAINT prompt_answered CHECK (((answered_by IS NULL) = (status <> 'ANSWERED'::text))),
    CONSTRAINT prompt_ended CHECK (((ended_at IS NULL) = (status = 'OPEN'::text))),
    CONSTRAINT prompt_status CHECK ((status = ANY (ARRAY['OPEN'::text, 'ANSWERED'::text, 'EXPIRED'::text, 'WITHDRAWN'::text])))
);

ALTER TABLE workflows.prompt OWNER TO workflows_owner;

COMMENT ON TABLE workflows.prompt IS 'Questions of workflows to operators, and who answered what.';

COMMENT ON COLUMN workflows.prompt.prompt_id IS 'The prompt.';

COMMENT ON COLUMN workflows.prompt.workflow_id IS 'The workflow that asks.';

COMMENT ON COLUMN workflows.prompt.step_key IS 'The step that waits for the answer.';

COMMENT ON COLUMN workflows.prompt.question IS 'What is asked.';

COMMENT ON COLUMN workflows.prompt.form IS 'Fields of the answer as JSON text; null: any value is an answer.';

COMMENT ON COLUMN workflows.prompt.roles IS 'Who may answer; null: everybody.';

COMMENT ON COLUMN workflows.prompt.needs_second IS 'Whether a second person must sign.';

COMMENT ON COLUMN workflows.prompt.default_answer IS 'Answer when its time is over, as JSON text; null: the step fails then.';

COMMENT ON COLUMN workflows.prompt.asked_at IS 'When it was asked.';

COMMENT ON COLUMN workflows.prompt.due_at IS 'When its time is over; null: it has as long as it takes.';

COMMENT ON COLUMN workflows.prompt.status IS 'OPEN, ANSWERED, EXPIRED (nobody answered in time) or WITHDRAWN (its workflow ended).';

COMMENT ON COLUMN workflows.prompt.ended_at IS 'When it was answered, expired or was withdrawn.';

COMMENT ON COLUMN workflows.prompt.answer IS 'The answer as JSON text.';

COMMENT ON COLUMN workflows.prompt.answered_by IS 'Who answered.';

COMMENT ON COLUMN workflows.prompt.second_actor IS 'Who signed as second.';

COMMENT ON COLUMN workflows.prompt.reason IS 'Why, in words.';

COMMENT ON COLUMN workflows.prompt.request_id IS 'What makes answering again harmless.';

COMMENT ON COLUMN workflows.prompt.database_user IS 'Database user of the session that answered.';

CREATE FUNCTION workflows.prompt_answer(p_prompt workflows.prompt) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.prompt_answer(p_prompt workflows.prompt) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.prompt_answer(p_prompt workflows.prompt) IS 'What an answer did, as its sender is told.';

CREATE FUNCTION workflows.prompt_json(p_prompt workflows.prompt) RETURNS json
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.prompt_json(p_prompt workflows.prompt) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.prompt_json(p_prompt workflows.prompt) IS 'One prompt as JSON.';

CREATE FUNCTION workflows.prompts_to_list(p_prompt_id uuid, p_workflow_id uuid, p_is_open boolean) RETURNS SETOF workflows.prompt
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.prompts_to_list(p_prompt_id uuid, p_workflow_id uuid, p_is_open boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.prompts_to_list(p_prompt_id uuid, p_workflow_id uuid, p_is_open boolean) IS 'Prompts that a filter may fit.';

CREATE FUNCTION workflows.queue_figures(p_queue_id integer, OUT enqueued bigint, OUT delayed bigint, OUT blocked bigint, OUT running bigint, OUT waiting bigint, OUT held bigint, OUT dead_letters bigint, OUT oldest_enqueued_at timestamp with time zone) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.queue_figures(p_queue_id integer, OUT enqueued bigint, OUT delayed bigint, OUT blocked bigint, OUT running bigint, OUT waiting bigint, OUT held bigint, OUT dead_letters bigint, OUT oldest_enqueued_at timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.queue_figures(p_queue_id integer, OUT enqueued bigint, OUT delayed bigint, OUT blocked bigint, OUT running bigint, OUT waiting bigint, OUT held bigint, OUT dead_letters bigint, OUT oldest_enqueued_at timestamp with time zone) IS 'How many workflows of a queue stand where, each counted up to 10001.';

CREATE FUNCTION workflows.queue_lanes(p_queue_id integer, OUT lane_id bigint, OUT floor bigint) RETURNS SETOF record
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_sort TO 'off'
    AS ...;

ALTER FUNCTION workflows.queue_lanes(p_queue_id integer, OUT lane_id bigint, OUT floor bigint) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.queue_lanes(p_queue_id integer, OUT lane_id bigint, OUT floor bigint) IS 'Lanes of a queue, made or asked for, and where their rows begin.';

CREATE FUNCTION workflows.queue_problem(p_queue_id integer, p_workflow_id uuid, p_is_allowed_during_maintenance boolean, p_is_full boolean) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.queue_problem(p_queue_id integer, p_workflow_id uuid, p_is_allowed_during_maintenance boolean, p_is_full boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.queue_problem(p_queue_id integer, p_workflow_id uuid, p_is_allowed_during_maintenance boolean, p_is_full boolean) IS 'Why a queue does not take work, or null.';

CREATE FUNCTION workflows.queues_of_inactive(p_queue_ids integer[], p_now timestamp with time zone) RETURNS integer[]
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.queues_of_inactive(p_queue_ids integer[], p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.queues_of_inactive(p_queue_ids integer[], p_now timestamp with time zone) IS 'Queues that an inactive worker may claim from.';

CREATE FUNCTION workflows.read_call_options(p_text text, p_field text, p_known text[]) RETURNS jsonb
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.read_call_options(p_text text, p_field text, p_known text[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_call_options(p_text text, p_field text, p_known text[]) IS 'Reads the options of one call.';

CREATE FUNCTION workflows.read_clean_batch(p_items text, OUT names text[], OUT inputs text[], OUT ids uuid[]) RETURNS record
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.read_clean_batch(p_items text, OUT names text[], OUT inputs text[], OUT ids uuid[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_clean_batch(p_items text, OUT names text[], OUT inputs text[], OUT ids uuid[]) IS 'Names, inputs and ids of a batch that gives nothing else.';

CREATE FUNCTION workflows.read_cron(p_cron text) RETURNS workflows.cron_fields
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.read_cron(p_cron text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_cron(p_cron text) IS 'Reads an expression of cron, or says what is wrong with it.';

CREATE FUNCTION workflows.read_entry(p_entry json, p_now timestamp with time zone) RETURNS workflows.enqueue_request
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.read_entry(p_entry json, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_entry(p_entry json, p_now timestamp with time zone) IS 'Checks one item of enqueue_many.';

CREATE FUNCTION workflows.read_events(p_workflow_id text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.read_events(p_workflow_id text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_events(p_workflow_id text, p_options text) IS 'What a workflow has published, as JSON.';

CREATE FUNCTION workflows.read_history(p_entry json, OUT workflow_id uuid, OUT workflow_name text, OUT queue_id integer, OUT status text, OUT state text, OUT priority smallint, OUT partition_key text, OUT deduplication_id text, OUT timeout_seconds double precision, OUT reason text, OUT actor text, OUT inputs text, OUT result text, OUT error json, OUT is_sanitised boolean, OUT recipe jsonb, OUT enqueued_at timestamp with time zone, OUT started_at timestamp with time zone, OUT ended_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.read_history(p_entry json, OUT workflow_id uuid, OUT workflow_name text, OUT queue_id integer, OUT status text, OUT state text, OUT priority smallint, OUT partition_key text, OUT deduplication_id text, OUT timeout_seconds double precision, OUT reason text, OUT actor text, OUT inputs text, OUT result text, OUT error json, OUT is_sanitised boolean, OUT recipe jsonb, OUT enqueued_at timestamp with time zone, OUT started_at timestamp with time zone, OUT ended_at timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_history(p_entry json, OUT workflow_id uuid, OUT workflow_name text, OUT queue_id integer, OUT status text, OUT state text, OUT priority smallint, OUT partition_key text, OUT deduplication_id text, OUT timeout_seconds double precision, OUT reason text, OUT actor text, OUT inputs text, OUT result text, OUT error json, OUT is_sanitised boolean, OUT recipe jsonb, OUT enqueued_at timestamp with time zone, OUT started_at timestamp with time zone, OUT ended_at timestamp with time zone) IS 'A workflow that has ended, as it will stand.';

CREATE FUNCTION workflows.read_history_steps(p_entry json, p_enqueued_at timestamp with time zone, OUT step_key text, OUT status text, OUT attempts integer, OUT started_at timestamp with time zone, OUT ended_at timestamp with time zone, OUT output text, OUT error text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.read_history_steps(p_entry json, p_enqueued_at timestamp with time zone, OUT step_key text, OUT status text, OUT attempts integer, OUT started_at timestamp with time zone, OUT ended_at timestamp with time zone, OUT output text, OUT error text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_history_steps(p_entry json, p_enqueued_at timestamp with time zone, OUT step_key text, OUT status text, OUT attempts integer, OUT started_at timestamp with time zone, OUT ended_at timestamp with time zone, OUT output text, OUT error text) IS 'The steps of a workflow that has ended, as they will stand.';

CREATE FUNCTION workflows.read_options(p_request workflows.enqueue_request, p_options text, p_now timestamp with time zone) RETURNS workflows.enqueue_request
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.read_options(p_request workflows.enqueue_request, p_options text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_options(p_request workflows.enqueue_request, p_options text, p_now timestamp with time zone) IS 'Checks the options of an enqueue and reads them into the request.';

CREATE FUNCTION workflows.read_rejected(p_element json, OUT workflow_id text, OUT entry text, OUT problem text, OUT origin text) RETURNS record
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.read_rejected(p_element json, OUT workflow_id text, OUT entry text, OUT problem text, OUT origin text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_rejected(p_element json, OUT workflow_id text, OUT entry text, OUT problem text, OUT origin text) IS 'One rejected entry as it is kept.';

CREATE FUNCTION workflows.read_request(p_workflow_name text, p_inputs text, p_options text, p_now timestamp with time zone) RETURNS workflows.enqueue_request
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.read_request(p_workflow_name text, p_inputs text, p_options text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_request(p_workflow_name text, p_inputs text, p_options text, p_now timestamp with time zone) IS 'Checks what a caller wants to enqueue.';

CREATE FUNCTION workflows.read_schedule(p_schedule workflows.schedule, p_options jsonb, p_now timestamp with time zone) RETURNS workflows.schedule
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.read_schedule(p_schedule workflows.schedule, p_options jsonb, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_schedule(p_schedule workflows.schedule, p_options jsonb, p_now timestamp with time zone) IS 'A schedule with what some options change.';

CREATE FUNCTION workflows.read_schedule_options(p_options text) RETURNS jsonb
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.read_schedule_options(p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_schedule_options(p_options text) IS 'Reads the options of a schedule.';

CREATE FUNCTION workflows.read_stream(p_workflow_id text, p_stream text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.read_stream(p_workflow_id text, p_stream text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_stream(p_workflow_id text, p_stream text, p_options text) IS 'Entries of a stream of a workflow, as JSON.';

CREATE FUNCTION workflows.read_usual_batch(p_items text, OUT names text[], OUT inputs text[], OUT ids uuid[]) RETURNS record
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.read_usual_batch(p_items text, OUT names text[], OUT inputs text[], OUT ids uuid[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_usual_batch(p_items text, OUT names text[], OUT inputs text[], OUT ids uuid[]) IS 'Names, inputs and ids of a batch as the library writes it.';

CREATE FUNCTION workflows.read_uuid(p_text text, p_field text) RETURNS uuid
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.read_uuid(p_text text, p_field text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.read_uuid(p_text text, p_field text) IS 'Reads a uuid given as text.';

CREATE FUNCTION workflows.receive_command(p_workflow_id uuid, p_topic text, p_state text, p_is_over boolean, p_now timestamp with time zone) RETURNS json
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.receive_command(p_workflow_id uuid, p_topic text, p_state text, p_is_over boolean, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.receive_command(p_workflow_id uuid, p_topic text, p_state text, p_is_over boolean, p_now timestamp with time zone) IS 'Takes the order that goes first.';

CREATE FUNCTION workflows.receive_message(p_workflow_id uuid, p_step_key text, p_topic text, p_is_over boolean, p_now timestamp with time zone) RETURNS json
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.receive_message(p_workflow_id uuid, p_step_key text, p_topic text, p_is_over boolean, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.receive_message(p_workflow_id uuid, p_step_key text, p_topic text, p_is_over boolean, p_now timestamp with time zone) IS 'Takes the oldest message of a topic.';

CREATE FUNCTION workflows.recipe_problem(p_recipe jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.recipe_problem(p_recipe jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.recipe_problem(p_recipe jsonb) IS 'What does not go together in the options of a recipe, or null.';

CREATE FUNCTION workflows.recipe_problems(p_recipe jsonb, p_set workflows.parameter_set, p_template workflows.parameter_template) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.recipe_problems(p_recipe jsonb, p_set workflows.parameter_set, p_template workflows.parameter_template) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.recipe_problems(p_recipe jsonb, p_set workflows.parameter_set, p_template workflows.parameter_template) IS 'What is wrong with the recipe and template that a caller asks for.';

CREATE TABLE workflows.lease (
    workflow_id uuid NOT NULL,
    lease_token uuid NOT NULL,
    worker_id uuid NOT NULL,
    claim_no bigint NOT NULL,
    claimed_at timestamp with time zone NOT NULL,
    deadline_at timestamp with time zone,
    queue_id integer NOT NULL,
    is_started boolean NOT NULL,
    is_limited boolean NOT NULL,
    control text,
    handler_no integer
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='0');

ALTER TABLE workflows.lease OWNER TO workflows_owner;

COMMENT ON TABLE workflows.lease IS 'Hot rows of exactly the RUNNING workflows: who works on it, the token that proves it, and the control word.';

COMMENT ON COLUMN workflows.lease.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.lease.lease_token IS 'Random proof of the right to work on it.';

COMMENT ON COLUMN workflows.lease.worker_id IS 'The worker.';

COMMENT ON COLUMN workflows.lease.claim_no IS 'Number of the claim call, for asking again.';

COMMENT ON COLUMN workflows.lease.claimed_at IS 'When it was claimed.';

COMMENT ON COLUMN workflows.lease.deadline_at IS 'When its time is over.';

COMMENT ON COLUMN workflows.lease.queue_id IS 'The queue.';

COMMENT ON COLUMN workflows.lease.is_started IS 'False: claimed ahead and not begun.';

COMMENT ON COLUMN workflows.lease.is_limited IS 'True: counts against max_running.';

COMMENT ON COLUMN workflows.lease.control IS 'Command that waits to be obeyed.';

COMMENT ON COLUMN workflows.lease.handler_no IS 'Which run of its handler the order is; null: it has no handler.';

CREATE FUNCTION workflows.reclaim_lease(p_lease workflows.lease, p_cause text, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.reclaim_lease(p_lease workflows.lease, p_cause text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.reclaim_lease(p_lease workflows.lease, p_cause text, p_now timestamp with time zone) IS 'Takes back one lease.';

CREATE FUNCTION workflows.reclaim_lost(p_limit integer, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.reclaim_lost(p_limit integer, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.reclaim_lost(p_limit integer, p_now timestamp with time zone) IS 'Takes back the leases of lost workers.';

CREATE FUNCTION workflows.record_again(p_n integer, p_workflow_id uuid, p_step_key text, p_kind text, p_control text, p_status text, p_output json, p_error json, p_attempt integer, p_retry json, p_now timestamp with time zone) RETURNS json
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.record_again(p_n integer, p_workflow_id uuid, p_step_key text, p_kind text, p_control text, p_status text, p_output json, p_error json, p_attempt integer, p_retry json, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.record_again(p_n integer, p_workflow_id uuid, p_step_key text, p_kind text, p_control text, p_status text, p_output json, p_error json, p_attempt integer, p_retry json, p_now timestamp with time zone) IS 'Records a failed try, or answers what is recorded.';

CREATE FUNCTION workflows.record_exchange(p_n integer, p_workflow_id uuid, p_step_key text, p_kind text, p_control text, p_ask json, p_now timestamp with time zone) RETURNS json
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.record_exchange(p_n integer, p_workflow_id uuid, p_step_key text, p_kind text, p_control text, p_ask json, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.record_exchange(p_n integer, p_workflow_id uuid, p_step_key text, p_kind text, p_control text, p_ask json, p_now timestamp with time zone) IS 'Records one step that exchanges something with others.';

CREATE FUNCTION workflows.record_steps(p_worker_id text, p_records text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_sort TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS ...;

ALTER FUNCTION workflows.record_steps(p_worker_id text, p_records text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.record_steps(p_worker_id text, p_records text) IS 'Records the results of steps for a worker.';

CREATE FUNCTION workflows.recorded_steps(p_workflow_id uuid, p_limit integer, p_now timestamp with time zone) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.recorded_steps(p_workflow_id uuid, p_limit integer, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.recorded_steps(p_workflow_id uuid, p_limit integer, p_now timestamp with time zone) IS 'The recorded steps of a workflow as JSON.';

CREATE FUNCTION workflows.refuse(p_code text, p_detail jsonb, p_hint text) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.refuse(p_code text, p_detail jsonb, p_hint text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.refuse(p_code text, p_detail jsonb, p_hint text) IS 'Raises one of the documented errors WF001 to WF010.';

CREATE FUNCTION workflows.refuse_approval(p_set workflows.parameter_set, p_actor text) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.refuse_approval(p_set workflows.parameter_set, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.refuse_approval(p_set workflows.parameter_set, p_actor text) IS 'Refuses to approve a recipe that does not fit, or that its author approves where another must.';

CREATE FUNCTION workflows.refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.refuse_audit_change() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.refuse_audit_change() IS 'Keeps audit append-only.';

CREATE FUNCTION workflows.refuse_audit_removal() RETURNS trigger
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.refuse_audit_removal() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.refuse_audit_removal() IS 'Keeps in audit what audit_keep_days keeps.';

CREATE FUNCTION workflows.refuse_closed_prompt(p_prompt workflows.prompt, p_now timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.refuse_closed_prompt(p_prompt workflows.prompt, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.refuse_closed_prompt(p_prompt workflows.prompt, p_now timestamp with time zone) IS 'Refuses to answer a prompt that is not open.';

CREATE FUNCTION workflows.refuse_occurrence(p_schedule workflows.schedule, p_message text, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.refuse_occurrence(p_schedule workflows.schedule, p_message text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.refuse_occurrence(p_schedule workflows.schedule, p_message text, p_now timestamp with time zone) IS 'Notes an occurrence of a schedule that could not be enqueued.';

CREATE FUNCTION workflows.refuse_request(p_request_id text) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.refuse_request(p_request_id text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.refuse_request(p_request_id text) IS 'Refuses a request id that belongs to another order.';

CREATE FUNCTION workflows.refuse_signatures(p_prompt workflows.prompt, p_options jsonb) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.refuse_signatures(p_prompt workflows.prompt, p_options jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.refuse_signatures(p_prompt workflows.prompt, p_options jsonb) IS 'Refuses signatures that a prompt does not take.';

CREATE FUNCTION workflows.refuse_unless(p_problem text, p_field text) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.refuse_unless(p_problem text, p_field text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.refuse_unless(p_problem text, p_field text) IS 'Refuses an argument that has a problem.';

CREATE FUNCTION workflows.refuse_values(p_problem jsonb) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.refuse_values(p_problem jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.refuse_values(p_problem jsonb) IS 'Refuses values that do not fit.';

CREATE FUNCTION workflows.register_definitions(p_worker_id uuid, p_definitions json, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.register_definitions(p_worker_id uuid, p_definitions json, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.register_definitions(p_worker_id uuid, p_definitions json, p_now timestamp with time zone) IS 'Writes the definitions that a worker can run.';

CREATE FUNCTION workflows.register_worker(p_worker_id text, p_registration text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_sort TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS ...;

ALTER FUNCTION workflows.register_worker(p_worker_id text, p_registration text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.register_worker(p_worker_id text, p_registration text) IS 'Registers a worker, its queues and what it can run.';

CREATE FUNCTION workflows.reject_entries(p_entries text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.reject_entries(p_entries text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.reject_entries(p_entries text) IS 'Keeps entries that could not be enqueued, until somebody decides.';

CREATE FUNCTION workflows.release_due(p_limit integer, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.release_due(p_limit integer, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.release_due(p_limit integer, p_now timestamp with time zone) IS 'Moves workflows whose time has come.';

CREATE FUNCTION workflows.release_rates(p_limit integer, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.release_rates(p_limit integer, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.release_rates(p_limit integer, p_now timestamp with time zone) IS 'Frees what was taken of rate limits and is over.';

CREATE TABLE workflows.worker (
    worker_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    renewed_at timestamp with time zone NOT NULL,
    lost_at timestamp with time zone,
    retired_at timestamp with time zone,
    running_count integer DEFAULT 0 NOT NULL,
    listen_mode text NOT NULL,
    lease_seconds double precision NOT NULL,
    threads integer NOT NULL,
    queue_ids integer[] NOT NULL,
    worker_name text NOT NULL,
    host_name text,
    process_id text,
    library_version text,
    database_user text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    role text DEFAULT 'process'::text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_draining boolean DEFAULT false NOT NULL,
    project_name text,
    generation bigint,
    CONSTRAINT worker_listen_mode CHECK ((listen_mode = ANY (ARRAY['listen'::text, 'poll'::text, 'starting'::text])))
)
WITH (fillfactor='20', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='500');

ALTER TABLE workflows.worker OWNER TO workflows_owner;

COMMENT ON TABLE workflows.worker IS 'One row per running engine; renewing touches this row alone, whatever it works on.';

COMMENT ON COLUMN workflows.worker.worker_id IS 'Made at each start of an engine.';

COMMENT ON COLUMN workflows.worker.expires_at IS 'Lost when this passes without renewal.';

COMMENT ON COLUMN workflows.worker.renewed_at IS 'When it last renewed.';

COMMENT ON COLUMN workflows.worker.lost_at IS 'When it was declared lost.';

COMMENT ON COLUMN workflows.worker.retired_at IS 'When it stopped.';

COMMENT ON COLUMN workflows.worker.running_count IS 'How many workflows it holds.';

COMMENT ON COLUMN workflows.worker.listen_mode IS 'listen: hears of work at once; poll: looks for it.';

COMMENT ON COLUMN workflows.worker.lease_seconds IS 'Length of its lease.';

COMMENT ON COLUMN workflows.worker.threads IS 'Most workflows it runs at once.';

COMMENT ON COLUMN workflows.worker.queue_ids IS 'Queues it works.';

COMMENT ON COLUMN workflows.worker.worker_name IS 'Readable name.';

COMMENT ON COLUMN workflows.worker.host_name IS 'Host.';

COMMENT ON COLUMN workflows.worker.process_id IS 'Process.';

COMMENT ON COLUMN workflows.worker.library_version IS 'Version of the library.';

COMMENT ON COLUMN workflows.worker.database_user IS 'Database user of the session.';

COMMENT ON COLUMN workflows.worker.started_at IS 'When it registered.';

COMMENT ON COLUMN workflows.worker.role IS 'Of its node: process, independent, master or backup.';

COMMENT ON COLUMN workflows.worker.is_active IS 'False: its node stands by.';

COMMENT ON COLUMN workflows.worker.is_draining IS 'True: it claims nothing more.';

COMMENT ON COLUMN workflows.worker.project_name IS 'Ignition project whose scripts it runs.';

COMMENT ON COLUMN workflows.worker.generation IS 'Counts the saves of its scripts.';

CREATE FUNCTION workflows.release_unknown(p_worker workflows.worker, p_held json, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.release_unknown(p_worker workflows.worker, p_held json, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.release_unknown(p_worker workflows.worker, p_held json, p_now timestamp with time zone) IS 'Releases leases that their worker does not know of.';

CREATE FUNCTION workflows.remove_audit(p_limit integer, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.remove_audit(p_limit integer, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.remove_audit(p_limit integer, p_now timestamp with time zone) IS 'Removes audit rows that are older than audit_keep_days.';

CREATE FUNCTION workflows.remove_blackout(p_blackout_id integer, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.remove_blackout(p_blackout_id integer, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.remove_blackout(p_blackout_id integer, p_options text) IS 'Takes a blackout away.';

CREATE FUNCTION workflows.remove_hot_row(p_workflow workflows.workflow) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.remove_hot_row(p_workflow workflows.workflow) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.remove_hot_row(p_workflow workflows.workflow) IS 'Removes the hot row of a locked workflow that does not run.';

CREATE FUNCTION workflows.remove_over(p_after uuid, p_limit integer, p_now timestamp with time zone, OUT removed jsonb, OUT passed_by integer, OUT next_id uuid) RETURNS record
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.remove_over(p_after uuid, p_limit integer, p_now timestamp with time zone, OUT removed jsonb, OUT passed_by integer, OUT next_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.remove_over(p_after uuid, p_limit integer, p_now timestamp with time zone, OUT removed jsonb, OUT passed_by integer, OUT next_id uuid) IS 'Removes what is kept no longer, from an id on.';

CREATE FUNCTION workflows.remove_rejected(p_limit integer, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.remove_rejected(p_limit integer, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.remove_rejected(p_limit integer, p_now timestamp with time zone) IS 'Removes rejected entries that were decided about long ago.';

CREATE FUNCTION workflows.remove_talk(p_workflow_ids uuid[]) RETURNS jsonb
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.remove_talk(p_workflow_ids uuid[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.remove_talk(p_workflow_ids uuid[]) IS 'Removes what some ended workflows said and heard, a bounded number of rows.';

CREATE FUNCTION workflows.remove_workflows(p_workflow_ids uuid[], p_ends timestamp with time zone[]) RETURNS jsonb
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.remove_workflows(p_workflow_ids uuid[], p_ends timestamp with time zone[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.remove_workflows(p_workflow_ids uuid[], p_ends timestamp with time zone[]) IS 'Removes workflows that have ended, with all that belongs to them.';

CREATE FUNCTION workflows.rename_parameter_set(p_workflow_name text, p_set_name text, p_new_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.rename_parameter_set(p_workflow_name text, p_set_name text, p_new_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.rename_parameter_set(p_workflow_name text, p_set_name text, p_new_name text, p_options text) IS 'Gives a recipe another name.';

CREATE FUNCTION workflows.renew_worker(p_worker_id text, p_held text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_sort TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS ...;

ALTER FUNCTION workflows.renew_worker(p_worker_id text, p_held text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.renew_worker(p_worker_id text, p_held text) IS 'Renews all leases of a worker and tells it what waits for it.';

CREATE FUNCTION workflows.repeat_workflow(p_workflow workflows.workflow, p_step_key text, p_options jsonb, p_now timestamp with time zone) RETURNS uuid
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.repeat_workflow(p_workflow workflows.workflow, p_step_key text, p_options jsonb, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.repeat_workflow(p_workflow workflows.workflow, p_step_key text, p_options jsonb, p_now timestamp with time zone) IS 'Enqueues a workflow again under a new id.';

CREATE FUNCTION workflows.replace_waiting(p_workflow_id uuid, p_request workflows.enqueue_request) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.replace_waiting(p_workflow_id uuid, p_request workflows.enqueue_request) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.replace_waiting(p_workflow_id uuid, p_request workflows.enqueue_request) IS 'Replaces the inputs of a workflow that has not started.';

CREATE FUNCTION workflows.requeue_ordered(p_workflow workflows.workflow, p_order text, p_handler_no integer, p_reason text, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.requeue_ordered(p_workflow workflows.workflow, p_order text, p_handler_no integer, p_reason text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.requeue_ordered(p_workflow workflows.workflow, p_order text, p_handler_no integer, p_reason text, p_now timestamp with time zone) IS 'Sends a workflow to the queue with an order that it must carry out.';

CREATE FUNCTION workflows.requeue_workflows(p_workflow_ids uuid[]) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.requeue_workflows(p_workflow_ids uuid[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.requeue_workflows(p_workflow_ids uuid[]) IS 'Makes locked workflows claimable.';

CREATE FUNCTION workflows.require_calendar(p_calendar_name text) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.require_calendar(p_calendar_name text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.require_calendar(p_calendar_name text) IS 'Refuses a calendar that there is not.';

CREATE FUNCTION workflows.require_reason(p_queue_id integer, p_reason text) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.require_reason(p_queue_id integer, p_reason text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.require_reason(p_queue_id integer, p_reason text) IS 'Refuses a command without a reason where the queue asks for one.';

CREATE FUNCTION workflows.require_worker(p_worker_id text) RETURNS uuid
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.require_worker(p_worker_id text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.require_worker(p_worker_id text) IS 'Reads the id of a worker that is at work.';

CREATE FUNCTION workflows.require_workflow(p_workflow_id text) RETURNS uuid
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.require_workflow(p_workflow_id text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.require_workflow(p_workflow_id text) IS 'Reads the id of a workflow that there is.';

CREATE FUNCTION workflows.reset_of(p_workflow workflows.workflow) RETURNS uuid
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.reset_of(p_workflow workflows.workflow) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.reset_of(p_workflow workflows.workflow) IS 'What a workflow that has ended was reset to, or null.';

CREATE FUNCTION workflows.reset_setting(p_name text, p_actor text DEFAULT 'script'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.reset_setting(p_name text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.reset_setting(p_name text, p_actor text) IS 'Sets a setting to its default.';

CREATE FUNCTION workflows.resolve_inputs(p_workflow_name text, p_inputs text DEFAULT '{}'::text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.resolve_inputs(p_workflow_name text, p_inputs text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.resolve_inputs(p_workflow_name text, p_inputs text, p_options text) IS 'What a workflow would start with, and what is wrong with it, as JSON.';

CREATE FUNCTION workflows.resolve_rejected_entry(p_workflow_id text, p_action text, p_actor text DEFAULT 'script'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.resolve_rejected_entry(p_workflow_id text, p_action text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.resolve_rejected_entry(p_workflow_id text, p_action text, p_actor text) IS 'Enqueues a rejected entry again, or discards it.';

CREATE FUNCTION workflows.resolve_requests(p_requests workflows.enqueue_request[]) RETURNS workflows.enqueue_request[]
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.resolve_requests(p_requests workflows.enqueue_request[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.resolve_requests(p_requests workflows.enqueue_request[]) IS 'Requests with the values that they start with.';

CREATE FUNCTION workflows.resolve_values(p_workflow_name text, p_workflow_version integer, p_inputs jsonb, p_recipe jsonb, OUT resolved jsonb, OUT problems jsonb, OUT frozen jsonb, OUT base jsonb) RETURNS record
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.resolve_values(p_workflow_name text, p_workflow_version integer, p_inputs jsonb, p_recipe jsonb, OUT resolved jsonb, OUT problems jsonb, OUT frozen jsonb, OUT base jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.resolve_values(p_workflow_name text, p_workflow_version integer, p_inputs jsonb, p_recipe jsonb, OUT resolved jsonb, OUT problems jsonb, OUT frozen jsonb, OUT base jsonb) IS 'What a workflow would start with, and everything that is wrong with it.';

CREATE FUNCTION workflows.resume_held(p_workflow workflows.workflow, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.resume_held(p_workflow workflows.workflow, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.resume_held(p_workflow workflows.workflow, p_now timestamp with time zone) IS 'Brings a held workflow back to where it was.';

CREATE FUNCTION workflows.resume_queue(p_queue_name text, p_reason text DEFAULT NULL::text, p_actor text DEFAULT 'script'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.resume_queue(p_queue_name text, p_reason text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.resume_queue(p_queue_name text, p_reason text, p_actor text) IS 'Resumes a paused queue.';

CREATE FUNCTION workflows.resume_schedule(p_schedule_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.resume_schedule(p_schedule_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.resume_schedule(p_schedule_name text, p_options text) IS 'Resumes a paused schedule.';

CREATE FUNCTION workflows.resume_worker(p_worker_id text, p_reason text DEFAULT NULL::text, p_actor text DEFAULT 'script'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.resume_worker(p_worker_id text, p_reason text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.resume_worker(p_worker_id text, p_reason text, p_actor text) IS 'Lets a worker claim again that was told to claim nothing more.';

CREATE FUNCTION workflows.retention_changed(p_queue_id integer, p_status text, p_before text, p_actor text) RETURNS bigint
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.retention_changed(p_queue_id integer, p_status text, p_before text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.retention_changed(p_queue_id integer, p_status text, p_before text, p_actor text) IS 'Audits a change of a retention policy and begins anew.';

CREATE FUNCTION workflows.retention_figures(p_queue_id integer, p_status text, OUT oldest_ended_at timestamp with time zone, OUT over_count bigint) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.retention_figures(p_queue_id integer, p_status text, OUT oldest_ended_at timestamp with time zone, OUT over_count bigint) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.retention_figures(p_queue_id integer, p_status text, OUT oldest_ended_at timestamp with time zone, OUT over_count bigint) IS 'What the removal of one retention policy is behind with.';

CREATE FUNCTION workflows.retention_queue(p_queue_name text) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.retention_queue(p_queue_name text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.retention_queue(p_queue_name text) IS 'Number of a queue by its name; 0: every queue.';

CREATE FUNCTION workflows.retention_status_of(p_options jsonb) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.retention_status_of(p_options jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.retention_status_of(p_options jsonb) IS 'Status that a retention policy is for, as the options say.';

CREATE FUNCTION workflows.retention_text(p_queue_id integer, p_status text) RETURNS text
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.retention_text(p_queue_id integer, p_status text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.retention_text(p_queue_id integer, p_status text) IS 'One retention policy as JSON.';

CREATE FUNCTION workflows.retention_turn(p_now timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.retention_turn(p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.retention_turn(p_now timestamp with time zone) IS 'Removes some of what is kept no longer.';

CREATE FUNCTION workflows.retire_worker(p_worker_id text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_sort TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS ...;

ALTER FUNCTION workflows.retire_worker(p_worker_id text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.retire_worker(p_worker_id text) IS 'Retires a worker and releases what it holds.';

CREATE FUNCTION workflows.retry_workflow(p_workflow_id text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.retry_workflow(p_workflow_id text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.retry_workflow(p_workflow_id text, p_options text) IS 'Sends an ended workflow back to work.';

CREATE FUNCTION workflows.run_maintenance(p_limit integer DEFAULT 500) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_sort TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS ...;

ALTER FUNCTION workflows.run_maintenance(p_limit integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.run_maintenance(p_limit integer) IS 'Does bounded maintenance and says when the next timer is due.';

CREATE FUNCTION workflows.run_schedule(p_schedule_name text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.run_schedule(p_schedule_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.run_schedule(p_schedule_name text, p_options text) IS 'Enqueues what a schedule would, now, and returns the workflow id.';

CREATE FUNCTION workflows.schedule_after(p_schedule workflows.schedule, p_fields workflows.cron_fields, p_after timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.schedule_after(p_schedule workflows.schedule, p_fields workflows.cron_fields, p_after timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.schedule_after(p_schedule workflows.schedule, p_fields workflows.cron_fields, p_after timestamp with time zone) IS 'When a schedule occurs next after a moment.';

CREATE FUNCTION workflows.schedule_json(p_schedule workflows.schedule) RETURNS jsonb
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.schedule_json(p_schedule workflows.schedule) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.schedule_json(p_schedule workflows.schedule) IS 'One schedule as JSON.';

CREATE FUNCTION workflows.schedule_seconds(p_key text, p_value jsonb, p_least integer) RETURNS double precision
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.schedule_seconds(p_key text, p_value jsonb, p_least integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.schedule_seconds(p_key text, p_value jsonb, p_least integer) IS 'Seconds among the options of a schedule.';

CREATE FUNCTION workflows.schedule_skip(p_schedule_name text, p_calendar_name text, p_at timestamp with time zone, OUT outcome text, OUT message text) RETURNS record
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.schedule_skip(p_schedule_name text, p_calendar_name text, p_at timestamp with time zone, OUT outcome text, OUT message text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.schedule_skip(p_schedule_name text, p_calendar_name text, p_at timestamp with time zone, OUT outcome text, OUT message text) IS 'Why an occurrence of a schedule is left out.';

CREATE FUNCTION workflows.schedule_time(p_key text, p_value jsonb) RETURNS timestamp with time zone
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.schedule_time(p_key text, p_value jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.schedule_time(p_key text, p_value jsonb) IS 'A time among the options of a schedule.';

CREATE FUNCTION workflows.schema_version() RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS ...;

ALTER FUNCTION workflows.schema_version() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.schema_version() IS 'Number of the newest applied migration.';

CREATE FUNCTION workflows.search_filter(p_filter text, p_now timestamp with time zone) RETURNS jsonb
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.search_filter(p_filter text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.search_filter(p_filter text, p_now timestamp with time zone) IS 'Reads the filter of a search.';

CREATE FUNCTION workflows.search_live(p_statuses text[], p_queue_id integer, p_most bigint) RETURNS uuid[]
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.search_live(p_statuses text[], p_queue_id integer, p_most bigint) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.search_live(p_statuses text[], p_queue_id integer, p_most bigint) IS 'Live workflows of some statuses, in no order, up to a number of them.';

CREATE FUNCTION workflows.search_places(p_filter jsonb, p_before uuid, p_look bigint) RETURNS uuid[]
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.search_places(p_filter jsonb, p_before uuid, p_look bigint) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.search_places(p_filter jsonb, p_before uuid, p_look bigint) IS 'Ids that a search looks at.';

CREATE FUNCTION workflows.search_rows(p_ids uuid[], p_now timestamp with time zone) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.search_rows(p_ids uuid[], p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.search_rows(p_ids uuid[], p_now timestamp with time zone) IS 'Workflows as a list shows them, newest first.';

CREATE FUNCTION workflows.search_workflows(p_filter text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET plan_cache_mode TO 'force_custom_plan'
    AS ...;

ALTER FUNCTION workflows.search_workflows(p_filter text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.search_workflows(p_filter text) IS 'A page of workflows that fit a filter, newest first, as JSON.';

CREATE FUNCTION workflows.send_command(p_workflow_id text, p_command text, p_reason text DEFAULT NULL::text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS ...;

ALTER FUNCTION workflows.send_command(p_workflow_id text, p_command text, p_reason text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.send_command(p_workflow_id text, p_command text, p_reason text, p_options text) IS 'Gives a workflow an order (HOLD, PAUSE, RESUME, STOP, ABORT, RESET) and answers what it did.';

CREATE FUNCTION workflows.send_commands(p_command text, p_filter text, p_reason text DEFAULT NULL::text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.send_commands(p_command text, p_filter text, p_reason text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.send_commands(p_command text, p_filter text, p_reason text, p_options text) IS 'Gives many workflows an order and answers one result each.';

CREATE FUNCTION workflows.send_from_step(p_sender uuid, p_ask json, p_now timestamp with time zone) RETURNS json
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.send_from_step(p_sender uuid, p_ask json, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.send_from_step(p_sender uuid, p_ask json, p_now timestamp with time zone) IS 'Sends a message as a step of a workflow.';

CREATE FUNCTION workflows.send_message(p_workflow_id text, p_message text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS ...;

ALTER FUNCTION workflows.send_message(p_workflow_id text, p_message text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.send_message(p_workflow_id text, p_message text, p_options text) IS 'Sends a message to a live workflow.';

CREATE FUNCTION workflows.send_one(p_workflow_id uuid, p_command text, p_reason text, p_options jsonb) RETURNS json
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.send_one(p_workflow_id uuid, p_command text, p_reason text, p_options jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.send_one(p_workflow_id uuid, p_command text, p_reason text, p_options jsonb) IS 'One order of many, with its result.';

CREATE FUNCTION workflows.session_source() RETURNS text
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.session_source() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.session_source() IS 'Application name and client address of the session.';

CREATE FUNCTION workflows.set_before(p_workflow_name text, p_set_name text, p_version integer, p_before integer) RETURNS workflows.parameter_set
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.set_before(p_workflow_name text, p_set_name text, p_version integer, p_before integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_before(p_workflow_name text, p_set_name text, p_version integer, p_before integer) IS 'One version of a recipe, or WF003.';

CREATE FUNCTION workflows.set_calendar(p_calendar_name text, p_calendar text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.set_calendar(p_calendar_name text, p_calendar text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_calendar(p_calendar_name text, p_calendar text, p_options text) IS 'Makes or replaces a calendar.';

CREATE FUNCTION workflows.set_enum_status(p_enum_name text, p_status text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.set_enum_status(p_enum_name text, p_status text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_enum_status(p_enum_name text, p_status text, p_options text) IS 'Makes versions of an enum active, obsolete or deleted.';

CREATE FUNCTION workflows.set_event(p_workflow_id uuid, p_key text, p_value json, p_now timestamp with time zone) RETURNS json
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.set_event(p_workflow_id uuid, p_key text, p_value json, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_event(p_workflow_id uuid, p_key text, p_value json, p_now timestamp with time zone) IS 'Publishes a value of a workflow.';

CREATE FUNCTION workflows.set_json(p_set workflows.parameter_set) RETURNS json
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.set_json(p_set workflows.parameter_set) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_json(p_set workflows.parameter_set) IS 'One recipe as JSON.';

CREATE FUNCTION workflows.set_maintenance_modes(p_may_wait boolean) RETURNS integer[]
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.set_maintenance_modes(p_may_wait boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_maintenance_modes(p_may_wait boolean) IS 'Brings queues to the maintenance mode that was ordered.';

CREATE FUNCTION workflows.set_parameter_set_status(p_workflow_name text, p_set_name text, p_status text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.set_parameter_set_status(p_workflow_name text, p_set_name text, p_status text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_parameter_set_status(p_workflow_name text, p_set_name text, p_status text, p_options text) IS 'Approves a version of a recipe, makes it obsolete, or deletes it.';

CREATE FUNCTION workflows.set_problem(p_set workflows.parameter_set, p_recipe jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.set_problem(p_set workflows.parameter_set, p_recipe jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_problem(p_set workflows.parameter_set, p_recipe jsonb) IS 'Why nothing is started from a recipe, or null.';

CREATE FUNCTION workflows.set_problems(p_workflow_name text, p_template workflows.parameter_template, p_values jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.set_problems(p_workflow_name text, p_template workflows.parameter_template, p_values jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_problems(p_workflow_name text, p_template workflows.parameter_template, p_values jsonb) IS 'What does not fit among the values of a recipe.';

CREATE FUNCTION workflows.set_queue(p_queue_name text, p_options text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.set_queue(p_queue_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_queue(p_queue_name text, p_options text) IS 'Sets limits and policies of a queue.';

CREATE FUNCTION workflows.set_retention(p_queue_name text DEFAULT NULL::text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.set_retention(p_queue_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_retention(p_queue_name text, p_options text) IS 'Says how long ended workflows are kept.';

CREATE FUNCTION workflows.set_schedule(p_schedule_name text, p_options text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.set_schedule(p_schedule_name text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_schedule(p_schedule_name text, p_options text) IS 'Changes a schedule.';

CREATE FUNCTION workflows.set_setting(p_name text, p_value text, p_actor text DEFAULT 'script'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.set_setting(p_name text, p_value text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_setting(p_name text, p_value text, p_actor text) IS 'Changes a setting.';

CREATE FUNCTION workflows.set_template_status(p_workflow_name text, p_template_name text, p_status text, p_options text DEFAULT '{}'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.set_template_status(p_workflow_name text, p_template_name text, p_status text, p_options text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.set_template_status(p_workflow_name text, p_template_name text, p_status text, p_options text) IS 'Makes versions of a template active, obsolete or deleted.';

CREATE FUNCTION workflows.setting_of(p_name text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.setting_of(p_name text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.setting_of(p_name text) IS 'Value of one setting as text.';

CREATE FUNCTION workflows.settle_ending(p_workflow workflows.workflow, p_order text, p_has_failed boolean, p_reason text, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.settle_ending(p_workflow workflows.workflow, p_order text, p_has_failed boolean, p_reason text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.settle_ending(p_workflow workflows.workflow, p_order text, p_has_failed boolean, p_reason text, p_now timestamp with time zone) IS 'Ends a workflow as a command or deadline ordered.';

CREATE FUNCTION workflows.settle_error(p_workflow workflows.workflow, p_lease workflows.lease, p_error json, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.settle_error(p_workflow workflows.workflow, p_lease workflows.lease, p_error json, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.settle_error(p_workflow workflows.workflow, p_lease workflows.lease, p_error json, p_now timestamp with time zone) IS 'Decides what follows an exception of a workflow.';

CREATE FUNCTION workflows.settle_leaving(p_workflow workflows.workflow, p_lease workflows.lease, p_outcome text, p_step_key text, p_error json, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.settle_leaving(p_workflow workflows.workflow, p_lease workflows.lease, p_outcome text, p_step_key text, p_error json, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.settle_leaving(p_workflow workflows.workflow, p_lease workflows.lease, p_outcome text, p_step_key text, p_error json, p_now timestamp with time zone) IS 'Moves a workflow that left its worker.';

CREATE FUNCTION workflows.settle_workflow(p_workflow_id uuid, p_status text, p_state text, p_reason text, p_resume_status text, p_resume_at timestamp with time zone, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.settle_workflow(p_workflow_id uuid, p_status text, p_state text, p_reason text, p_resume_status text, p_resume_at timestamp with time zone, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.settle_workflow(p_workflow_id uuid, p_status text, p_state text, p_reason text, p_resume_status text, p_resume_at timestamp with time zone, p_now timestamp with time zone) IS 'Moves one locked workflow to a new status.';

CREATE FUNCTION workflows.shift_problem(p_shift jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.shift_problem(p_shift jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.shift_problem(p_shift jsonb) IS 'What is wrong with a shift, or null.';

CREATE FUNCTION workflows.short_gate_name(p_gate_name text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.short_gate_name(p_gate_name text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.short_gate_name(p_gate_name text) IS 'The name of a resource or partition key as it was given.';

CREATE FUNCTION workflows.short_json(p_text text) RETURNS json
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.short_json(p_text text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.short_json(p_text text) IS 'JSON that is not too long for a screen, or null.';

CREATE FUNCTION workflows.signature_problems(p_definition workflows.workflow_definition, p_meta jsonb, OUT id text, OUT problem text) RETURNS SETOF record
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.signature_problems(p_definition workflows.workflow_definition, p_meta jsonb, OUT id text, OUT problem text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.signature_problems(p_definition workflows.workflow_definition, p_meta jsonb, OUT id text, OUT problem text) IS 'Keys of a template that its workflow does not take, and those that it lacks.';

CREATE FUNCTION workflows.start_children(p_parent uuid, p_step_key text, p_ask json, p_now timestamp with time zone) RETURNS json
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.start_children(p_parent uuid, p_step_key text, p_ask json, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.start_children(p_parent uuid, p_step_key text, p_ask json, p_now timestamp with time zone) IS 'Starts the children of a workflow as one step.';

CREATE FUNCTION workflows.steps_in_doubt(p_workflow_id uuid) RETURNS text
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.steps_in_doubt(p_workflow_id uuid) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.steps_in_doubt(p_workflow_id uuid) IS 'Names the steps of which nobody knows whether they took place.';

CREATE FUNCTION workflows.suspend_until(p_workflow_id uuid, p_step_key text, p_now timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.suspend_until(p_workflow_id uuid, p_step_key text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.suspend_until(p_workflow_id uuid, p_step_key text, p_now timestamp with time zone) IS 'Until when a workflow that waits at a step is parked.';

CREATE FUNCTION workflows.sweep_lanes() RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.sweep_lanes() OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.sweep_lanes() IS 'Corrects the marks of lanes.';

CREATE FUNCTION workflows.switch_queue(p_queue_name text, p_is_paused boolean, p_reason text, p_actor text) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.switch_queue(p_queue_name text, p_is_paused boolean, p_reason text, p_actor text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.switch_queue(p_queue_name text, p_is_paused boolean, p_reason text, p_actor text) IS 'Pauses or resumes a queue.';

CREATE FUNCTION workflows.switch_schedule(p_schedule workflows.schedule, p_is_paused boolean, p_reason text, p_actor text, p_now timestamp with time zone) RETURNS jsonb
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.switch_schedule(p_schedule workflows.schedule, p_is_paused boolean, p_reason text, p_actor text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.switch_schedule(p_schedule workflows.schedule, p_is_paused boolean, p_reason text, p_actor text, p_now timestamp with time zone) IS 'Pauses or resumes a schedule.';

CREATE FUNCTION workflows.take_child_orders(p_limit integer) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.take_child_orders(p_limit integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.take_child_orders(p_limit integer) IS 'Gives children the orders of their parents.';

CREATE FUNCTION workflows.take_deduplication_id(p_request workflows.enqueue_request, p_now timestamp with time zone) RETURNS jsonb
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.take_deduplication_id(p_request workflows.enqueue_request, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.take_deduplication_id(p_request workflows.enqueue_request, p_now timestamp with time zone) IS 'Takes a deduplication id for a request, or says who holds it.';

CREATE FUNCTION workflows.take_maintenance(p_now timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.take_maintenance(p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.take_maintenance(p_now timestamp with time zone) IS 'Takes the maintenance turn of this second.';

CREATE FUNCTION workflows.take_order_back(p_workflow workflows.workflow, p_order text, p_from_status text, p_from_state text, p_now timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.take_order_back(p_workflow workflows.workflow, p_order text, p_from_status text, p_from_state text, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.take_order_back(p_workflow workflows.workflow, p_order text, p_from_status text, p_from_state text, p_now timestamp with time zone) IS 'Takes one order back.';

CREATE FUNCTION workflows.take_ready(p_worker_id uuid, p_queue_ids integer[], p_start_now integer, p_prefetch integer, p_claim_no bigint, p_now timestamp with time zone, OUT taken integer, OUT is_contended boolean) RETURNS record
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.take_ready(p_worker_id uuid, p_queue_ids integer[], p_start_now integer, p_prefetch integer, p_claim_no bigint, p_now timestamp with time zone, OUT taken integer, OUT is_contended boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.take_ready(p_worker_id uuid, p_queue_ids integer[], p_start_now integer, p_prefetch integer, p_claim_no bigint, p_now timestamp with time zone, OUT taken integer, OUT is_contended boolean) IS 'Takes claimable workflows for a worker.';

CREATE FUNCTION workflows.take_turn(p_may_wait boolean) RETURNS boolean
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.take_turn(p_may_wait boolean) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.take_turn(p_may_wait boolean) IS 'Takes the right to hand gates over, until commit.';

CREATE FUNCTION workflows.take_wake_calls(p_limit integer) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.take_wake_calls(p_limit integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.take_wake_calls(p_limit integer) IS 'Wakes the waiting workflows for which something came.';

CREATE FUNCTION workflows.takes_commands_itself(p_workflow workflows.workflow, p_command text) RETURNS boolean
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.takes_commands_itself(p_workflow workflows.workflow, p_command text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.takes_commands_itself(p_workflow workflows.workflow, p_command text) IS 'Whether a command is for the workflow function itself.';

CREATE FUNCTION workflows.template_fields(p_meta jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.template_fields(p_meta jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.template_fields(p_meta jsonb) IS 'The fields of a template.';

CREATE FUNCTION workflows.template_json(p_template workflows.parameter_template) RETURNS json
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.template_json(p_template workflows.parameter_template) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.template_json(p_template workflows.parameter_template) IS 'One template without its form as JSON.';

CREATE FUNCTION workflows.template_problems(p_workflow_name text, p_form jsonb, p_meta jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.template_problems(p_workflow_name text, p_form jsonb, p_meta jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.template_problems(p_workflow_name text, p_form jsonb, p_meta jsonb) IS 'Everything that keeps a form from starting its workflow.';

CREATE FUNCTION workflows.text_of(p_value json) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.text_of(p_value json) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.text_of(p_value json) IS 'A JSON string as the text that it stands for, anything else as it was written.';

CREATE TABLE workflows.gate_ticket (
    gate_id bigint NOT NULL,
    priority smallint NOT NULL,
    ticket_seq bigint NOT NULL,
    workflow_id uuid NOT NULL,
    queue_id integer NOT NULL,
    is_holder boolean DEFAULT false NOT NULL,
    is_held boolean DEFAULT false NOT NULL,
    gate_name text NOT NULL
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000', autovacuum_vacuum_cost_delay='0');

ALTER TABLE workflows.gate_ticket OWNER TO workflows_owner;

COMMENT ON TABLE workflows.gate_ticket IS 'Who holds and who waits for a partition key or resource; the unique index makes one holder exact.';

COMMENT ON COLUMN workflows.gate_ticket.gate_id IS 'Hash that stands for the partition key or resource.';

COMMENT ON COLUMN workflows.gate_ticket.priority IS 'Lower goes first, -100 to 100.';

COMMENT ON COLUMN workflows.gate_ticket.ticket_seq IS 'Place in the line of this gate.';

COMMENT ON COLUMN workflows.gate_ticket.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.gate_ticket.queue_id IS 'The queue.';

COMMENT ON COLUMN workflows.gate_ticket.is_holder IS 'True: holds the gate.';

COMMENT ON COLUMN workflows.gate_ticket.is_held IS 'True: passed over while its workflow is held.';

COMMENT ON COLUMN workflows.gate_ticket.gate_name IS 'Partition key or resource in words.';

CREATE FUNCTION workflows.ticket_json(p_ticket workflows.gate_ticket) RETURNS json
    LANGUAGE plpgsql STABLE
    AS ...;

ALTER FUNCTION workflows.ticket_json(p_ticket workflows.gate_ticket) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.ticket_json(p_ticket workflows.gate_ticket) IS 'One place in a wait list as JSON.';

CREATE FUNCTION workflows.tidy_turn(p_progress workflows.retention_progress, p_now timestamp with time zone) RETURNS workflows.retention_progress
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.tidy_turn(p_progress workflows.retention_progress, p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.tidy_turn(p_progress workflows.retention_progress, p_now timestamp with time zone) IS 'Removes old audit and old rejected entries.';

CREATE FUNCTION workflows.time_problem(p_value jsonb, p_text text) RETURNS text
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.time_problem(p_value jsonb, p_text text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.time_problem(p_value jsonb, p_text text) IS 'What is wrong with a time given as text, or null.';

CREATE FUNCTION workflows.unmark_idle(p_queue_ids integer[]) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.unmark_idle(p_queue_ids integer[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.unmark_idle(p_queue_ids integer[]) IS 'Takes the idle mark of this session back.';

CREATE FUNCTION workflows.unpark_waiting(p_waiting uuid[], p_held uuid[]) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.unpark_waiting(p_waiting uuid[], p_held uuid[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.unpark_waiting(p_waiting uuid[], p_held uuid[]) IS 'Sends locked workflows on for which something came.';

CREATE FUNCTION workflows.upcoming(p_schedule_name text, p_count integer, OUT n integer, OUT occurs_at timestamp with time zone, OUT local_time text, OUT is_skipped boolean, OUT skip_reason text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET jit TO 'off'
    AS ...;

ALTER FUNCTION workflows.upcoming(p_schedule_name text, p_count integer, OUT n integer, OUT occurs_at timestamp with time zone, OUT local_time text, OUT is_skipped boolean, OUT skip_reason text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.upcoming(p_schedule_name text, p_count integer, OUT n integer, OUT occurs_at timestamp with time zone, OUT local_time text, OUT is_skipped boolean, OUT skip_reason text) IS 'The next occurrences of a schedule.';

CREATE FUNCTION workflows.use_key_rate(p_granted uuid[], p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.use_key_rate(p_granted uuid[], p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.use_key_rate(p_granted uuid[], p_now timestamp with time zone) IS 'Counts workflows that got their key against the rate limit of that key.';

CREATE FUNCTION workflows.use_rate(p_claimed uuid[], p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.use_rate(p_claimed uuid[], p_now timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.use_rate(p_claimed uuid[], p_now timestamp with time zone) IS 'Counts claimed workflows against the rate limits of their queues.';

CREATE FUNCTION workflows.values_problem(p_field text, p_problems jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.values_problem(p_field text, p_problems jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.values_problem(p_field text, p_problems jsonb) IS 'Detail of a WF002 with every problem of some values, or null.';

CREATE FUNCTION workflows.waiting_version(p_workflow_name text, p_deduplication_id text, p_asked integer) RETURNS integer
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.waiting_version(p_workflow_name text, p_deduplication_id text, p_asked integer) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.waiting_version(p_workflow_name text, p_deduplication_id text, p_asked integer) IS 'Version of the workflow whose values a request would replace, else the one it asks for.';

CREATE FUNCTION workflows.wake_later(p_workflow_ids uuid[], p_topic text DEFAULT NULL::text) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.wake_later(p_workflow_ids uuid[], p_topic text) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.wake_later(p_workflow_ids uuid[], p_topic text) IS 'Wakes workflows that wait, when the transaction commits.';

CREATE FUNCTION workflows.wake_parents(p_ended uuid[]) RETURNS integer
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.wake_parents(p_ended uuid[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.wake_parents(p_ended uuid[]) IS 'Has the parents of ended workflows looked at.';

CREATE FUNCTION workflows.with_defaults(p_parameters jsonb, p_values jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.with_defaults(p_parameters jsonb, p_values jsonb) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.with_defaults(p_parameters jsonb, p_values jsonb) IS 'Values with the declared defaults of those that are not given.';

CREATE FUNCTION workflows.without_locked_rows(p_workflow_ids uuid[]) RETURNS uuid[]
    LANGUAGE plpgsql
    AS ...;

ALTER FUNCTION workflows.without_locked_rows(p_workflow_ids uuid[]) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.without_locked_rows(p_workflow_ids uuid[]) IS 'Those of some ended workflows of which nobody has locked a row.';

CREATE FUNCTION workflows.workflow_fits(p_status text, p_state text, p_ended_at timestamp with time zone, p_held_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS ...;

ALTER FUNCTION workflows.workflow_fits(p_status text, p_state text, p_ended_at timestamp with time zone, p_held_at timestamp with time zone) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.workflow_fits(p_status text, p_state text, p_ended_at timestamp with time zone, p_held_at timestamp with time zone) IS 'Whether status, state and times of a workflow go together.';

CREATE FUNCTION workflows.workflow_json(p_workflow workflows.workflow) RETURNS json
    LANGUAGE sql STABLE
    AS ...;

ALTER FUNCTION workflows.workflow_json(p_workflow workflows.workflow) OWNER TO workflows_owner;

COMMENT ON FUNCTION workflows.workflow_json(p_workflow workflows.workflow) IS 'One workflow as JSON.';

CREATE TABLE workflows.failed_workflow (
    workflow_id uuid NOT NULL,
    queue_id integer NOT NULL,
    ended_at timestamp with time zone NOT NULL
);

ALTER TABLE workflows.failed_workflow OWNER TO workflows_owner;

COMMENT ON TABLE workflows.failed_workflow IS 'Workflows that ended in ERROR with no try left; the view dead_letter shows them.';

COMMENT ON COLUMN workflows.failed_workflow.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.failed_workflow.queue_id IS 'The queue.';

COMMENT ON COLUMN workflows.failed_workflow.ended_at IS 'When it ended.';

CREATE TABLE workflows.parked (
    workflow_id uuid NOT NULL,
    queue_id integer NOT NULL,
    status text NOT NULL,
    due_at timestamp with time zone,
    resume_at timestamp with time zone,
    resume_status text,
    CONSTRAINT parked_held_resumes CHECK (((status = 'HELD'::text) = (resume_status IS NOT NULL))),
    CONSTRAINT parked_resume_status CHECK ((resume_status = ANY (ARRAY['ENQUEUED'::text, 'DELAYED'::text, 'BLOCKED'::text, 'WAITING'::text]))),
    CONSTRAINT parked_status CHECK ((status = ANY (ARRAY['DELAYED'::text, 'BLOCKED'::text, 'WAITING'::text, 'HELD'::text])))
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='0');

ALTER TABLE workflows.parked OWNER TO workflows_owner;

COMMENT ON TABLE workflows.parked IS 'Hot rows of live workflows that are neither claimable nor running, with their timers.';

COMMENT ON COLUMN workflows.parked.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.parked.queue_id IS 'The queue.';

COMMENT ON COLUMN workflows.parked.status IS 'DELAYED, BLOCKED, WAITING or HELD.';

COMMENT ON COLUMN workflows.parked.due_at IS 'When it must be looked at again.';

COMMENT ON COLUMN workflows.parked.resume_at IS 'When its own timer is over.';

COMMENT ON COLUMN workflows.parked.resume_status IS 'Where a held one goes back to.';

CREATE TABLE workflows.queue (
    queue_id integer NOT NULL,
    queue_name text NOT NULL,
    is_paused boolean DEFAULT false NOT NULL,
    accepts_work boolean DEFAULT true NOT NULL,
    max_running integer,
    max_enqueued integer,
    history text DEFAULT 'errors'::text NOT NULL,
    pause_reason text,
    created_at timestamp with time zone NOT NULL,
    run_on text DEFAULT 'active'::text NOT NULL,
    maintenance_mode text,
    requires_reason boolean DEFAULT false NOT NULL,
    rate_limit integer,
    rate_seconds double precision,
    key_rate_limit integer,
    key_rate_seconds double precision,
    is_limited boolean GENERATED ALWAYS AS (((max_running IS NOT NULL) OR (rate_limit IS NOT NULL))) STORED NOT NULL,
    calendar_name text,
    is_open boolean DEFAULT true NOT NULL,
    CONSTRAINT queue_history CHECK ((history = ANY (ARRAY['errors'::text, 'full'::text]))),
    CONSTRAINT queue_key_rate_limit CHECK ((key_rate_limit > 0)),
    CONSTRAINT queue_key_rate_seconds CHECK (((key_rate_seconds >= (0.001)::double precision) AND (key_rate_seconds <= (31622400)::double precision))),
    CONSTRAINT queue_maintenance_mode CHECK ((maintenance_mode = ANY (ARRAY['drain'::text, 'cancel'::text]))),
    CONSTRAINT queue_max_enqueued CHECK ((max_enqueued >= 0)),
    CONSTRAINT queue_max_running CHECK ((max_running >= 0)),
    CONSTRAINT queue_rate_limit CHECK ((rate_limit > 0)),
    CONSTRAINT queue_rate_seconds CHECK (((rate_seconds >= (0.001)::double precision) AND (rate_seconds <= (31622400)::double precision))),
    CONSTRAINT queue_run_on CHECK ((run_on = ANY (ARRAY['active'::text, 'any'::text, 'prefer_active'::text])))
);

ALTER TABLE workflows.queue OWNER TO workflows_owner;

COMMENT ON TABLE workflows.queue IS 'Named lines of workflows with their limits and policies.';

COMMENT ON COLUMN workflows.queue.queue_id IS 'Number used inside.';

COMMENT ON COLUMN workflows.queue.queue_name IS 'Name of the queue.';

COMMENT ON COLUMN workflows.queue.is_paused IS 'True: nothing new starts.';

COMMENT ON COLUMN workflows.queue.accepts_work IS 'False: enqueue is refused.';

COMMENT ON COLUMN workflows.queue.max_running IS 'How many may run at once; null: no limit.';

COMMENT ON COLUMN workflows.queue.max_enqueued IS 'How many may be claimable before enqueue is refused; null: no limit.';

COMMENT ON COLUMN workflows.queue.history IS 'full: every transition is audited.';

COMMENT ON COLUMN workflows.queue.pause_reason IS 'Why it was paused.';

COMMENT ON COLUMN workflows.queue.created_at IS 'When it was made.';

COMMENT ON COLUMN workflows.queue.run_on IS 'Workers that may claim: active, any, prefer_active (inactive ones where no active works it).';

COMMENT ON COLUMN workflows.queue.maintenance_mode IS 'drain or cancel while maintenance is entered for it or for all: nothing new starts.';

COMMENT ON COLUMN workflows.queue.requires_reason IS 'True: commands need a reason.';

COMMENT ON COLUMN workflows.queue.rate_limit IS 'How many may be claimed in any rate_seconds; null: no limit.';

COMMENT ON COLUMN workflows.queue.rate_seconds IS 'Seconds that rate_limit is about.';

COMMENT ON COLUMN workflows.queue.key_rate_limit IS 'How many of one partition key may begin in any key_rate_seconds; null: no limit.';

COMMENT ON COLUMN workflows.queue.key_rate_seconds IS 'Seconds that key_rate_limit is about.';

COMMENT ON COLUMN workflows.queue.is_limited IS 'Whether max_running or rate_limit is set: its workflows are not claimed in advance.';

COMMENT ON COLUMN workflows.queue.calendar_name IS 'The calendar that it follows; null: it is always open.';

COMMENT ON COLUMN workflows.queue.is_open IS 'False while that calendar is closed or a blackout is in force: nothing new starts.';

CREATE TABLE workflows.step (
    workflow_id uuid NOT NULL,
    step_key text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    attempts integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    output text,
    error text
)
WITH (autovacuum_vacuum_scale_factor='0.05');

ALTER TABLE workflows.step OWNER TO workflows_owner;

COMMENT ON TABLE workflows.step IS 'What each step of a workflow returned or raised: written once, replayed ever after.';

COMMENT ON COLUMN workflows.step.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.step.step_key IS 'Name of the step, #2 and so on for later calls, after its parent and a slash.';

COMMENT ON COLUMN workflows.step.kind IS 'step, tx (transactional) or sleep.';

COMMENT ON COLUMN workflows.step.status IS 'SUCCESS, ERROR, RETRYING, WAITING; RUNNING: its body began and nothing else is known.';

COMMENT ON COLUMN workflows.step.attempts IS 'Tries so far.';

COMMENT ON COLUMN workflows.step.started_at IS 'When it began.';

COMMENT ON COLUMN workflows.step.ended_at IS 'When it was recorded.';

COMMENT ON COLUMN workflows.step.due_at IS 'Next try, or end of the sleep.';

COMMENT ON COLUMN workflows.step.output IS 'Output as JSON text.';

COMMENT ON COLUMN workflows.step.error IS 'Error as JSON: class, message, traceback.';

CREATE VIEW workflows.attention_needed AS
 WITH held AS NOT MATERIALIZED (
         SELECT w.workflow_id,
            w.workflow_name,
            w.queue_id,
            w.held_at,
            w.reason,
            starts_with(w.reason, 'worker lost'::text) AS is_in_doubt
           FROM (workflows.parked p
             JOIN workflows.workflow w ON ((w.workflow_id = p.workflow_id)))
          WHERE (p.status = 'HELD'::text)
        )
 SELECT n.kind,
    (n.workflow_id)::text AS workflow_id,
    n.workflow_name,
    q.queue_name,
    n.since,
    n.what,
    n.what_to_do
   FROM (( SELECT 'step in doubt'::text AS kind,
            h.workflow_id,
            h.workflow_name,
            h.queue_id,
            h.held_at AS since,
            ('its worker was lost'::text || COALESCE(NULLIF(substr(h.reason, 12), ''::text), (' after step '::text || ( SELECT s.step_key
                   FROM workflows.step s
                  WHERE (s.workflow_id = h.workflow_id)
                  ORDER BY s.ended_at DESC, s.step_key
                 LIMIT 1)), ' before its first step was recorded'::text)) AS what,
            'see whether the work was done; then RESUME, which does it again, or STOP'::text AS what_to_do
           FROM held h
          WHERE h.is_in_doubt
        UNION ALL
         SELECT 'held'::text,
            h.workflow_id,
            h.workflow_name,
            h.queue_id,
            h.held_at,
            COALESCE(('held: '::text || h.reason), 'held'::text) AS "coalesce",
            'RESUME or STOP'::text
           FROM held h
          WHERE (h.is_in_doubt IS NOT TRUE)
        UNION ALL
         SELECT 'prompt'::text,
            p.workflow_id,
            w.workflow_name,
            w.queue_id,
            p.asked_at,
            p.question,
            ('answer prompt '::text || p.prompt_id)
           FROM (workflows.prompt p
             JOIN workflows.workflow w ON ((w.workflow_id = p.workflow_id)))
          WHERE ((p.status = 'OPEN'::text) AND (w.ended_at IS NULL) AND COALESCE((p.due_at > clock_timestamp()), true))
        UNION ALL
         SELECT 'dead letter'::text,
            f.workflow_id,
            w.workflow_name,
            f.queue_id,
            f.ended_at,
            ('ended in ERROR'::text || COALESCE((': '::text || w.reason), ''::text)),
            'retry it once the cause is gone'::text
           FROM (workflows.failed_workflow f
             JOIN workflows.workflow w ON ((w.workflow_id = f.workflow_id)))) n
     JOIN workflows.queue q ON ((q.queue_id = n.queue_id)));

ALTER TABLE workflows.attention_needed OWNER TO workflows_owner;

COMMENT ON VIEW workflows.attention_needed IS 'What waits for a person: one row each.';

COMMENT ON COLUMN workflows.attention_needed.kind IS 'step in doubt (held because its worker was lost), held, prompt or dead letter.';

COMMENT ON COLUMN workflows.attention_needed.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.attention_needed.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.attention_needed.queue_name IS 'Name of the queue.';

COMMENT ON COLUMN workflows.attention_needed.since IS 'Since when it waits.';

COMMENT ON COLUMN workflows.attention_needed.what IS 'What is the matter.';

COMMENT ON COLUMN workflows.attention_needed.what_to_do IS 'What a person can do about it.';

CREATE TABLE workflows.audit (
    audit_id bigint NOT NULL,
    workflow_id uuid,
    change_no integer,
    audited_at timestamp with time zone NOT NULL,
    event text NOT NULL,
    status text,
    state text,
    attempt integer,
    lease_token uuid,
    worker_id uuid,
    actor text,
    database_user text NOT NULL,
    reason text,
    detail text,
    source text,
    old_value text,
    new_value text,
    second_actor text
);

ALTER TABLE workflows.audit OWNER TO workflows_owner;

COMMENT ON TABLE workflows.audit IS 'Append-only: operator acts, errors, reclaims, configuration; every transition where the queue keeps full history.';

COMMENT ON COLUMN workflows.audit.audit_id IS 'Number.';

COMMENT ON COLUMN workflows.audit.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.audit.change_no IS 'The workflows change that this row tells of.';

COMMENT ON COLUMN workflows.audit.audited_at IS 'When.';

COMMENT ON COLUMN workflows.audit.event IS 'What happened.';

COMMENT ON COLUMN workflows.audit.status IS 'Where it stands.';

COMMENT ON COLUMN workflows.audit.state IS 'ISA-88 state that the operator sees.';

COMMENT ON COLUMN workflows.audit.attempt IS 'Number of the claim.';

COMMENT ON COLUMN workflows.audit.lease_token IS 'Random proof of the right to work on it.';

COMMENT ON COLUMN workflows.audit.worker_id IS 'The worker.';

COMMENT ON COLUMN workflows.audit.actor IS 'Who, as the caller said.';

COMMENT ON COLUMN workflows.audit.database_user IS 'Database user of the session.';

COMMENT ON COLUMN workflows.audit.reason IS 'Why, in words.';

COMMENT ON COLUMN workflows.audit.detail IS 'What was changed, or more of what happened.';

COMMENT ON COLUMN workflows.audit.source IS 'Application name and client address of the session, or engine.';

COMMENT ON COLUMN workflows.audit.old_value IS 'What was: status and state, or the value that was configured.';

COMMENT ON COLUMN workflows.audit.new_value IS 'What is: status and state, or the value that is configured.';

COMMENT ON COLUMN workflows.audit.second_actor IS 'Who confirmed it, as the caller said.';

ALTER TABLE workflows.audit ALTER COLUMN audit_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME workflows.audit_audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW workflows.audit_log AS
 SELECT a.audit_id,
    a.audited_at,
    a.event,
    (a.workflow_id)::text AS workflow_id,
    w.workflow_name,
    q.queue_name,
    a.attempt,
    a.detail,
    a.old_value,
    a.new_value,
    a.actor,
    a.second_actor,
    a.reason,
    COALESCE(r.worker_name, (a.worker_id)::text) AS worker_name,
    a.source,
    a.database_user
   FROM (((workflows.audit a
     LEFT JOIN workflows.workflow w ON ((w.workflow_id = a.workflow_id)))
     LEFT JOIN workflows.queue q ON ((q.queue_id = w.queue_id)))
     LEFT JOIN workflows.worker r ON ((r.worker_id = a.worker_id)));

ALTER TABLE workflows.audit_log OWNER TO workflows_owner;

COMMENT ON VIEW workflows.audit_log IS 'What was done and changed: when, by whom, from where, why.';

COMMENT ON COLUMN workflows.audit_log.audit_id IS 'Number, in order of writing.';

COMMENT ON COLUMN workflows.audit_log.audited_at IS 'When.';

COMMENT ON COLUMN workflows.audit_log.event IS 'What happened.';

COMMENT ON COLUMN workflows.audit_log.workflow_id IS 'The workflow, where it concerns one.';

COMMENT ON COLUMN workflows.audit_log.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.audit_log.queue_name IS 'Name of the workflow''s queue.';

COMMENT ON COLUMN workflows.audit_log.attempt IS 'Number of the claim.';

COMMENT ON COLUMN workflows.audit_log.detail IS 'What was changed, or more of what happened.';

COMMENT ON COLUMN workflows.audit_log.old_value IS 'What was: status and state, or the value that was configured.';

COMMENT ON COLUMN workflows.audit_log.new_value IS 'What is: status and state, or the value that is configured.';

COMMENT ON COLUMN workflows.audit_log.actor IS 'Who, as the caller said; engine where nobody asked for it.';

COMMENT ON COLUMN workflows.audit_log.second_actor IS 'Who confirmed it, as the caller said.';

COMMENT ON COLUMN workflows.audit_log.reason IS 'Why, in words.';

COMMENT ON COLUMN workflows.audit_log.worker_name IS 'Name of the worker that did it, or its id once the worker is forgotten.';

COMMENT ON COLUMN workflows.audit_log.source IS 'Application name and client address of the session, or engine.';

COMMENT ON COLUMN workflows.audit_log.database_user IS 'Database user of the session.';

ALTER TABLE workflows.blackout ALTER COLUMN blackout_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME workflows.blackout_blackout_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE workflows.calendar (
    calendar_name text NOT NULL,
    time_zone text NOT NULL,
    description text,
    changed_at timestamp with time zone NOT NULL,
    changed_by text NOT NULL
);

ALTER TABLE workflows.calendar OWNER TO workflows_owner;

COMMENT ON TABLE workflows.calendar IS 'When a plant, a line or an office works.';

COMMENT ON COLUMN workflows.calendar.calendar_name IS 'Name.';

COMMENT ON COLUMN workflows.calendar.time_zone IS 'Time zone of its hours and days.';

COMMENT ON COLUMN workflows.calendar.description IS 'What it is for.';

COMMENT ON COLUMN workflows.calendar.changed_at IS 'When it was set last.';

COMMENT ON COLUMN workflows.calendar.changed_by IS 'Who set it last.';

CREATE TABLE workflows.calendar_holiday (
    calendar_name text NOT NULL,
    holiday date NOT NULL,
    holiday_name text,
    starts_at time without time zone,
    ends_at time without time zone,
    CONSTRAINT calendar_holiday_hours CHECK (((starts_at IS NULL) = (ends_at IS NULL)))
);

ALTER TABLE workflows.calendar_holiday OWNER TO workflows_owner;

COMMENT ON TABLE workflows.calendar_holiday IS 'Days of a calendar on which it is closed, or open at other hours than its shifts.';

COMMENT ON COLUMN workflows.calendar_holiday.calendar_name IS 'The calendar.';

COMMENT ON COLUMN workflows.calendar_holiday.holiday IS 'The day.';

COMMENT ON COLUMN workflows.calendar_holiday.holiday_name IS 'What day it is.';

COMMENT ON COLUMN workflows.calendar_holiday.starts_at IS 'When it is open from; null: closed all day.';

COMMENT ON COLUMN workflows.calendar_holiday.ends_at IS 'When that ends; when that is not later, on the next day.';

CREATE TABLE workflows.calendar_shift (
    calendar_name text NOT NULL,
    shift_name text NOT NULL,
    weekdays integer[] NOT NULL,
    starts_at time without time zone NOT NULL,
    ends_at time without time zone NOT NULL
);

ALTER TABLE workflows.calendar_shift OWNER TO workflows_owner;

COMMENT ON TABLE workflows.calendar_shift IS 'Hours of a calendar that come back every week, in its time zone.';

COMMENT ON COLUMN workflows.calendar_shift.calendar_name IS 'The calendar.';

COMMENT ON COLUMN workflows.calendar_shift.shift_name IS 'Name of the shift.';

COMMENT ON COLUMN workflows.calendar_shift.weekdays IS 'Days on which it begins, from 1 (Monday) to 7.';

COMMENT ON COLUMN workflows.calendar_shift.starts_at IS 'When it begins.';

COMMENT ON COLUMN workflows.calendar_shift.ends_at IS 'When it ends; when that is not later, on the next day.';

CREATE TABLE workflows.child (
    workflow_id uuid NOT NULL,
    parent_workflow_id uuid NOT NULL,
    step_key text,
    child_no integer NOT NULL,
    policy text NOT NULL,
    CONSTRAINT child_policy CHECK ((policy = ANY (ARRAY['follow'::text, 'cancel'::text, 'leave'::text])))
);

ALTER TABLE workflows.child OWNER TO workflows_owner;

COMMENT ON TABLE workflows.child IS 'Which workflow started which other, and what becomes of its orders there.';

COMMENT ON COLUMN workflows.child.workflow_id IS 'The child.';

COMMENT ON COLUMN workflows.child.parent_workflow_id IS 'The workflow that started it.';

COMMENT ON COLUMN workflows.child.step_key IS 'Step of the parent that started it; null: it was enqueued with that parent.';

COMMENT ON COLUMN workflows.child.child_no IS 'Its place among those of that step, from 1.';

COMMENT ON COLUMN workflows.child.policy IS 'follow: it gets every order of its parent; cancel: those that end it; leave: none.';

CREATE TABLE workflows.child_order (
    child_order_id bigint NOT NULL,
    workflow_id uuid NOT NULL,
    parent_workflow_id uuid NOT NULL,
    command text NOT NULL,
    reason text NOT NULL,
    request_id uuid NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');

ALTER TABLE workflows.child_order OWNER TO workflows_owner;

COMMENT ON TABLE workflows.child_order IS 'Orders of parents that their children have still to be given.';

COMMENT ON COLUMN workflows.child_order.child_order_id IS 'Order of arrival.';

COMMENT ON COLUMN workflows.child_order.workflow_id IS 'The child.';

COMMENT ON COLUMN workflows.child_order.parent_workflow_id IS 'The parent that was given the order.';

COMMENT ON COLUMN workflows.child_order.command IS 'HOLD, PAUSE, RESUME, STOP, ABORT or CANCEL.';

COMMENT ON COLUMN workflows.child_order.reason IS 'Why, as it was said of the parent.';

COMMENT ON COLUMN workflows.child_order.request_id IS 'Makes the order of the child idempotent.';

ALTER TABLE workflows.child_order ALTER COLUMN child_order_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME workflows.child_order_child_order_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE workflows.command (
    command_id bigint NOT NULL,
    workflow_id uuid NOT NULL,
    command text NOT NULL,
    actor text NOT NULL,
    reason text,
    request_id text,
    outcome text NOT NULL,
    message text NOT NULL,
    from_status text NOT NULL,
    from_state text NOT NULL,
    to_status text NOT NULL,
    to_state text NOT NULL,
    database_user text NOT NULL,
    accepted_at timestamp with time zone NOT NULL,
    obeyed_at timestamp with time zone,
    topic text,
    expires_at timestamp with time zone,
    new_workflow_id uuid,
    second_actor text
);

ALTER TABLE workflows.command OWNER TO workflows_owner;

COMMENT ON TABLE workflows.command IS 'Every order to a workflow, who gave it, why, and what became of it.';

COMMENT ON COLUMN workflows.command.command_id IS 'Number.';

COMMENT ON COLUMN workflows.command.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.command.command IS 'HOLD, RESUME, STOP or CANCEL.';

COMMENT ON COLUMN workflows.command.actor IS 'Who, as the caller said.';

COMMENT ON COLUMN workflows.command.reason IS 'Why, in words.';

COMMENT ON COLUMN workflows.command.request_id IS 'Makes sending it twice harmless.';

COMMENT ON COLUMN workflows.command.outcome IS 'accepted (not obeyed yet), already, rejected, obeyed or overtaken (the workflow ended first).';

COMMENT ON COLUMN workflows.command.message IS 'The answer in words.';

COMMENT ON COLUMN workflows.command.from_status IS 'Status before.';

COMMENT ON COLUMN workflows.command.from_state IS 'State before.';

COMMENT ON COLUMN workflows.command.to_status IS 'Status after.';

COMMENT ON COLUMN workflows.command.to_state IS 'State after.';

COMMENT ON COLUMN workflows.command.database_user IS 'Database user of the session.';

COMMENT ON COLUMN workflows.command.accepted_at IS 'When it was decided.';

COMMENT ON COLUMN workflows.command.obeyed_at IS 'When the workflow obeyed or ended.';

COMMENT ON COLUMN workflows.command.topic IS 'Topic under which the workflow asks for commands.';

COMMENT ON COLUMN workflows.command.expires_at IS 'Not obeyed by then, it lapses; null: never, or its handler has begun.';

COMMENT ON COLUMN workflows.command.new_workflow_id IS 'Workflow that a RESET has enqueued.';

COMMENT ON COLUMN workflows.command.second_actor IS 'Who signed as well.';

ALTER TABLE workflows.command ALTER COLUMN command_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME workflows.command_command_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW workflows.command_log AS
 SELECT c.command_id,
    (c.workflow_id)::text AS workflow_id,
    w.workflow_name,
    c.command,
    c.actor,
    c.reason,
    c.outcome,
    c.message,
    c.from_status,
    c.from_state,
    c.to_status,
    c.to_state,
    c.database_user,
    c.accepted_at,
    c.obeyed_at,
    c.topic,
    c.expires_at,
    (c.new_workflow_id)::text AS new_workflow_id,
    c.second_actor
   FROM (workflows.command c
     LEFT JOIN workflows.workflow w ON ((w.workflow_id = c.workflow_id)));

ALTER TABLE workflows.command_log OWNER TO workflows_owner;

COMMENT ON VIEW workflows.command_log IS 'Every order to a workflow: who, when, why, and what became of it.';

COMMENT ON COLUMN workflows.command_log.command_id IS 'Number.';

COMMENT ON COLUMN workflows.command_log.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.command_log.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.command_log.command IS 'HOLD, PAUSE, RESUME, STOP, CANCEL, ABORT or RESET.';

COMMENT ON COLUMN workflows.command_log.actor IS 'Who, as the caller said.';

COMMENT ON COLUMN workflows.command_log.reason IS 'Why, in words.';

COMMENT ON COLUMN workflows.command_log.outcome IS 'accepted (not obeyed yet), already, rejected, obeyed, failed (its handler raised), overtaken (by another order or the end of the workflow) or expired.';

COMMENT ON COLUMN workflows.command_log.message IS 'The answer in words.';

COMMENT ON COLUMN workflows.command_log.from_status IS 'Status before.';

COMMENT ON COLUMN workflows.command_log.from_state IS 'State before.';

COMMENT ON COLUMN workflows.command_log.to_status IS 'Status after.';

COMMENT ON COLUMN workflows.command_log.to_state IS 'State after.';

COMMENT ON COLUMN workflows.command_log.database_user IS 'Database user of the session.';

COMMENT ON COLUMN workflows.command_log.accepted_at IS 'When it was decided.';

COMMENT ON COLUMN workflows.command_log.obeyed_at IS 'When the workflow obeyed or ended.';

COMMENT ON COLUMN workflows.command_log.topic IS 'Topic under which the workflow asks for commands.';

COMMENT ON COLUMN workflows.command_log.expires_at IS 'Not obeyed by then, it lapses; null: never, or its handler has begun.';

COMMENT ON COLUMN workflows.command_log.new_workflow_id IS 'Workflow that a RESET has enqueued.';

COMMENT ON COLUMN workflows.command_log.second_actor IS 'Who signed as well.';

CREATE TABLE workflows.workflow_outcome (
    workflow_id uuid NOT NULL,
    result text,
    error_class text,
    error_message text,
    error_traceback text,
    is_sanitised boolean DEFAULT false NOT NULL,
    failed_steps text[]
);

ALTER TABLE workflows.workflow_outcome OWNER TO workflows_owner;

COMMENT ON TABLE workflows.workflow_outcome IS 'Result as JSON text, or the last error; a workflow that returned nothing has no row.';

COMMENT ON COLUMN workflows.workflow_outcome.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.workflow_outcome.result IS 'Result as JSON text.';

COMMENT ON COLUMN workflows.workflow_outcome.error_class IS 'Class name of the error.';

COMMENT ON COLUMN workflows.workflow_outcome.error_message IS 'Message of the error.';

COMMENT ON COLUMN workflows.workflow_outcome.error_traceback IS 'Traceback, cut to 8 kB.';

COMMENT ON COLUMN workflows.workflow_outcome.is_sanitised IS 'True: characters that cannot be stored were replaced.';

COMMENT ON COLUMN workflows.workflow_outcome.failed_steps IS 'Keys of the steps whose errors ended it, where several ran beside each other.';

CREATE VIEW workflows.dead_letter AS
 SELECT (f.workflow_id)::text AS workflow_id,
    w.workflow_name,
    w.workflow_version,
    q.queue_name,
    f.ended_at,
    w.attempt,
    w.failure_count,
    w.reclaim_count,
    w.reason,
    o.error_class,
    o.error_message
   FROM (((workflows.failed_workflow f
     JOIN workflows.workflow w ON ((w.workflow_id = f.workflow_id)))
     JOIN workflows.queue q ON ((q.queue_id = f.queue_id)))
     LEFT JOIN workflows.workflow_outcome o ON ((o.workflow_id = f.workflow_id)));

ALTER TABLE workflows.dead_letter OWNER TO workflows_owner;

COMMENT ON VIEW workflows.dead_letter IS 'Workflows that ended in ERROR with no try left, and why.';

COMMENT ON COLUMN workflows.dead_letter.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.dead_letter.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.dead_letter.workflow_version IS 'Version of the registered function.';

COMMENT ON COLUMN workflows.dead_letter.queue_name IS 'Name of the queue.';

COMMENT ON COLUMN workflows.dead_letter.ended_at IS 'When it ended.';

COMMENT ON COLUMN workflows.dead_letter.attempt IS 'Number of the claim.';

COMMENT ON COLUMN workflows.dead_letter.failure_count IS 'Exceptions so far.';

COMMENT ON COLUMN workflows.dead_letter.reclaim_count IS 'How often its worker was lost.';

COMMENT ON COLUMN workflows.dead_letter.reason IS 'Why, in words.';

COMMENT ON COLUMN workflows.dead_letter.error_class IS 'Class name of the error.';

COMMENT ON COLUMN workflows.dead_letter.error_message IS 'Message of the error.';

CREATE TABLE workflows.deduplication (
    workflow_name text NOT NULL,
    deduplication_id text NOT NULL,
    workflow_id uuid NOT NULL,
    expires_at timestamp with time zone
);

ALTER TABLE workflows.deduplication OWNER TO workflows_owner;

COMMENT ON TABLE workflows.deduplication IS 'Which workflow holds a deduplication id; the row is stale once that workflow has ended.';

COMMENT ON COLUMN workflows.deduplication.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.deduplication.deduplication_id IS 'Id that one live workflow of this name holds at a time.';

COMMENT ON COLUMN workflows.deduplication.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.deduplication.expires_at IS 'The id is held until then, also when its workflow has ended before.';

CREATE TABLE workflows.drain_order (
    worker_id uuid NOT NULL,
    reason text,
    ordered_by text NOT NULL,
    ordered_at timestamp with time zone NOT NULL
);

ALTER TABLE workflows.drain_order OWNER TO workflows_owner;

COMMENT ON TABLE workflows.drain_order IS 'Workers that were told to claim nothing more.';

COMMENT ON COLUMN workflows.drain_order.worker_id IS 'The worker.';

COMMENT ON COLUMN workflows.drain_order.reason IS 'Why, in words.';

COMMENT ON COLUMN workflows.drain_order.ordered_by IS 'Who, as the caller said.';

COMMENT ON COLUMN workflows.drain_order.ordered_at IS 'When it was ordered.';

CREATE VIEW workflows.enum_list AS
 SELECT e.enum_name,
    e.enum_version,
    e.status,
    array_to_string(ARRAY( SELECT COALESCE((c.value ->> 'label'::text), (c.value ->> 'value'::text)) AS "coalesce"
           FROM jsonb_array_elements(e.choices) c(value)), ', '::text) AS labels,
    (e.choices)::text AS choices,
    e.description,
    e.created_by,
    e.created_at
   FROM workflows.parameter_enum e
  WHERE (e.status <> 'deleted'::text);

ALTER TABLE workflows.enum_list OWNER TO workflows_owner;

COMMENT ON VIEW workflows.enum_list IS 'Lists of choices that forms and parameters refer to.';

COMMENT ON COLUMN workflows.enum_list.enum_name IS 'Name of the enum.';

COMMENT ON COLUMN workflows.enum_list.enum_version IS 'Its version.';

COMMENT ON COLUMN workflows.enum_list.status IS 'active or obsolete.';

COMMENT ON COLUMN workflows.enum_list.labels IS 'What a person reads.';

COMMENT ON COLUMN workflows.enum_list.choices IS 'Label, value and isDisabled of each, as JSON.';

COMMENT ON COLUMN workflows.enum_list.description IS 'What it is for.';

COMMENT ON COLUMN workflows.enum_list.created_by IS 'Who saved it.';

COMMENT ON COLUMN workflows.enum_list.created_at IS 'When it was saved.';

CREATE TABLE workflows.event (
    workflow_id uuid NOT NULL,
    event_key text NOT NULL,
    value text NOT NULL,
    change_no integer NOT NULL,
    set_at timestamp with time zone NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE workflows.event OWNER TO workflows_owner;

COMMENT ON TABLE workflows.event IS 'What workflows publish: the latest value per key.';

COMMENT ON COLUMN workflows.event.workflow_id IS 'The workflow that publishes it.';

COMMENT ON COLUMN workflows.event.event_key IS 'Its key.';

COMMENT ON COLUMN workflows.event.value IS 'Latest value as JSON text.';

COMMENT ON COLUMN workflows.event.change_no IS 'How often it was set.';

COMMENT ON COLUMN workflows.event.set_at IS 'When it was last set.';

CREATE TABLE workflows.event_history (
    workflow_id uuid NOT NULL,
    event_key text NOT NULL,
    change_no integer NOT NULL,
    value text NOT NULL,
    set_at timestamp with time zone NOT NULL
);

ALTER TABLE workflows.event_history OWNER TO workflows_owner;

COMMENT ON TABLE workflows.event_history IS 'Every value that a workflow has published.';

COMMENT ON COLUMN workflows.event_history.workflow_id IS 'The workflow that publishes it.';

COMMENT ON COLUMN workflows.event_history.event_key IS 'Its key.';

COMMENT ON COLUMN workflows.event_history.change_no IS 'Counts from 1.';

COMMENT ON COLUMN workflows.event_history.value IS 'Value as JSON text.';

COMMENT ON COLUMN workflows.event_history.set_at IS 'When it was set.';

CREATE TABLE workflows.lane (
    lane_id bigint NOT NULL,
    queue_id integer NOT NULL,
    workflow_name text NOT NULL,
    workflow_version integer NOT NULL,
    priority smallint NOT NULL,
    kind text NOT NULL,
    low bigint DEFAULT 0 NOT NULL,
    floor bigint DEFAULT 0 NOT NULL,
    candidate bigint,
    candidate_xid xid8,
    CONSTRAINT lane_kind CHECK ((kind = ANY (ARRAY['command'::text, 'returning'::text, 'new'::text, 'single'::text, 'gated'::text])))
)
WITH (fillfactor='20');

ALTER TABLE workflows.lane OWNER TO workflows_owner;

COMMENT ON TABLE workflows.lane IS 'One line of claimable workflows per queue, name, version, priority and kind, with the mark below which nothing is left to claim.';

COMMENT ON COLUMN workflows.lane.lane_id IS 'The lane.';

COMMENT ON COLUMN workflows.lane.queue_id IS 'The queue.';

COMMENT ON COLUMN workflows.lane.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.lane.workflow_version IS 'Version of the registered function.';

COMMENT ON COLUMN workflows.lane.priority IS 'Lower goes first, -100 to 100.';

COMMENT ON COLUMN workflows.lane.kind IS 'command, returning (has started before), new, single (never claimed ahead) or gated (needs its gates first).';

COMMENT ON COLUMN workflows.lane.low IS 'Claims read above this place.';

COMMENT ON COLUMN workflows.lane.floor IS 'Proven: nothing is at or below this place.';

COMMENT ON COLUMN workflows.lane.candidate IS 'Place that may become the floor.';

COMMENT ON COLUMN workflows.lane.candidate_xid IS 'The floor is proven once older transactions have ended.';

CREATE TABLE workflows.maintenance_order (
    queue_id integer NOT NULL,
    mode text NOT NULL,
    reason text,
    entered_by text NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    CONSTRAINT maintenance_order_mode CHECK ((mode = ANY (ARRAY['drain'::text, 'cancel'::text])))
);

ALTER TABLE workflows.maintenance_order OWNER TO workflows_owner;

COMMENT ON TABLE workflows.maintenance_order IS 'Maintenance that was entered, for one queue or for all.';

COMMENT ON COLUMN workflows.maintenance_order.queue_id IS 'The queue; 0: all, also those made later.';

COMMENT ON COLUMN workflows.maintenance_order.mode IS 'drain: what runs goes on; cancel: everything live is cancelled.';

COMMENT ON COLUMN workflows.maintenance_order.reason IS 'Why, in words.';

COMMENT ON COLUMN workflows.maintenance_order.entered_by IS 'Who, as the caller said.';

COMMENT ON COLUMN workflows.maintenance_order.entered_at IS 'When it was entered.';

CREATE TABLE workflows.new_lane (
    lane_id bigint NOT NULL,
    queue_id integer NOT NULL,
    workflow_name text NOT NULL,
    workflow_version integer NOT NULL,
    priority smallint NOT NULL,
    kind text NOT NULL
);

ALTER TABLE workflows.new_lane OWNER TO workflows_owner;

COMMENT ON TABLE workflows.new_lane IS 'Lanes asked for by enqueue and not yet made: insert-only, so that an open transaction never blocks another; the next claim folds them into lane.';

COMMENT ON COLUMN workflows.new_lane.lane_id IS 'The lane.';

COMMENT ON COLUMN workflows.new_lane.queue_id IS 'The queue.';

COMMENT ON COLUMN workflows.new_lane.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.new_lane.workflow_version IS 'Version of the registered function.';

COMMENT ON COLUMN workflows.new_lane.priority IS 'Lower goes first, -100 to 100.';

COMMENT ON COLUMN workflows.new_lane.kind IS 'Kind of lane.';

CREATE TABLE workflows.queue_count (
    queue_id integer NOT NULL,
    enqueued bigint NOT NULL,
    delayed bigint NOT NULL,
    blocked bigint NOT NULL,
    waiting bigint NOT NULL,
    held bigint NOT NULL,
    dead_letters bigint NOT NULL,
    counted_at timestamp with time zone NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE workflows.queue_count OWNER TO workflows_owner;

COMMENT ON TABLE workflows.queue_count IS 'Exact counts of queues that are too long to count live; refreshed by maintenance.';

COMMENT ON COLUMN workflows.queue_count.queue_id IS 'The queue.';

COMMENT ON COLUMN workflows.queue_count.enqueued IS 'Claimable.';

COMMENT ON COLUMN workflows.queue_count.delayed IS 'Not due.';

COMMENT ON COLUMN workflows.queue_count.blocked IS 'Waiting for a gate.';

COMMENT ON COLUMN workflows.queue_count.waiting IS 'Suspended.';

COMMENT ON COLUMN workflows.queue_count.held IS 'Held.';

COMMENT ON COLUMN workflows.queue_count.dead_letters IS 'Ended in ERROR.';

COMMENT ON COLUMN workflows.queue_count.counted_at IS 'When it was counted.';

CREATE VIEW workflows.queue_depth AS
 SELECT q.queue_name,
    q.is_paused,
        CASE
            WHEN (f.enqueued > 10000) THEN COALESCE(c.enqueued, f.enqueued)
            ELSE f.enqueued
        END AS enqueued,
        CASE
            WHEN (f.delayed > 10000) THEN COALESCE(c.delayed, f.delayed)
            ELSE f.delayed
        END AS delayed,
        CASE
            WHEN (f.blocked > 10000) THEN COALESCE(c.blocked, f.blocked)
            ELSE f.blocked
        END AS blocked,
    f.running,
        CASE
            WHEN (f.waiting > 10000) THEN COALESCE(c.waiting, f.waiting)
            ELSE f.waiting
        END AS waiting,
        CASE
            WHEN (f.held > 10000) THEN COALESCE(c.held, f.held)
            ELSE f.held
        END AS held,
    f.dead_letters,
    (round(EXTRACT(epoch FROM (clock_timestamp() - f.oldest_enqueued_at))))::bigint AS oldest_enqueued_seconds,
        CASE
            WHEN (GREATEST(f.enqueued, f.delayed, f.blocked, f.waiting, f.held) > 10000) THEN (round(EXTRACT(epoch FROM (clock_timestamp() - c.counted_at))))::integer
            ELSE 0
        END AS counted_seconds_ago,
    q.run_on,
    q.maintenance_mode AS maintenance,
    q.is_open
   FROM ((workflows.queue q
     CROSS JOIN LATERAL workflows.queue_figures(q.queue_id) f(enqueued, delayed, blocked, running, waiting, held, dead_letters, oldest_enqueued_at))
     LEFT JOIN workflows.queue_count c ON ((c.queue_id = q.queue_id)));

ALTER TABLE workflows.queue_depth OWNER TO workflows_owner;

COMMENT ON VIEW workflows.queue_depth IS 'How many workflows of each queue stand where; for screens, tags and alarms.';

COMMENT ON COLUMN workflows.queue_depth.queue_name IS 'Name of the queue.';

COMMENT ON COLUMN workflows.queue_depth.is_paused IS 'True while nothing new of it starts.';

COMMENT ON COLUMN workflows.queue_depth.enqueued IS 'Claimable workflows.';

COMMENT ON COLUMN workflows.queue_depth.delayed IS 'Workflows that are not due yet.';

COMMENT ON COLUMN workflows.queue_depth.blocked IS 'Workflows that wait for a partition key or resource.';

COMMENT ON COLUMN workflows.queue_depth.running IS 'Workflows that a worker has claimed.';

COMMENT ON COLUMN workflows.queue_depth.waiting IS 'Suspended workflows.';

COMMENT ON COLUMN workflows.queue_depth.held IS 'Workflows held by an operator or by policy.';

COMMENT ON COLUMN workflows.queue_depth.dead_letters IS 'Workflows that ended in ERROR with no try left, up to 10001.';

COMMENT ON COLUMN workflows.queue_depth.oldest_enqueued_seconds IS 'How long the workflow that waits longest at the head of a lane has been claimable.';

COMMENT ON COLUMN workflows.queue_depth.counted_seconds_ago IS 'Age of the counts: 0 where counted live.';

COMMENT ON COLUMN workflows.queue_depth.run_on IS 'Workers that may claim: active, any or prefer_active.';

COMMENT ON COLUMN workflows.queue_depth.maintenance IS 'drain or cancel while maintenance is entered, else null.';

COMMENT ON COLUMN workflows.queue_depth.is_open IS 'False while the calendar that it follows is closed: nothing new of it starts.';

CREATE TABLE workflows.ready (
    lane_id bigint NOT NULL,
    ready_seq bigint NOT NULL,
    workflow_id uuid NOT NULL,
    start_before timestamp with time zone,
    ready_at timestamp with time zone
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='0');

ALTER TABLE workflows.ready OWNER TO workflows_owner;

COMMENT ON TABLE workflows.ready IS 'Hot rows of exactly the claimable workflows; a claim deletes from it.';

COMMENT ON COLUMN workflows.ready.lane_id IS 'The lane.';

COMMENT ON COLUMN workflows.ready.ready_seq IS 'Place in the order of arrival.';

COMMENT ON COLUMN workflows.ready.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.ready.start_before IS 'Not started by then: cancelled.';

COMMENT ON COLUMN workflows.ready.ready_at IS 'Since when it can be claimed; null: since it was enqueued.';

CREATE TABLE workflows.worker_definition (
    worker_id uuid NOT NULL,
    workflow_name text NOT NULL,
    workflow_version integer NOT NULL
);

ALTER TABLE workflows.worker_definition OWNER TO workflows_owner;

COMMENT ON TABLE workflows.worker_definition IS 'Names and versions that a worker can run; it claims nothing else.';

COMMENT ON COLUMN workflows.worker_definition.worker_id IS 'The worker.';

COMMENT ON COLUMN workflows.worker_definition.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.worker_definition.workflow_version IS 'Version of the registered function.';

CREATE VIEW workflows.health AS
 SELECT c.check_name,
    c.status,
    c.measured,
    c.advice
   FROM ( SELECT 1 AS place,
            'schema version'::text AS check_name,
            'ok'::text AS status,
            (workflows.schema_version())::text AS measured,
            ''::text AS advice
        UNION ALL
         SELECT 2,
            'workers'::text,
                CASE
                    WHEN (count(*) = 0) THEN 'warning'::text
                    ELSE 'ok'::text
                END AS "case",
            (count(*) || ' active'::text),
                CASE
                    WHEN (count(*) = 0) THEN 'start a worker: nothing runs until then'::text
                    ELSE ''::text
                END AS "case"
           FROM workflows.worker w
          WHERE ((w.lost_at IS NULL) AND (w.retired_at IS NULL) AND (w.expires_at > clock_timestamp()))
        UNION ALL
         SELECT 3,
            'workers that listen'::text,
                CASE
                    WHEN (count(*) FILTER (WHERE (w.listen_mode = 'poll'::text)) > 0) THEN 'warning'::text
                    ELSE 'ok'::text
                END AS "case",
            (((count(*) FILTER (WHERE (w.listen_mode = 'listen'::text)) || ' listen, '::text) || count(*) FILTER (WHERE (w.listen_mode = 'poll'::text))) || ' poll'::text),
                CASE
                    WHEN (count(*) FILTER (WHERE (w.listen_mode = 'poll'::text)) > 0) THEN 'workers that poll start work up to a second late: give them a direct connection to listen on'::text
                    ELSE ''::text
                END AS "case"
           FROM workflows.worker w
          WHERE ((w.lost_at IS NULL) AND (w.retired_at IS NULL) AND (w.expires_at > clock_timestamp()))
        UNION ALL
         SELECT 4,
            'expired leases'::text,
                CASE
                    WHEN (count(*) > 0) THEN 'warning'::text
                    ELSE 'ok'::text
                END AS "case",
            (count(*))::text AS count,
                CASE
                    WHEN (count(*) > 0) THEN 'a worker is gone; its workflows are claimed again within a second while any worker lives'::text
                    ELSE ''::text
                END AS "case"
           FROM (workflows.lease l
             JOIN workflows.worker w ON ((w.worker_id = l.worker_id)))
          WHERE ((w.expires_at <= clock_timestamp()) OR (w.lost_at IS NOT NULL))
        UNION ALL
         SELECT 5,
            'oldest claimable workflow'::text,
                CASE
                    WHEN (max(d.oldest_enqueued_seconds) > 60) THEN 'warning'::text
                    ELSE 'ok'::text
                END AS "case",
            (COALESCE(max(d.oldest_enqueued_seconds), (0)::bigint) || ' s'::text),
                CASE
                    WHEN (max(d.oldest_enqueued_seconds) > 60) THEN 'work comes faster than it is done: add workers or threads, or look for a paused queue'::text
                    ELSE ''::text
                END AS "case"
           FROM workflows.queue_depth d
          WHERE d.is_open
        UNION ALL
         SELECT 6,
            'names nobody runs'::text,
                CASE
                    WHEN (count(*) > 0) THEN 'warning'::text
                    ELSE 'ok'::text
                END AS "case",
            COALESCE(string_agg(((u.workflow_name || ' version '::text) || u.workflow_version), ', '::text), 'none'::text) AS "coalesce",
                CASE
                    WHEN (count(*) > 0) THEN 'these wait until a worker registers the name; check spelling and that the module is loaded'::text
                    ELSE ''::text
                END AS "case"
           FROM ( SELECT DISTINCT l.workflow_name,
                    l.workflow_version
                   FROM workflows.lane l
                  WHERE ((EXISTS ( SELECT
                           FROM workflows.ready r
                          WHERE ((r.lane_id = l.lane_id) AND (r.ready_seq > l.floor)))) AND (NOT (EXISTS ( SELECT
                           FROM (workflows.worker_definition d
                             JOIN workflows.worker w ON ((w.worker_id = d.worker_id)))
                          WHERE ((w.lost_at IS NULL) AND (w.retired_at IS NULL) AND (d.workflow_name = l.workflow_name) AND (d.workflow_version = l.workflow_version))))))
                UNION
                 SELECT n.workflow_name,
                    n.workflow_version
                   FROM workflows.new_lane n
                  WHERE (NOT (EXISTS ( SELECT
                           FROM (workflows.worker_definition d
                             JOIN workflows.worker w ON ((w.worker_id = d.worker_id)))
                          WHERE ((w.lost_at IS NULL) AND (w.retired_at IS NULL) AND (d.workflow_name = n.workflow_name) AND (d.workflow_version = n.workflow_version)))))) u
        UNION ALL
         SELECT 7,
            'dead letters'::text,
                CASE
                    WHEN (sum(d.dead_letters) > (0)::numeric) THEN 'warning'::text
                    ELSE 'ok'::text
                END AS "case",
            (COALESCE(sum(d.dead_letters), (0)::numeric))::text AS "coalesce",
                CASE
                    WHEN (sum(d.dead_letters) > (0)::numeric) THEN 'look at the view dead_letter; retry_workflow sends one back to work'::text
                    ELSE ''::text
                END AS "case"
           FROM workflows.queue_depth d
        UNION ALL
         SELECT 8,
            'oldest snapshot'::text,
                CASE
                    WHEN (max(age(a.backend_xmin)) > 100000) THEN 'warning'::text
                    ELSE 'ok'::text
                END AS "case",
            ((COALESCE(max(age(a.backend_xmin)), 0) || ' transactions'::text) || COALESCE(((' (pid '::text || (array_agg(a.pid ORDER BY (age(a.backend_xmin)) DESC))[1]) || ')'::text), ''::text)),
                CASE
                    WHEN (max(age(a.backend_xmin)) > 100000) THEN 'a long transaction keeps dead rows alive: end it, or let reports run on a standby'::text
                    ELSE ''::text
                END AS "case"
           FROM pg_stat_activity a
          WHERE ((a.backend_xmin IS NOT NULL) AND (a.datname = current_database()))
        UNION ALL
         SELECT 9,
            'dead rows in hot tables'::text,
                CASE
                    WHEN (max(s.n_dead_tup) > 1000000) THEN 'warning'::text
                    ELSE 'ok'::text
                END AS "case",
            (COALESCE(max(s.n_dead_tup), (0)::bigint))::text AS "coalesce",
                CASE
                    WHEN (max(s.n_dead_tup) > 1000000) THEN 'autovacuum does not keep up: look for a long transaction, or autovacuum_max_workers'::text
                    ELSE ''::text
                END AS "case"
           FROM pg_stat_user_tables s
          WHERE ((s.schemaname = 'workflows'::name) AND (s.relname = ANY (ARRAY['ready'::name, 'lease'::name, 'parked'::name, 'lane'::name, 'worker'::name])))
        UNION ALL
         SELECT 10,
            'notification queue'::text,
                CASE
                    WHEN (pg_notification_queue_usage() > (0.1)::double precision) THEN 'warning'::text
                    ELSE 'ok'::text
                END AS "case",
            (round(((pg_notification_queue_usage() * (100)::double precision))::numeric, 1) || ' %'::text),
                CASE
                    WHEN (pg_notification_queue_usage() > (0.1)::double precision) THEN 'a listening session does not read: find it in pg_stat_activity and end it'::text
                    ELSE ''::text
                END AS "case"
        UNION ALL
         SELECT 11,
            'rejected entries'::text,
                CASE
                    WHEN (count(*) > 0) THEN 'warning'::text
                    ELSE 'ok'::text
                END AS "case",
            (count(*))::text AS count,
                CASE
                    WHEN (count(*) > 0) THEN 'buffers accepted what enqueue refused: see rejected_entry_list, then retry or discard'::text
                    ELSE ''::text
                END AS "case"
           FROM workflows.rejected_entry r
          WHERE (r.resolved_at IS NULL)
        UNION ALL
         SELECT 12,
            'maintenance'::text,
                CASE
                    WHEN (count(*) > 0) THEN 'warning'::text
                    ELSE 'ok'::text
                END AS "case",
            COALESCE(string_agg(((COALESCE(q.queue_name, 'all queues'::text) || ' '::text) || o.mode), ', '::text), 'none'::text) AS "coalesce",
                CASE
                    WHEN (count(*) > 0) THEN 'nothing new starts there until exit_maintenance'::text
                    ELSE ''::text
                END AS "case"
           FROM (workflows.maintenance_order o
             LEFT JOIN workflows.queue q ON ((q.queue_id = o.queue_id)))
        UNION ALL
         SELECT 13,
            'queues no worker may claim from'::text,
                CASE
                    WHEN (count(*) > 0) THEN 'warning'::text
                    ELSE 'ok'::text
                END AS "case",
            COALESCE(string_agg(k.queue_name, ', '::text), 'none'::text) AS "coalesce",
                CASE
                    WHEN (count(*) > 0) THEN 'only standby nodes work them: activate one, start another, or set run_on of the queue'::text
                    ELSE ''::text
                END AS "case"
           FROM ( SELECT q.queue_name
                   FROM (workflows.queue q
                     JOIN workflows.worker w ON (((q.queue_id = ANY (w.queue_ids)) AND (w.lost_at IS NULL) AND (w.retired_at IS NULL) AND (w.expires_at > clock_timestamp()))))
                  WHERE (q.run_on = 'active'::text)
                  GROUP BY q.queue_name
                 HAVING (NOT bool_or(w.is_active))) k
        UNION ALL
         SELECT 14,
            'retention'::text,
                CASE
                    WHEN ((g.is_behind AND (g.pass_ended_at < (clock_timestamp() - '01:00:00'::interval))) OR (count(p.*) = 0)) THEN 'warning'::text
                    ELSE 'ok'::text
                END AS "case",
                CASE
                    WHEN (count(p.*) = 0) THEN 'nothing is ever removed'::text
                    ELSE (((count(p.*) || ' policies, '::text) || g.removed_count) || ' removed'::text)
                END AS "case",
                CASE
                    WHEN (count(p.*) = 0) THEN 'what has ended is kept for ever: say with set_retention for how long it is needed'::text
                    WHEN (g.is_behind AND (g.pass_ended_at < (clock_timestamp() - '01:00:00'::interval))) THEN 'more ends than is removed: raise retention_per_second, or call apply_retention'::text
                    ELSE ''::text
                END AS "case"
           FROM (workflows.retention_progress g
             LEFT JOIN workflows.retention_policy p ON (true))
          GROUP BY g.is_behind, g.pass_ended_at, g.removed_count) c
  ORDER BY c.place;

ALTER TABLE workflows.health OWNER TO workflows_owner;

COMMENT ON VIEW workflows.health IS 'What is well and what is not, in words, with what to do.';

COMMENT ON COLUMN workflows.health.check_name IS 'What was looked at.';

COMMENT ON COLUMN workflows.health.status IS 'ok, warning or error.';

COMMENT ON COLUMN workflows.health.measured IS 'What was found.';

COMMENT ON COLUMN workflows.health.advice IS 'What to do.';

CREATE TABLE workflows.maintenance (
    maintenance_id integer NOT NULL,
    last_turn_at timestamp with time zone NOT NULL,
    last_count_at timestamp with time zone NOT NULL,
    CONSTRAINT maintenance_single CHECK ((maintenance_id = 1))
)
WITH (fillfactor='20');

ALTER TABLE workflows.maintenance OWNER TO workflows_owner;

COMMENT ON TABLE workflows.maintenance IS 'When maintenance last ran: a gap means that the database was away, and nobody is declared lost for one more lease.';

COMMENT ON COLUMN workflows.maintenance.maintenance_id IS 'Always 1.';

COMMENT ON COLUMN workflows.maintenance.last_turn_at IS 'When maintenance last ran.';

COMMENT ON COLUMN workflows.maintenance.last_count_at IS 'When queues were last counted.';

CREATE TABLE workflows.message (
    message_no bigint NOT NULL,
    message_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    topic text NOT NULL,
    body text NOT NULL,
    sent_by text NOT NULL,
    database_user text NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone,
    step_key text,
    CONSTRAINT message_received CHECK (((received_at IS NULL) = (step_key IS NULL)))
)
WITH (fillfactor='80');

ALTER TABLE workflows.message OWNER TO workflows_owner;

COMMENT ON TABLE workflows.message IS 'What was sent to workflows: a message waits until it is received, and then stays as record.';

COMMENT ON COLUMN workflows.message.message_no IS 'Order of sending; the oldest is received first.';

COMMENT ON COLUMN workflows.message.message_id IS 'What makes sending it again harmless.';

COMMENT ON COLUMN workflows.message.workflow_id IS 'The workflow it is for.';

COMMENT ON COLUMN workflows.message.topic IS 'What it is about; a workflow receives by topic.';

COMMENT ON COLUMN workflows.message.body IS 'The message as JSON text.';

COMMENT ON COLUMN workflows.message.sent_by IS 'Who sent it, as the caller said.';

COMMENT ON COLUMN workflows.message.database_user IS 'Database user of the session.';

COMMENT ON COLUMN workflows.message.sent_at IS 'When it was sent.';

COMMENT ON COLUMN workflows.message.received_at IS 'When it was received; null: it waits.';

COMMENT ON COLUMN workflows.message.step_key IS 'The step that received it.';

ALTER TABLE workflows.message ALTER COLUMN message_no ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME workflows.message_message_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW workflows.open_prompt AS
 SELECT (p.prompt_id)::text AS prompt_id,
    (p.workflow_id)::text AS workflow_id,
    w.workflow_name,
    q.queue_name,
    p.step_key,
    p.question,
    p.form,
    array_to_string(p.roles, ', '::text) AS roles,
    p.needs_second AS second_signature,
    p.asked_at,
    p.due_at
   FROM ((workflows.prompt p
     JOIN workflows.workflow w ON ((w.workflow_id = p.workflow_id)))
     JOIN workflows.queue q ON ((q.queue_id = w.queue_id)))
  WHERE ((p.status = 'OPEN'::text) AND (w.ended_at IS NULL) AND COALESCE((p.due_at > clock_timestamp()), true));

ALTER TABLE workflows.open_prompt OWNER TO workflows_owner;

COMMENT ON VIEW workflows.open_prompt IS 'Questions of workflows that wait for an answer.';

COMMENT ON COLUMN workflows.open_prompt.prompt_id IS 'The prompt; what answer_prompt takes.';

COMMENT ON COLUMN workflows.open_prompt.workflow_id IS 'The workflow that asks.';

COMMENT ON COLUMN workflows.open_prompt.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.open_prompt.queue_name IS 'Name of the queue.';

COMMENT ON COLUMN workflows.open_prompt.step_key IS 'The step that waits.';

COMMENT ON COLUMN workflows.open_prompt.question IS 'What is asked.';

COMMENT ON COLUMN workflows.open_prompt.form IS 'Fields of the answer as JSON; null: any value is an answer.';

COMMENT ON COLUMN workflows.open_prompt.roles IS 'Who may answer; null: everybody.';

COMMENT ON COLUMN workflows.open_prompt.second_signature IS 'Whether a second person must sign.';

COMMENT ON COLUMN workflows.open_prompt.asked_at IS 'When it was asked.';

COMMENT ON COLUMN workflows.open_prompt.due_at IS 'When its time is over; null: it has as long as it takes.';

ALTER TABLE workflows.queue ALTER COLUMN queue_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME workflows.queue_queue_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE workflows.rate_use (
    rate_use_id bigint NOT NULL,
    queue_id integer NOT NULL,
    gate_id bigint DEFAULT 0 NOT NULL,
    used integer NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE workflows.rate_use OWNER TO workflows_owner;

COMMENT ON TABLE workflows.rate_use IS 'What was taken of the rate limits, until it is free again; gate_id 0 is the queue as a whole.';

COMMENT ON COLUMN workflows.rate_use.rate_use_id IS 'Number of the row.';

COMMENT ON COLUMN workflows.rate_use.queue_id IS 'Queue whose limit it is.';

COMMENT ON COLUMN workflows.rate_use.gate_id IS 'Partition key, or 0 for the queue as a whole.';

COMMENT ON COLUMN workflows.rate_use.used IS 'How many were claimed together.';

COMMENT ON COLUMN workflows.rate_use.expires_at IS 'When they do not count any more.';

ALTER TABLE workflows.rate_use ALTER COLUMN rate_use_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME workflows.rate_use_rate_use_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE SEQUENCE workflows.ready_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE workflows.ready_seq OWNER TO workflows_owner;

COMMENT ON SEQUENCE workflows.ready_seq IS 'Order of arrival; drawn after the transaction has its id, which the marks of lane rely on.';

CREATE VIEW workflows.recipe_list AS
 SELECT s.workflow_name,
    s.set_name,
    s.set_version,
    s.status,
    s.template_name,
    s.template_version,
    (s.parameter_values)::text AS parameter_values,
    s.description,
    s.reason,
    s.created_by,
    s.created_at,
    s.approved_by,
    s.approved_at
   FROM workflows.parameter_set s
  WHERE (s.status <> 'deleted'::text);

ALTER TABLE workflows.recipe_list OWNER TO workflows_owner;

COMMENT ON VIEW workflows.recipe_list IS 'Recipes: named values of a template or a workflow.';

COMMENT ON COLUMN workflows.recipe_list.workflow_name IS 'The workflow that it is for.';

COMMENT ON COLUMN workflows.recipe_list.set_name IS 'Name of the recipe.';

COMMENT ON COLUMN workflows.recipe_list.set_version IS 'Its version.';

COMMENT ON COLUMN workflows.recipe_list.status IS 'draft, approved or obsolete.';

COMMENT ON COLUMN workflows.recipe_list.template_name IS 'The template that it was made of; null: the declared parameters.';

COMMENT ON COLUMN workflows.recipe_list.template_version IS 'Version of the template.';

COMMENT ON COLUMN workflows.recipe_list.parameter_values IS 'Its values, as JSON.';

COMMENT ON COLUMN workflows.recipe_list.description IS 'What it is for.';

COMMENT ON COLUMN workflows.recipe_list.reason IS 'Why it was written.';

COMMENT ON COLUMN workflows.recipe_list.created_by IS 'Who wrote it.';

COMMENT ON COLUMN workflows.recipe_list.created_at IS 'When it was written.';

COMMENT ON COLUMN workflows.recipe_list.approved_by IS 'Who approved it last.';

COMMENT ON COLUMN workflows.recipe_list.approved_at IS 'When it was approved last.';

CREATE TABLE workflows.workflow_recipe (
    workflow_id uuid NOT NULL,
    template_name text,
    template_version integer,
    set_name text,
    set_version integer,
    set_status text,
    enum_versions jsonb NOT NULL,
    overrides jsonb NOT NULL
);

ALTER TABLE workflows.workflow_recipe OWNER TO workflows_owner;

COMMENT ON TABLE workflows.workflow_recipe IS 'What a workflow was started from: its inputs are the values that came of it.';

COMMENT ON COLUMN workflows.workflow_recipe.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.workflow_recipe.template_name IS 'The template that it was started from.';

COMMENT ON COLUMN workflows.workflow_recipe.template_version IS 'Version of the template.';

COMMENT ON COLUMN workflows.workflow_recipe.set_name IS 'The recipe that it was started from.';

COMMENT ON COLUMN workflows.workflow_recipe.set_version IS 'Version of the recipe.';

COMMENT ON COLUMN workflows.workflow_recipe.set_status IS 'Status of the recipe at that moment.';

COMMENT ON COLUMN workflows.workflow_recipe.enum_versions IS 'Version of each enum that was used.';

COMMENT ON COLUMN workflows.workflow_recipe.overrides IS 'What was given at the start and differs from template and recipe.';

CREATE VIEW workflows.recipe_use AS
 SELECT (r.workflow_id)::text AS workflow_id,
    w.workflow_name,
    w.status,
    w.state,
    w.enqueued_at,
    COALESCE(w.actor, w.enqueued_by) AS enqueued_by,
    r.template_name,
    r.template_version,
    r.set_name,
    r.set_version,
    r.set_status,
    (r.enum_versions)::text AS enum_versions,
    array_to_string(ARRAY( SELECT jsonb_object_keys(r.overrides) AS jsonb_object_keys), ', '::text) AS changed
   FROM (workflows.workflow_recipe r
     JOIN workflows.workflow w ON ((w.workflow_id = r.workflow_id)));

ALTER TABLE workflows.recipe_use OWNER TO workflows_owner;

COMMENT ON VIEW workflows.recipe_use IS 'What workflows were started from, and what was changed at the start.';

COMMENT ON COLUMN workflows.recipe_use.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.recipe_use.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.recipe_use.status IS 'Where it stands in the queue.';

COMMENT ON COLUMN workflows.recipe_use.state IS 'Its state as an operator sees it.';

COMMENT ON COLUMN workflows.recipe_use.enqueued_at IS 'When it was accepted.';

COMMENT ON COLUMN workflows.recipe_use.enqueued_by IS 'Who started it.';

COMMENT ON COLUMN workflows.recipe_use.template_name IS 'The template that it was started from.';

COMMENT ON COLUMN workflows.recipe_use.template_version IS 'Version of the template.';

COMMENT ON COLUMN workflows.recipe_use.set_name IS 'The recipe that it was started from.';

COMMENT ON COLUMN workflows.recipe_use.set_version IS 'Version of the recipe.';

COMMENT ON COLUMN workflows.recipe_use.set_status IS 'Status of the recipe at that moment.';

COMMENT ON COLUMN workflows.recipe_use.enum_versions IS 'Versions of its enums, as JSON.';

COMMENT ON COLUMN workflows.recipe_use.changed IS 'Which of its values were given anew at the start; get_workflow shows them.';

CREATE VIEW workflows.rejected_entry_list AS
 SELECT r.workflow_id,
    r.origin,
    r.problem,
    octet_length(r.entry) AS entry_bytes,
    r.rejected_at,
    (r.resolved_at IS NOT NULL) AS is_resolved,
    r.resolution,
    r.resolved_by,
    r.resolved_at
   FROM workflows.rejected_entry r;

ALTER TABLE workflows.rejected_entry_list OWNER TO workflows_owner;

COMMENT ON VIEW workflows.rejected_entry_list IS 'Entries that could not be enqueued, and what was decided about them.';

COMMENT ON COLUMN workflows.rejected_entry_list.workflow_id IS 'Id that the sender was given.';

COMMENT ON COLUMN workflows.rejected_entry_list.origin IS 'Gateway and project that it comes from.';

COMMENT ON COLUMN workflows.rejected_entry_list.problem IS 'Why it was refused, as JSON text.';

COMMENT ON COLUMN workflows.rejected_entry_list.entry_bytes IS 'Length of the entry.';

COMMENT ON COLUMN workflows.rejected_entry_list.rejected_at IS 'When it was set aside.';

COMMENT ON COLUMN workflows.rejected_entry_list.is_resolved IS 'True: somebody has decided.';

COMMENT ON COLUMN workflows.rejected_entry_list.resolution IS 'retried or discarded.';

COMMENT ON COLUMN workflows.rejected_entry_list.resolved_by IS 'Who decided.';

COMMENT ON COLUMN workflows.rejected_entry_list.resolved_at IS 'When it was decided.';

CREATE VIEW workflows.resource_status AS
 SELECT t.gate_name,
        CASE
            WHEN (t.gate_name ~~ 'resource %'::text) THEN 'resource'::text
            ELSE 'partition key'::text
        END AS kind,
    max((t.workflow_id)::text) FILTER (WHERE t.is_holder) AS held_by,
    count(*) FILTER (WHERE (NOT t.is_holder)) AS waiting,
    max(q.queue_name) FILTER (WHERE t.is_holder) AS held_by_queue
   FROM (workflows.gate_ticket t
     JOIN workflows.queue q ON ((q.queue_id = t.queue_id)))
  GROUP BY t.gate_name;

ALTER TABLE workflows.resource_status OWNER TO workflows_owner;

COMMENT ON VIEW workflows.resource_status IS 'Who holds each partition key and resource, and how many wait.';

COMMENT ON COLUMN workflows.resource_status.gate_name IS 'Partition key or resource.';

COMMENT ON COLUMN workflows.resource_status.kind IS 'partition key or resource.';

COMMENT ON COLUMN workflows.resource_status.held_by IS 'Workflow that holds it.';

COMMENT ON COLUMN workflows.resource_status.waiting IS 'How many wait for it.';

COMMENT ON COLUMN workflows.resource_status.held_by_queue IS 'Queue of the holder.';

CREATE TABLE workflows.retention_count (
    queue_id integer NOT NULL,
    status text NOT NULL,
    counted bigint NOT NULL,
    boundary_id uuid
)
WITH (fillfactor='50');

ALTER TABLE workflows.retention_count OWNER TO workflows_owner;

COMMENT ON TABLE workflows.retention_count IS 'Where the newest workflows that a policy keeps by number begin.';

COMMENT ON COLUMN workflows.retention_count.queue_id IS 'The queue.';

COMMENT ON COLUMN workflows.retention_count.status IS 'Status of the policy that holds.';

COMMENT ON COLUMN workflows.retention_count.counted IS 'How many this count has seen.';

COMMENT ON COLUMN workflows.retention_count.boundary_id IS 'This one and what has a lower id is too many.';

CREATE VIEW workflows.retention_status AS
 SELECT COALESCE(q.queue_name, '(every queue)'::text) AS queue_name,
        CASE p.status
            WHEN 'ANY'::text THEN '(any)'::text
            ELSE p.status
        END AS status,
    p.keep_seconds,
    p.keep_count,
    p.changed_at,
    p.changed_by,
    g.removed_count,
    g.last_removed_at,
    g.pass_ended_at,
    g.is_behind,
    f.oldest_ended_at,
    f.over_count
   FROM (((workflows.retention_policy p
     LEFT JOIN workflows.queue q ON ((q.queue_id = p.queue_id)))
     CROSS JOIN workflows.retention_progress g)
     CROSS JOIN LATERAL workflows.retention_figures(p.queue_id, p.status) f(oldest_ended_at, over_count));

ALTER TABLE workflows.retention_status OWNER TO workflows_owner;

COMMENT ON VIEW workflows.retention_status IS 'How long ended workflows are kept, and how far their removal has come.';

COMMENT ON COLUMN workflows.retention_status.queue_name IS 'Queue that the policy is for, or (every queue): those without one of their own.';

COMMENT ON COLUMN workflows.retention_status.status IS 'Final status that it is for, or (any).';

COMMENT ON COLUMN workflows.retention_status.keep_seconds IS 'How long they are kept once they have ended; null: however long.';

COMMENT ON COLUMN workflows.retention_status.keep_count IS 'How many of the newest of each queue are kept; null: however many.';

COMMENT ON COLUMN workflows.retention_status.changed_at IS 'When the policy was set.';

COMMENT ON COLUMN workflows.retention_status.changed_by IS 'Who set it.';

COMMENT ON COLUMN workflows.retention_status.removed_count IS 'Workflows that maintenance has removed, under all policies.';

COMMENT ON COLUMN workflows.retention_status.last_removed_at IS 'When it last removed some.';

COMMENT ON COLUMN workflows.retention_status.pass_ended_at IS 'When it had last looked at everything that may be old enough.';

COMMENT ON COLUMN workflows.retention_status.is_behind IS 'True: there is more to remove than it may remove at a time.';

COMMENT ON COLUMN workflows.retention_status.oldest_ended_at IS 'When the first workflow ended, of the 1,000 with the lowest ids.';

COMMENT ON COLUMN workflows.retention_status.over_count IS 'How many it is behind with, by their age, counted up to 1001.';

CREATE VIEW workflows.running_workflow AS
 SELECT (l.workflow_id)::text AS workflow_id,
    w.workflow_name,
    w.workflow_version,
    q.queue_name,
    w.state,
    w.priority,
    w.attempt,
    k.worker_name,
    (l.worker_id)::text AS worker_id,
    l.claimed_at,
    l.deadline_at,
    l.control AS waiting_command,
    (EXTRACT(epoch FROM (clock_timestamp() - l.claimed_at)))::double precision AS running_seconds
   FROM (((workflows.lease l
     JOIN workflows.workflow w ON ((w.workflow_id = l.workflow_id)))
     JOIN workflows.queue q ON ((q.queue_id = l.queue_id)))
     LEFT JOIN workflows.worker k ON ((k.worker_id = l.worker_id)));

ALTER TABLE workflows.running_workflow OWNER TO workflows_owner;

COMMENT ON VIEW workflows.running_workflow IS 'Workflows that a worker has claimed, and which worker.';

COMMENT ON COLUMN workflows.running_workflow.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.running_workflow.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.running_workflow.workflow_version IS 'Version of the registered function.';

COMMENT ON COLUMN workflows.running_workflow.queue_name IS 'Name of the queue.';

COMMENT ON COLUMN workflows.running_workflow.state IS 'ISA-88 state that the operator sees.';

COMMENT ON COLUMN workflows.running_workflow.priority IS 'Lower goes first, -100 to 100.';

COMMENT ON COLUMN workflows.running_workflow.attempt IS 'Number of the claim.';

COMMENT ON COLUMN workflows.running_workflow.worker_name IS 'Name of the worker.';

COMMENT ON COLUMN workflows.running_workflow.worker_id IS 'The worker.';

COMMENT ON COLUMN workflows.running_workflow.claimed_at IS 'When it was claimed.';

COMMENT ON COLUMN workflows.running_workflow.deadline_at IS 'When its time is over.';

COMMENT ON COLUMN workflows.running_workflow.waiting_command IS 'Command that waits to be obeyed.';

COMMENT ON COLUMN workflows.running_workflow.running_seconds IS 'Seconds since it was claimed.';

CREATE VIEW workflows.schedule_next AS
 SELECT s.schedule_name,
    u.n,
    u.occurs_at,
    u.local_time,
    s.time_zone,
    u.is_skipped,
    u.skip_reason
   FROM (workflows.schedule s
     CROSS JOIN LATERAL workflows.upcoming(s.schedule_name, 10) u(n, occurs_at, local_time, is_skipped, skip_reason));

ALTER TABLE workflows.schedule_next OWNER TO workflows_owner;

COMMENT ON VIEW workflows.schedule_next IS 'The next ten occurrences of each schedule.';

COMMENT ON COLUMN workflows.schedule_next.schedule_name IS 'Name of the schedule.';

COMMENT ON COLUMN workflows.schedule_next.n IS 'Place, from 1.';

COMMENT ON COLUMN workflows.schedule_next.occurs_at IS 'When it occurs.';

COMMENT ON COLUMN workflows.schedule_next.local_time IS 'The same in the time zone of the schedule.';

COMMENT ON COLUMN workflows.schedule_next.time_zone IS 'Time zone of the schedule.';

COMMENT ON COLUMN workflows.schedule_next.is_skipped IS 'True: a blackout or a closed calendar leaves it out.';

COMMENT ON COLUMN workflows.schedule_next.skip_reason IS 'Which one.';

CREATE TABLE workflows.schedule_run (
    schedule_name text NOT NULL,
    occurs_at timestamp with time zone NOT NULL,
    is_manual boolean NOT NULL,
    outcome text NOT NULL,
    workflow_id uuid,
    message text,
    actor text NOT NULL,
    fired_at timestamp with time zone NOT NULL,
    CONSTRAINT schedule_run_enqueued CHECK (((outcome = 'enqueued'::text) = (workflow_id IS NOT NULL))),
    CONSTRAINT schedule_run_outcome CHECK ((outcome = ANY (ARRAY['enqueued'::text, 'skipped_late'::text, 'skipped_blackout'::text, 'skipped_closed'::text, 'refused'::text])))
);

ALTER TABLE workflows.schedule_run OWNER TO workflows_owner;

COMMENT ON TABLE workflows.schedule_run IS 'What became of each occurrence of a schedule; the last 1,000 of each are kept.';

COMMENT ON COLUMN workflows.schedule_run.schedule_name IS 'The schedule.';

COMMENT ON COLUMN workflows.schedule_run.occurs_at IS 'The moment that was meant.';

COMMENT ON COLUMN workflows.schedule_run.is_manual IS 'True: somebody ran it by hand.';

COMMENT ON COLUMN workflows.schedule_run.outcome IS 'enqueued, skipped_late, skipped_blackout, skipped_closed or refused.';

COMMENT ON COLUMN workflows.schedule_run.workflow_id IS 'The workflow that it enqueued.';

COMMENT ON COLUMN workflows.schedule_run.message IS 'Why, in words.';

COMMENT ON COLUMN workflows.schedule_run.actor IS 'schedule: and its name, or who ran it by hand.';

COMMENT ON COLUMN workflows.schedule_run.fired_at IS 'When it was dealt with.';

CREATE VIEW workflows.schedule_status AS
 SELECT s.schedule_name,
    s.workflow_name,
    s.kind,
        CASE s.kind
            WHEN 'cron'::text THEN s.cron
            WHEN 'interval'::text THEN (('every '::text || s.interval_seconds) || ' s'::text)
            ELSE 'once'::text
        END AS timing,
    s.time_zone,
    s.is_paused,
    s.pause_reason,
    s.catch_up,
    s.calendar_name,
    s.next_at,
    u.local_time AS next_local_time,
        CASE
            WHEN (NOT s.is_paused) THEN (GREATEST((0)::numeric, round(EXTRACT(epoch FROM (clock_timestamp() - s.next_at)))))::bigint
            ELSE NULL::bigint
        END AS late_seconds,
    r.occurs_at AS last_at,
    r.outcome AS last_outcome,
    r.message AS last_message,
    (r.workflow_id)::text AS last_workflow_id,
    w.status AS last_status,
    s.description
   FROM (((workflows.schedule s
     LEFT JOIN LATERAL workflows.upcoming(s.schedule_name, 1) u(n, occurs_at, local_time, is_skipped, skip_reason) ON (true))
     LEFT JOIN LATERAL ( SELECT r_1.schedule_name,
            r_1.occurs_at,
            r_1.is_manual,
            r_1.outcome,
            r_1.workflow_id,
            r_1.message,
            r_1.actor,
            r_1.fired_at
           FROM workflows.schedule_run r_1
          WHERE (r_1.schedule_name = s.schedule_name)
          ORDER BY r_1.occurs_at DESC
         LIMIT 1) r ON (true))
     LEFT JOIN workflows.workflow w ON ((w.workflow_id = r.workflow_id)));

ALTER TABLE workflows.schedule_status OWNER TO workflows_owner;

COMMENT ON VIEW workflows.schedule_status IS 'Every schedule with what it did last and does next.';

COMMENT ON COLUMN workflows.schedule_status.schedule_name IS 'Name of the schedule.';

COMMENT ON COLUMN workflows.schedule_status.workflow_name IS 'What it enqueues.';

COMMENT ON COLUMN workflows.schedule_status.kind IS 'cron, interval or once.';

COMMENT ON COLUMN workflows.schedule_status.timing IS 'Its times, in words or as an expression.';

COMMENT ON COLUMN workflows.schedule_status.time_zone IS 'Time zone that its times are read in.';

COMMENT ON COLUMN workflows.schedule_status.is_paused IS 'True: it enqueues nothing.';

COMMENT ON COLUMN workflows.schedule_status.pause_reason IS 'Why it was paused.';

COMMENT ON COLUMN workflows.schedule_status.catch_up IS 'What it does with missed occurrences.';

COMMENT ON COLUMN workflows.schedule_status.calendar_name IS 'The calendar that it follows.';

COMMENT ON COLUMN workflows.schedule_status.next_at IS 'The next occurrence; null: there is none any more.';

COMMENT ON COLUMN workflows.schedule_status.next_local_time IS 'The same in its time zone, while it is not paused.';

COMMENT ON COLUMN workflows.schedule_status.late_seconds IS 'How long that has been due; for alarms: nobody does maintenance while it grows.';

COMMENT ON COLUMN workflows.schedule_status.last_at IS 'The occurrence that was dealt with last.';

COMMENT ON COLUMN workflows.schedule_status.last_outcome IS 'What became of it.';

COMMENT ON COLUMN workflows.schedule_status.last_message IS 'Why, where it was not enqueued.';

COMMENT ON COLUMN workflows.schedule_status.last_workflow_id IS 'The workflow that it enqueued.';

COMMENT ON COLUMN workflows.schedule_status.last_status IS 'Where that stands.';

COMMENT ON COLUMN workflows.schedule_status.description IS 'What it is for.';

CREATE TABLE workflows.schema_migration (
    version integer NOT NULL,
    file_name text NOT NULL,
    sha256 text NOT NULL,
    is_breaking boolean NOT NULL,
    applied_at timestamp with time zone NOT NULL
);

ALTER TABLE workflows.schema_migration OWNER TO workflows_owner;

COMMENT ON TABLE workflows.schema_migration IS 'Ledger of applied migrations; one row per file of sql/migrations.';

COMMENT ON COLUMN workflows.schema_migration.version IS 'Number at the start of the file name.';

COMMENT ON COLUMN workflows.schema_migration.file_name IS 'Name of the migration file.';

COMMENT ON COLUMN workflows.schema_migration.sha256 IS 'Digest of the file as released; a difference refuses the installation.';

COMMENT ON COLUMN workflows.schema_migration.is_breaking IS 'True where a library older than this version must stop working.';

COMMENT ON COLUMN workflows.schema_migration.applied_at IS 'When it was applied.';

CREATE VIEW workflows.setting_change AS
 SELECT a.audit_id,
    a.audited_at AS changed_at,
    a.detail AS setting_name,
    a.old_value,
    a.new_value,
    a.actor AS changed_by,
    a.reason,
    a.database_user,
    a.source,
    s.default_value
   FROM (workflows.audit a
     LEFT JOIN workflows.setting s ON ((s.setting_name = a.detail)))
  WHERE (a.event = 'setting changed'::text);

ALTER TABLE workflows.setting_change OWNER TO workflows_owner;

COMMENT ON VIEW workflows.setting_change IS 'Who changed which setting, from what to what.';

COMMENT ON COLUMN workflows.setting_change.audit_id IS 'Number, in order of writing.';

COMMENT ON COLUMN workflows.setting_change.changed_at IS 'When.';

COMMENT ON COLUMN workflows.setting_change.setting_name IS 'The setting.';

COMMENT ON COLUMN workflows.setting_change.old_value IS 'What it was.';

COMMENT ON COLUMN workflows.setting_change.new_value IS 'What it is from then on.';

COMMENT ON COLUMN workflows.setting_change.changed_by IS 'Who, as the caller said.';

COMMENT ON COLUMN workflows.setting_change.reason IS 'Why, in words.';

COMMENT ON COLUMN workflows.setting_change.database_user IS 'Database user of the session.';

COMMENT ON COLUMN workflows.setting_change.source IS 'Application name and client address of the session.';

COMMENT ON COLUMN workflows.setting_change.default_value IS 'What reset_setting would give it.';

CREATE TABLE workflows.stream (
    workflow_id uuid NOT NULL,
    stream_name text NOT NULL,
    stream_offset bigint NOT NULL,
    value text NOT NULL,
    written_at timestamp with time zone NOT NULL
);

ALTER TABLE workflows.stream OWNER TO workflows_owner;

COMMENT ON TABLE workflows.stream IS 'Append-only logs of workflows, each counted from 0.';

COMMENT ON COLUMN workflows.stream.workflow_id IS 'The workflow that writes it.';

COMMENT ON COLUMN workflows.stream.stream_name IS 'Name of the stream.';

COMMENT ON COLUMN workflows.stream.stream_offset IS 'Place of the entry, from 0.';

COMMENT ON COLUMN workflows.stream.value IS 'Entry as JSON text.';

COMMENT ON COLUMN workflows.stream.written_at IS 'When it was written.';

CREATE VIEW workflows.template_list AS
 SELECT t.workflow_name,
    t.template_name,
    t.template_version,
    t.status,
    array_to_string(ARRAY( SELECT jsonb_array_elements_text((t.meta -> 'paramKeys'::text)) AS jsonb_array_elements_text), ', '::text) AS parameters,
    t.description,
    t.created_by,
    t.created_at,
    (t.form)::text AS form
   FROM workflows.parameter_template t
  WHERE (t.status <> 'deleted'::text);

ALTER TABLE workflows.template_list OWNER TO workflows_owner;

COMMENT ON VIEW workflows.template_list IS 'Forms from which workflows are started.';

COMMENT ON COLUMN workflows.template_list.workflow_name IS 'The workflow that it starts.';

COMMENT ON COLUMN workflows.template_list.template_name IS 'Name of the template.';

COMMENT ON COLUMN workflows.template_list.template_version IS 'Its version.';

COMMENT ON COLUMN workflows.template_list.status IS 'active or obsolete.';

COMMENT ON COLUMN workflows.template_list.parameters IS 'The ids of its widgets.';

COMMENT ON COLUMN workflows.template_list.description IS 'What it is for.';

COMMENT ON COLUMN workflows.template_list.created_by IS 'Who saved it.';

COMMENT ON COLUMN workflows.template_list.created_at IS 'When it was saved.';

COMMENT ON COLUMN workflows.template_list.form IS 'The props of the form, as JSON.';

CREATE TABLE workflows.turn (
    turn_id integer NOT NULL,
    CONSTRAINT turn_single CHECK ((turn_id = 1))
);

ALTER TABLE workflows.turn OWNER TO workflows_owner;

COMMENT ON TABLE workflows.turn IS 'One row, locked and never changed: who holds it may hand gates over.';

COMMENT ON COLUMN workflows.turn.turn_id IS 'Always 1.';

CREATE TABLE workflows.wait (
    workflow_id uuid NOT NULL,
    step_key text NOT NULL,
    topic text NOT NULL,
    awaited uuid[],
    is_any boolean,
    seen_count integer
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');

ALTER TABLE workflows.wait OWNER TO workflows_owner;

COMMENT ON TABLE workflows.wait IS 'What a workflow waits for, from the record that says so until it came; whatever status it has.';

COMMENT ON COLUMN workflows.wait.workflow_id IS 'The workflow that waits.';

COMMENT ON COLUMN workflows.wait.step_key IS 'The step that waits.';

COMMENT ON COLUMN workflows.wait.topic IS 'message and its topic, command with state and topic, event with workflow and key, or prompt and its id.';

COMMENT ON COLUMN workflows.wait.awaited IS 'The workflows that it waits for, where it waits for children.';

COMMENT ON COLUMN workflows.wait.is_any IS 'Whether one of them is enough.';

COMMENT ON COLUMN workflows.wait.seen_count IS 'How many of them, from the first, have been seen ended.';

CREATE TABLE workflows.wake (
    wake_id bigint NOT NULL,
    gate_id bigint NOT NULL
);

ALTER TABLE workflows.wake OWNER TO workflows_owner;

COMMENT ON TABLE workflows.wake IS 'Gates that must be looked at again by the next claim, finish or maintenance turn.';

COMMENT ON COLUMN workflows.wake.wake_id IS 'Number.';

COMMENT ON COLUMN workflows.wake.gate_id IS 'Hash that stands for the partition key or resource.';

CREATE TABLE workflows.wake_call (
    wake_call_id bigint NOT NULL,
    workflow_id uuid NOT NULL,
    topic text
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');

ALTER TABLE workflows.wake_call OWNER TO workflows_owner;

COMMENT ON TABLE workflows.wake_call IS 'Workflows that must be looked at again, because something came for them.';

COMMENT ON COLUMN workflows.wake_call.wake_call_id IS 'Number.';

COMMENT ON COLUMN workflows.wake_call.workflow_id IS 'The workflow to look at.';

COMMENT ON COLUMN workflows.wake_call.topic IS 'What came; null: wake it whatever it waits for.';

ALTER TABLE workflows.wake_call ALTER COLUMN wake_call_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME workflows.wake_call_wake_call_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE workflows.wake ALTER COLUMN wake_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME workflows.wake_wake_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW workflows.worker_status AS
 SELECT (w.worker_id)::text AS worker_id,
    w.worker_name,
    w.host_name,
    w.process_id,
        CASE
            WHEN (w.retired_at IS NOT NULL) THEN 'retired'::text
            WHEN (w.lost_at IS NOT NULL) THEN 'lost'::text
            WHEN (w.expires_at <= clock_timestamp()) THEN 'late'::text
            ELSE 'active'::text
        END AS status,
    w.listen_mode,
    w.threads,
    w.running_count,
    ( SELECT string_agg(q.queue_name, ', '::text ORDER BY q.queue_name) AS string_agg
           FROM workflows.queue q
          WHERE (q.queue_id = ANY (w.queue_ids))) AS queues,
    ( SELECT count(*) AS count
           FROM workflows.worker_definition d
          WHERE (d.worker_id = w.worker_id)) AS definitions,
    w.library_version,
    w.database_user,
    w.started_at,
    w.renewed_at,
    w.expires_at,
    w.role,
    w.is_active,
    (w.is_draining OR (o.worker_id IS NOT NULL)) AS is_draining,
    w.project_name,
    w.generation,
    o.ordered_by AS drained_by,
    o.ordered_at AS drained_at,
    o.reason AS drain_reason
   FROM (workflows.worker w
     LEFT JOIN workflows.drain_order o ON ((o.worker_id = w.worker_id)));

ALTER TABLE workflows.worker_status OWNER TO workflows_owner;

COMMENT ON VIEW workflows.worker_status IS 'Workers, active and gone within a day, and how they hear of work.';

COMMENT ON COLUMN workflows.worker_status.worker_id IS 'The worker.';

COMMENT ON COLUMN workflows.worker_status.worker_name IS 'Readable name.';

COMMENT ON COLUMN workflows.worker_status.host_name IS 'Host.';

COMMENT ON COLUMN workflows.worker_status.process_id IS 'Process.';

COMMENT ON COLUMN workflows.worker_status.status IS 'active, late, lost or retired.';

COMMENT ON COLUMN workflows.worker_status.listen_mode IS 'listen: hears of work at once; poll: looks for it.';

COMMENT ON COLUMN workflows.worker_status.threads IS 'Most workflows it runs at once.';

COMMENT ON COLUMN workflows.worker_status.running_count IS 'How many workflows it holds.';

COMMENT ON COLUMN workflows.worker_status.queues IS 'Queues it works.';

COMMENT ON COLUMN workflows.worker_status.definitions IS 'How many names and versions it can run.';

COMMENT ON COLUMN workflows.worker_status.library_version IS 'Version of the library.';

COMMENT ON COLUMN workflows.worker_status.database_user IS 'Database user of the session.';

COMMENT ON COLUMN workflows.worker_status.started_at IS 'When it first started.';

COMMENT ON COLUMN workflows.worker_status.renewed_at IS 'When it last renewed.';

COMMENT ON COLUMN workflows.worker_status.expires_at IS 'Lost when this passes without renewal.';

COMMENT ON COLUMN workflows.worker_status.role IS 'Of its node: process, independent, master or backup.';

COMMENT ON COLUMN workflows.worker_status.is_active IS 'False: its node stands by.';

COMMENT ON COLUMN workflows.worker_status.is_draining IS 'True: it claims nothing more.';

COMMENT ON COLUMN workflows.worker_status.project_name IS 'Ignition project whose scripts it runs.';

COMMENT ON COLUMN workflows.worker_status.generation IS 'Counts the saves of its scripts.';

COMMENT ON COLUMN workflows.worker_status.drained_by IS 'Who told it to claim nothing more, or null.';

COMMENT ON COLUMN workflows.worker_status.drained_at IS 'When it was told so.';

COMMENT ON COLUMN workflows.worker_status.drain_reason IS 'Why, in words.';

CREATE VIEW workflows.workflow_child AS
 SELECT (c.parent_workflow_id)::text AS parent_workflow_id,
    p.workflow_name AS parent_name,
    c.step_key,
    c.child_no,
    (c.workflow_id)::text AS workflow_id,
    w.workflow_name,
    w.status,
    w.state,
    c.policy,
    (( SELECT count(*) AS count
           FROM workflows.child_order o
          WHERE (o.workflow_id = c.workflow_id)))::integer AS open_orders,
    w.enqueued_at,
    w.ended_at
   FROM ((workflows.child c
     JOIN workflows.workflow w ON ((w.workflow_id = c.workflow_id)))
     JOIN workflows.workflow p ON ((p.workflow_id = c.parent_workflow_id)));

ALTER TABLE workflows.workflow_child OWNER TO workflows_owner;

COMMENT ON VIEW workflows.workflow_child IS 'Which workflow started which other.';

COMMENT ON COLUMN workflows.workflow_child.parent_workflow_id IS 'The workflow that started it.';

COMMENT ON COLUMN workflows.workflow_child.parent_name IS 'Name of the parent''s function.';

COMMENT ON COLUMN workflows.workflow_child.step_key IS 'Step of the parent that started it; null: it was enqueued with that parent.';

COMMENT ON COLUMN workflows.workflow_child.child_no IS 'Its place among those of that step, from 1.';

COMMENT ON COLUMN workflows.workflow_child.workflow_id IS 'The child.';

COMMENT ON COLUMN workflows.workflow_child.workflow_name IS 'Name of the child''s function.';

COMMENT ON COLUMN workflows.workflow_child.status IS 'Where the child stands in the queue.';

COMMENT ON COLUMN workflows.workflow_child.state IS 'Its state as an operator sees it.';

COMMENT ON COLUMN workflows.workflow_child.policy IS 'follow: it gets every order of its parent; cancel: those that end it; leave: none.';

COMMENT ON COLUMN workflows.workflow_child.open_orders IS 'Orders of the parent that it has still to be given.';

COMMENT ON COLUMN workflows.workflow_child.enqueued_at IS 'When it was started.';

COMMENT ON COLUMN workflows.workflow_child.ended_at IS 'When it ended.';

CREATE VIEW workflows.workflow_parameter AS
 SELECT d.workflow_name,
    d.workflow_version,
    (p.parameter_no)::integer AS parameter_no,
    (p.field ->> 'name'::text) AS parameter_name,
    (p.field ->> 'type'::text) AS parameter_type,
    COALESCE(((p.field ->> 'required'::text))::boolean, false) AS is_required,
    (NULLIF((p.field -> 'default'::text), 'null'::jsonb))::text AS default_value,
    ((p.field ->> 'min'::text))::double precision AS minimum,
    ((p.field ->> 'max'::text))::double precision AS maximum,
    (p.field ->> 'unit'::text) AS unit,
    (p.field ->> 'enum'::text) AS enum_name,
    ((p.field ->> 'enum_version'::text))::integer AS enum_version,
    (NULLIF((p.field -> 'choices'::text), 'null'::jsonb))::text AS choices,
    (p.field ->> 'description'::text) AS description
   FROM (workflows.workflow_definition d
     CROSS JOIN LATERAL jsonb_array_elements(d.parameters) WITH ORDINALITY p(field, parameter_no));

ALTER TABLE workflows.workflow_parameter OWNER TO workflows_owner;

COMMENT ON VIEW workflows.workflow_parameter IS 'What workflows take, as they declare it.';

COMMENT ON COLUMN workflows.workflow_parameter.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.workflow_parameter.workflow_version IS 'Its version.';

COMMENT ON COLUMN workflows.workflow_parameter.parameter_no IS 'Its place among the parameters.';

COMMENT ON COLUMN workflows.workflow_parameter.parameter_name IS 'Name of the parameter.';

COMMENT ON COLUMN workflows.workflow_parameter.parameter_type IS 'text, number, integer, boolean, choice, datetime or any.';

COMMENT ON COLUMN workflows.workflow_parameter.is_required IS 'Whether it must be given.';

COMMENT ON COLUMN workflows.workflow_parameter.default_value IS 'What it is where it is not given, as JSON.';

COMMENT ON COLUMN workflows.workflow_parameter.minimum IS 'Least value; of a text, least number of characters.';

COMMENT ON COLUMN workflows.workflow_parameter.maximum IS 'Greatest value; of a text, greatest number of characters.';

COMMENT ON COLUMN workflows.workflow_parameter.unit IS 'Unit of the value.';

COMMENT ON COLUMN workflows.workflow_parameter.enum_name IS 'The enum that its choices are in.';

COMMENT ON COLUMN workflows.workflow_parameter.enum_version IS 'Version of the enum; null: the latest active one.';

COMMENT ON COLUMN workflows.workflow_parameter.choices IS 'Its choices as JSON.';

COMMENT ON COLUMN workflows.workflow_parameter.description IS 'What it is for.';

CREATE TABLE workflows.workflow_payload (
    workflow_id uuid NOT NULL,
    inputs text NOT NULL
);

ALTER TABLE workflows.workflow_payload OWNER TO workflows_owner;

COMMENT ON TABLE workflows.workflow_payload IS 'Inputs as JSON text; a workflow without inputs has no row.';

COMMENT ON COLUMN workflows.workflow_payload.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.workflow_payload.inputs IS 'Inputs as JSON text.';

CREATE VIEW workflows.workflow_status AS
 SELECT (w.workflow_id)::text AS workflow_id,
    w.workflow_name,
    w.workflow_version,
    q.queue_name,
    w.status,
    w.state,
    w.priority,
    w.partition_key,
    array_to_string(w.resources, ', '::text) AS resources,
    w.attempt,
    w.failure_count,
    w.reclaim_count,
    w.reason,
    w.enqueued_at,
    w.available_at,
    w.started_at,
    w.ended_at,
    w.deadline_at,
    (EXTRACT(epoch FROM (COALESCE(w.ended_at, clock_timestamp()) - w.started_at)))::double precision AS running_seconds,
    (w.parent_workflow_id)::text AS parent_workflow_id,
    COALESCE(w.actor, w.enqueued_by) AS enqueued_by,
    (w.previous_workflow_id)::text AS previous_workflow_id
   FROM (workflows.workflow w
     JOIN workflows.queue q ON ((q.queue_id = w.queue_id)));

ALTER TABLE workflows.workflow_status OWNER TO workflows_owner;

COMMENT ON VIEW workflows.workflow_status IS 'Every workflow, live or ended.';

COMMENT ON COLUMN workflows.workflow_status.workflow_id IS 'The workflow.';

COMMENT ON COLUMN workflows.workflow_status.workflow_name IS 'Name of the registered function.';

COMMENT ON COLUMN workflows.workflow_status.workflow_version IS 'Version of the registered function.';

COMMENT ON COLUMN workflows.workflow_status.queue_name IS 'Name of the queue.';

COMMENT ON COLUMN workflows.workflow_status.status IS 'Where it stands.';

COMMENT ON COLUMN workflows.workflow_status.state IS 'ISA-88 state that the operator sees.';

COMMENT ON COLUMN workflows.workflow_status.priority IS 'Lower goes first, -100 to 100.';

COMMENT ON COLUMN workflows.workflow_status.partition_key IS 'Workflows of one queue with the same key run one at a time.';

COMMENT ON COLUMN workflows.workflow_status.resources IS 'Equipment it needs, as text.';

COMMENT ON COLUMN workflows.workflow_status.attempt IS 'Number of the claim.';

COMMENT ON COLUMN workflows.workflow_status.failure_count IS 'Exceptions so far.';

COMMENT ON COLUMN workflows.workflow_status.reclaim_count IS 'How often its worker was lost.';

COMMENT ON COLUMN workflows.workflow_status.reason IS 'Why, in words.';

COMMENT ON COLUMN workflows.workflow_status.enqueued_at IS 'When it was accepted.';

COMMENT ON COLUMN workflows.workflow_status.available_at IS 'Not claimable before.';

COMMENT ON COLUMN workflows.workflow_status.started_at IS 'When it first started.';

COMMENT ON COLUMN workflows.workflow_status.ended_at IS 'When it ended.';

COMMENT ON COLUMN workflows.workflow_status.deadline_at IS 'When its time is over.';

COMMENT ON COLUMN workflows.workflow_status.running_seconds IS 'Seconds since it first started, or that it took.';

COMMENT ON COLUMN workflows.workflow_status.parent_workflow_id IS 'The workflow that started it.';

COMMENT ON COLUMN workflows.workflow_status.enqueued_by IS 'Who enqueued it.';

COMMENT ON COLUMN workflows.workflow_status.previous_workflow_id IS 'The workflow that it repeats, by RESET or fork.';

ALTER TABLE ONLY workflows.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (audit_id);

ALTER TABLE ONLY workflows.blackout
    ADD CONSTRAINT blackout_pkey PRIMARY KEY (blackout_id);

ALTER TABLE ONLY workflows.calendar_holiday
    ADD CONSTRAINT calendar_holiday_pkey PRIMARY KEY (calendar_name, holiday);

ALTER TABLE ONLY workflows.calendar
    ADD CONSTRAINT calendar_pkey PRIMARY KEY (calendar_name);

ALTER TABLE ONLY workflows.calendar_shift
    ADD CONSTRAINT calendar_shift_pkey PRIMARY KEY (calendar_name, shift_name);

ALTER TABLE ONLY workflows.child_order
    ADD CONSTRAINT child_order_pkey PRIMARY KEY (child_order_id);

ALTER TABLE ONLY workflows.child
    ADD CONSTRAINT child_pkey PRIMARY KEY (workflow_id);

ALTER TABLE workflows.command
    ADD CONSTRAINT command_outcome CHECK ((outcome = ANY (ARRAY['accepted'::text, 'already'::text, 'rejected'::text, 'obeyed'::text, 'overtaken'::text, 'failed'::text, 'expired'::text]))) NOT VALID;

ALTER TABLE ONLY workflows.command
    ADD CONSTRAINT command_pkey PRIMARY KEY (command_id);

ALTER TABLE ONLY workflows.deduplication
    ADD CONSTRAINT deduplication_pkey PRIMARY KEY (workflow_name, deduplication_id);

ALTER TABLE ONLY workflows.drain_order
    ADD CONSTRAINT drain_order_pkey PRIMARY KEY (worker_id);

ALTER TABLE ONLY workflows.event_history
    ADD CONSTRAINT event_history_pkey PRIMARY KEY (workflow_id, event_key, change_no);

ALTER TABLE ONLY workflows.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (workflow_id, event_key);

ALTER TABLE ONLY workflows.failed_workflow
    ADD CONSTRAINT failed_workflow_pkey PRIMARY KEY (workflow_id);

ALTER TABLE ONLY workflows.gate_ticket
    ADD CONSTRAINT gate_ticket_pkey PRIMARY KEY (gate_id, priority, ticket_seq);

ALTER TABLE ONLY workflows.lane
    ADD CONSTRAINT lane_pkey PRIMARY KEY (lane_id);

ALTER TABLE workflows.lease
    ADD CONSTRAINT lease_control CHECK ((control = ANY (ARRAY['hold'::text, 'pause'::text, 'resume'::text, 'stop'::text, 'cancel'::text, 'timeout'::text, 'abort'::text]))) NOT VALID;

ALTER TABLE workflows.lease
    ADD CONSTRAINT lease_handler CHECK (((handler_no IS NULL) OR (control IS NOT NULL))) NOT VALID;

ALTER TABLE ONLY workflows.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (workflow_id);

ALTER TABLE ONLY workflows.maintenance_order
    ADD CONSTRAINT maintenance_order_pkey PRIMARY KEY (queue_id);

ALTER TABLE ONLY workflows.maintenance
    ADD CONSTRAINT maintenance_pkey PRIMARY KEY (maintenance_id);

ALTER TABLE ONLY workflows.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (message_no);

ALTER TABLE ONLY workflows.parameter_enum
    ADD CONSTRAINT parameter_enum_pkey PRIMARY KEY (enum_name, enum_version);

ALTER TABLE ONLY workflows.parameter_set
    ADD CONSTRAINT parameter_set_pkey PRIMARY KEY (workflow_name, set_name, set_version);

ALTER TABLE ONLY workflows.parameter_template
    ADD CONSTRAINT parameter_template_pkey PRIMARY KEY (workflow_name, template_name, template_version);

ALTER TABLE ONLY workflows.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (workflow_id);

ALTER TABLE ONLY workflows.prompt
    ADD CONSTRAINT prompt_pkey PRIMARY KEY (prompt_id);

ALTER TABLE ONLY workflows.queue_count
    ADD CONSTRAINT queue_count_pkey PRIMARY KEY (queue_id);

ALTER TABLE workflows.queue
    ADD CONSTRAINT queue_key_rate CHECK (((key_rate_limit IS NULL) = (key_rate_seconds IS NULL))) NOT VALID;

ALTER TABLE ONLY workflows.queue
    ADD CONSTRAINT queue_pkey PRIMARY KEY (queue_id);

ALTER TABLE ONLY workflows.queue
    ADD CONSTRAINT queue_queue_name_key UNIQUE (queue_name);

ALTER TABLE workflows.queue
    ADD CONSTRAINT queue_rate CHECK (((rate_limit IS NULL) = (rate_seconds IS NULL))) NOT VALID;

ALTER TABLE ONLY workflows.rate_use
    ADD CONSTRAINT rate_use_pkey PRIMARY KEY (expires_at, rate_use_id);

ALTER TABLE ONLY workflows.ready
    ADD CONSTRAINT ready_pkey PRIMARY KEY (lane_id, ready_seq);

ALTER TABLE ONLY workflows.rejected_entry
    ADD CONSTRAINT rejected_entry_pkey PRIMARY KEY (workflow_id);

ALTER TABLE ONLY workflows.retention_count
    ADD CONSTRAINT retention_count_pkey PRIMARY KEY (queue_id, status);

ALTER TABLE ONLY workflows.retention_policy
    ADD CONSTRAINT retention_policy_pkey PRIMARY KEY (queue_id, status);

ALTER TABLE ONLY workflows.retention_progress
    ADD CONSTRAINT retention_progress_pkey PRIMARY KEY (progress_id);

ALTER TABLE ONLY workflows.schedule
    ADD CONSTRAINT schedule_pkey PRIMARY KEY (schedule_name);

ALTER TABLE ONLY workflows.schedule_run
    ADD CONSTRAINT schedule_run_pkey PRIMARY KEY (schedule_name, occurs_at, is_manual);

ALTER TABLE ONLY workflows.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (version);

ALTER TABLE ONLY workflows.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (setting_name);

ALTER TABLE workflows.step
    ADD CONSTRAINT step_kind CHECK ((kind = ANY (ARRAY['step'::text, 'tx'::text, 'sleep'::text, 'handler'::text, 'command'::text, 'value'::text, 'event'::text, 'stream'::text, 'progress'::text, 'send'::text, 'receive'::text, 'get_event'::text, 'prompt'::text, 'child'::text, 'await'::text]))) NOT VALID;

ALTER TABLE ONLY workflows.step
    ADD CONSTRAINT step_pkey PRIMARY KEY (workflow_id, step_key);

ALTER TABLE workflows.step
    ADD CONSTRAINT step_status CHECK ((status = ANY (ARRAY['SUCCESS'::text, 'ERROR'::text, 'RETRYING'::text, 'WAITING'::text, 'RUNNING'::text]))) NOT VALID;

ALTER TABLE ONLY workflows.stream
    ADD CONSTRAINT stream_pkey PRIMARY KEY (workflow_id, stream_name, stream_offset);

ALTER TABLE ONLY workflows.transition
    ADD CONSTRAINT transition_pkey PRIMARY KEY (command, from_state);

ALTER TABLE ONLY workflows.turn
    ADD CONSTRAINT turn_pkey PRIMARY KEY (turn_id);

ALTER TABLE ONLY workflows.wait
    ADD CONSTRAINT wait_pkey PRIMARY KEY (workflow_id);

ALTER TABLE ONLY workflows.wake_call
    ADD CONSTRAINT wake_call_pkey PRIMARY KEY (wake_call_id);

ALTER TABLE ONLY workflows.wake
    ADD CONSTRAINT wake_pkey PRIMARY KEY (wake_id);

ALTER TABLE ONLY workflows.worker_definition
    ADD CONSTRAINT worker_definition_pkey PRIMARY KEY (worker_id, workflow_name, workflow_version);

ALTER TABLE ONLY workflows.worker
    ADD CONSTRAINT worker_pkey PRIMARY KEY (worker_id);

ALTER TABLE ONLY workflows.workflow_definition
    ADD CONSTRAINT workflow_definition_pkey PRIMARY KEY (workflow_name, workflow_version);

ALTER TABLE workflows.workflow
    ADD CONSTRAINT workflow_fits CHECK (workflows.workflow_fits(status, state, ended_at, held_at)) NOT VALID;

ALTER TABLE ONLY workflows.workflow_outcome
    ADD CONSTRAINT workflow_outcome_pkey PRIMARY KEY (workflow_id);

ALTER TABLE ONLY workflows.workflow_payload
    ADD CONSTRAINT workflow_payload_pkey PRIMARY KEY (workflow_id);

ALTER TABLE ONLY workflows.workflow
    ADD CONSTRAINT workflow_pkey PRIMARY KEY (workflow_id);

ALTER TABLE ONLY workflows.workflow_recipe
    ADD CONSTRAINT workflow_recipe_pkey PRIMARY KEY (workflow_id);

CREATE INDEX audit_setting ON workflows.audit USING btree (audit_id) WHERE (event = 'setting changed'::text);

CREATE INDEX audit_workflow ON workflows.audit USING btree (workflow_id, change_no) WHERE (workflow_id IS NOT NULL);

CREATE INDEX child_order_workflow ON workflows.child_order USING btree (workflow_id, child_order_id);

CREATE INDEX child_parent ON workflows.child USING btree (parent_workflow_id, workflow_id);

CREATE INDEX command_expiring ON workflows.command USING btree (expires_at) WHERE ((outcome = 'accepted'::text) AND (expires_at IS NOT NULL));

CREATE INDEX command_open ON workflows.command USING btree (workflow_id) WHERE (outcome = 'accepted'::text);

CREATE UNIQUE INDEX command_request ON workflows.command USING btree (request_id) WHERE (request_id IS NOT NULL);

CREATE INDEX command_workflow ON workflows.command USING btree (workflow_id, command_id);

CREATE INDEX failed_workflow_ended ON workflows.failed_workflow USING btree (ended_at);

CREATE INDEX failed_workflow_queue ON workflows.failed_workflow USING btree (queue_id);

CREATE UNIQUE INDEX gate_ticket_holder ON workflows.gate_ticket USING btree (gate_id) WHERE is_holder;

CREATE INDEX lane_definition ON workflows.lane USING btree (workflow_name, workflow_version);

CREATE INDEX lease_deadline ON workflows.lease USING btree (deadline_at) WHERE (deadline_at IS NOT NULL);

CREATE INDEX lease_limited ON workflows.lease USING btree (queue_id) WHERE is_limited;

CREATE INDEX lease_worker ON workflows.lease USING btree (worker_id, claim_no);

CREATE UNIQUE INDEX message_id ON workflows.message USING btree (message_id);

CREATE INDEX message_pending ON workflows.message USING btree (workflow_id, topic, message_no) WHERE (received_at IS NULL);

CREATE INDEX message_workflow ON workflows.message USING btree (workflow_id);

CREATE INDEX new_lane_queue ON workflows.new_lane USING btree (queue_id, lane_id);

CREATE INDEX parked_due ON workflows.parked USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX parked_queue ON workflows.parked USING btree (queue_id, status);

CREATE INDEX prompt_open ON workflows.prompt USING btree (asked_at) WHERE (status = 'OPEN'::text);

CREATE INDEX prompt_step ON workflows.prompt USING btree (workflow_id, step_key, asked_at);

CREATE INDEX rate_use_place ON workflows.rate_use USING btree (queue_id, gate_id, expires_at);

CREATE INDEX ready_start_before ON workflows.ready USING btree (start_before) WHERE (start_before IS NOT NULL);

CREATE INDEX rejected_entry_open ON workflows.rejected_entry USING btree (rejected_at) WHERE (resolved_at IS NULL);

CREATE INDEX rejected_entry_rejected ON workflows.rejected_entry USING btree (rejected_at);

CREATE INDEX schedule_next_at ON workflows.schedule USING btree (next_at) WHERE (NOT is_paused);

CREATE INDEX wait_topic ON workflows.wait USING btree (topic);

CREATE INDEX wake_call_workflow ON workflows.wake_call USING btree (workflow_id);

CREATE INDEX workflow_recipe_set ON workflows.workflow_recipe USING btree (set_name, set_version);

CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON workflows.audit FOR EACH STATEMENT EXECUTE FUNCTION workflows.refuse_audit_change();

COMMENT ON TRIGGER audit_append_only ON workflows.audit IS 'Refuses every change with WF010.';

CREATE TRIGGER audit_kept AFTER DELETE ON workflows.audit REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION workflows.refuse_audit_removal();

COMMENT ON TRIGGER audit_kept ON workflows.audit IS 'Refuses with WF010 to remove what audit_keep_days keeps, whoever tries.';

GRANT USAGE ON SCHEMA workflows TO workflows_enqueuer;
GRANT USAGE ON SCHEMA workflows TO workflows_worker;
GRANT USAGE ON SCHEMA workflows TO workflows_operator;
GRANT USAGE ON SCHEMA workflows TO workflows_viewer;
GRANT USAGE ON SCHEMA workflows TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.abort_running(p_workflow workflows.workflow, p_reason text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.actor_of(p_options text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.add_blackout(p_starts_at timestamp with time zone, p_ends_at timestamp with time zone, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.add_blackout(p_starts_at timestamp with time zone, p_ends_at timestamp with time zone, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.add_removed(p_first jsonb, p_second jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.admit_gated() FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.answer_commands(p_workflow_ids uuid[], p_outcome text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.answer_prompt(p_prompt_id text, p_answer text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.answer_prompt(p_prompt_id text, p_answer text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.answer_prompt(p_prompt_id text, p_answer text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.answer_request(p_request_id text, p_workflow_id uuid, p_command text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.append_stream(p_workflow_id uuid, p_name text, p_value json, p_now timestamp with time zone) FROM PUBLIC;

GRANT SELECT ON TABLE workflows.transition TO workflows_operator;
GRANT SELECT ON TABLE workflows.transition TO workflows_viewer;
GRANT SELECT ON TABLE workflows.transition TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.apply_command(p_workflow workflows.workflow, p_transition workflows.transition, p_reason text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.apply_retention(p_limit integer, p_after text, p_actor text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.apply_retention(p_limit integer, p_after text, p_actor text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.ask_prompt(p_workflow_id uuid, p_step_key text, p_ask json, p_due_at timestamp with time zone, p_is_waiting boolean, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.audit_change(p_workflow_ids uuid[], p_event text, p_actor text, p_reason text, p_detail text, p_old_value text, p_second_actor text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.audit_configuration(p_event text, p_detail text, p_old_value text, p_new_value text, p_actor text, p_reason text, p_worker_id uuid, p_second_actor text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.audit_filter(p_filter text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.audit_queue_created(p_queue_name text, p_actor text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.await_children(p_workflow_id uuid, p_step_key text, p_ask json, p_is_over boolean, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.awaits_others(p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.backoff_seconds(p_failures integer, p_first double precision, p_rate double precision, p_most double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.bad_argument(p_field text, p_problem text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.blackout_scope(p_blackout workflows.blackout) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.calendar_is_open(p_calendar_name text, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.calendar_json(p_calendar_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.calendar_problem(p_calendar jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.cancel_in_maintenance(p_limit integer, OUT queued integer, OUT running integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.cancel_workflow(p_workflow_id text, p_reason text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.cancel_workflow(p_workflow_id text, p_reason text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.cancel_workflow(p_workflow_id text, p_reason text, p_options text) TO workflows_admin;

GRANT SELECT ON TABLE workflows.setting TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.change_setting(p_setting workflows.setting, p_value text, p_actor text, p_reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.characters_text(p_count text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.check_schedule(p_schedule workflows.schedule, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.child_outcomes(p_ids uuid[], p_failed bigint, p_is_raised boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.child_refusal(p_problem jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.choices_problem(p_choices jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.choices_text(p_choices jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.claim_answer(p_worker_id uuid, p_claim_no bigint, p_is_idle boolean, p_retry_ms integer, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.claim_quota(p_worker_id uuid, p_queue_ids integer[], p_limited integer[], p_caps integer[], p_start_now integer, p_prefetch integer, OUT lanes bigint[], OUT lows bigint[], OUT firsts bigint[], OUT counts bigint[], OUT wanted bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.claim_workflows(p_worker_id text, p_start_now integer, p_prefetch integer, p_request_no bigint, p_is_resend boolean, p_may_idle boolean, p_is_idle boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.claim_workflows(p_worker_id text, p_start_now integer, p_prefetch integer, p_request_no bigint, p_is_resend boolean, p_may_idle boolean, p_is_idle boolean) TO workflows_worker;

REVOKE ALL ON FUNCTION workflows.clean_form(p_form jsonb, p_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.clock_change(p_from timestamp with time zone, p_until timestamp with time zone, p_time_zone text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.clock_now() FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.close_commands(p_limit integer, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.command_answer(p_command_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.command_message(p_command text, p_outcome text, p_is_delivered boolean, p_before workflows.workflow, p_after workflows.workflow) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.command_options(p_options text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.command_priority(p_command text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.command_word(p_command text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.compare_parameter_sets(p_workflow_name text, p_set_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.compare_parameter_sets(p_workflow_name text, p_set_name text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.compare_parameter_sets(p_workflow_name text, p_set_name text, p_options text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.compare_parameter_sets(p_workflow_name text, p_set_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.copy_steps(p_from uuid, p_step_key text, p_to uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.count_kept(p_before uuid, p_look integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.count_on(p_before uuid, p_look integer, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.count_parked(p_queue_id integer, p_status text, p_cap integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.count_queues(p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.count_ready(p_queue_id integer, p_cap integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.count_turn(p_progress workflows.retention_progress, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.create_enum(p_enum_name text, p_choices text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.create_enum(p_enum_name text, p_choices text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.create_parameter_set(p_workflow_name text, p_set_name text, p_values text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.create_parameter_set(p_workflow_name text, p_set_name text, p_values text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.create_parameter_set(p_workflow_name text, p_set_name text, p_values text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.create_queue(p_queue_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.create_queue(p_queue_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.create_schedule(p_schedule_name text, p_workflow_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.create_schedule(p_schedule_name text, p_workflow_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.create_template(p_workflow_name text, p_template_name text, p_form text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.create_template(p_workflow_name text, p_template_name text, p_form text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.cron_match(p_fields workflows.cron_fields, p_from timestamp without time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.cron_next(p_fields workflows.cron_fields, p_time_zone text, p_after timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.cron_next_real(p_fields workflows.cron_fields, p_time_zone text, p_after timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.cron_number(p_text text, p_least integer, p_names text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.cron_values(p_text text, p_least integer, p_most integer, p_names text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.csv_line(p_fields text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.cut_text(p_text text, p_characters integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.dated_id(p_id uuid, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.delete_calendar(p_calendar_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.delete_calendar(p_calendar_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.delete_retention(p_queue_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.delete_retention(p_queue_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.delete_schedule(p_schedule_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.delete_schedule(p_schedule_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.describe_allowed(p_workflow workflows.workflow) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.describe_attempts(p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.describe_children(p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.describe_commands(p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.describe_events(p_workflow_id uuid, p_characters integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.describe_gates(p_workflow workflows.workflow) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.describe_messages(p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.describe_parents(p_parent_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.describe_prompts(p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.describe_record(p_workflow workflows.workflow, p_characters integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.describe_steps(p_workflow_id uuid, p_characters integer, p_most bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.describe_streams(p_workflow_id uuid, p_characters integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.describe_tree(p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.describe_workflow(p_workflow_id text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.describe_workflow(p_workflow_id text, p_options text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.describe_workflow(p_workflow_id text, p_options text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.describe_workflow(p_workflow_id text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.describe_workflow(p_workflow_id text, p_options text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.describe_workflow(p_workflow_id text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.drain_worker(p_worker_id text, p_reason text, p_actor text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.drain_worker(p_worker_id text, p_reason text, p_actor text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.drain_worker(p_worker_id text, p_reason text, p_actor text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.duplicate_problem(p_request workflows.enqueue_request) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.end_due(p_workflow workflows.workflow, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.end_resuming(p_records text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.end_waits(p_workflow_ids uuid[], p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.enqueue(p_workflow_name text, p_inputs text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.enqueue(p_workflow_name text, p_inputs text, p_options text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.enqueue(p_workflow_name text, p_inputs text, p_options text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.enqueue(p_workflow_name text, p_inputs text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.enqueue(p_workflow_name text, p_inputs text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.enqueue_again(p_entry workflows.rejected_entry, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.enqueue_answer(p_problem jsonb, p_workflow_id uuid, p_is_new boolean, p_is_registered boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.enqueue_clean(p_items text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.enqueue_many(p_items text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.enqueue_many(p_items text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.enqueue_many(p_items text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.enqueue_many(p_items text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.enqueue_many(p_items text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.enqueue_occurrences(p_schedule workflows.schedule, p_ids uuid[], p_times timestamp with time zone[], p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.enqueue_plain(p_names text[], p_inputs text[], p_ids uuid[], p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.enqueue_requests(p_requests workflows.enqueue_request[], p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.enqueue_unusual(p_workflow_name text, p_inputs text, p_options text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.enter_maintenance(p_mode text, p_reason text, p_queue_name text, p_actor text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.enter_maintenance(p_mode text, p_reason text, p_queue_name text, p_actor text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.enter_maintenance(p_mode text, p_reason text, p_queue_name text, p_actor text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.enum_json(p_enum workflows.parameter_enum) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.enum_user(p_enum_name text, p_version integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.error_reason(p_error json) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.exchange_error(p_class text, p_message text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.exchange_once(p_workflow_id uuid, p_step_key text, p_kind text, p_ask json, p_due_at timestamp with time zone, p_is_waiting boolean, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.exit_maintenance(p_queue_name text, p_reason text, p_actor text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.exit_maintenance(p_queue_name text, p_reason text, p_actor text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.exit_maintenance(p_queue_name text, p_reason text, p_actor text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.expand_form(p_form jsonb, OUT form jsonb, OUT versions jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.expire_commands(p_limit integer, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.expire_deadlines(p_limit integer, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.expire_unstarted(p_workflow_ids uuid[], p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.export_audit(p_filter text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.export_audit(p_filter text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.export_parameter_set(p_workflow_name text, p_set_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.export_parameter_set(p_workflow_name text, p_set_name text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.export_parameter_set(p_workflow_name text, p_set_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.few_steps(p_workflow_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.field_choices_problem(p_field jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.field_form_problem(p_field jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.field_problem(p_field jsonb, p_value jsonb, p_is_partial boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.filtered_gate(p_filter jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.find_blackout(p_schedule_name text, p_calendar_name text, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.find_commanded(p_filter text) FROM PUBLIC;

GRANT SELECT ON TABLE workflows.workflow_definition TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.find_definition(p_workflow_name text, p_workflow_version integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.find_enum(p_enum_name text, p_enum_version integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.find_over(p_after uuid, p_until uuid, p_look integer, p_limit integer, p_now timestamp with time zone, OUT workflow_ids uuid[], OUT ends timestamp with time zone[], OUT next_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.find_set(p_workflow_name text, p_set_name text, p_set_version integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.find_template(p_workflow_name text, p_template_name text, p_template_version integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.finish_other(p_workflow_id uuid, p_lease_token uuid, p_outcome text, p_error json, p_is_sanitised boolean, p_step_key text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.finish_refusal(p_workflow_id uuid, p_lease_token uuid, p_outcome text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.finish_workflows(p_worker_id text, p_outcomes text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.finish_workflows(p_worker_id text, p_outcomes text) TO workflows_worker;

REVOKE ALL ON FUNCTION workflows.fire_schedule(p_schedule workflows.schedule, p_limit integer, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.fire_schedules(p_limit integer, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.first_command(p_workflow_id uuid, p_topic text, p_state text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.first_moment(p_local timestamp without time zone, p_time_zone text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.first_uuid() FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.fits_setting(p_setting workflows.setting, p_value text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.fold_new_lanes(p_may_wait boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.forget_failed_steps(p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.forget_runs(p_schedule_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.forget_waits(p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.forget_workers(p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.fork_workflow(p_workflow_id text, p_step_key text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.fork_workflow(p_workflow_id text, p_step_key text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.fork_workflow(p_workflow_id text, p_step_key text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.form_meta(p_form jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.form_problem(p_form jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.form_problems(p_form jsonb, p_values jsonb, p_root text, p_noun text, p_is_partial boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.free_gates(p_workflow_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.gate_head(p_gate_id bigint, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.gate_json(p_gate_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.gate_keys(p_queue_id integer, p_partition_key text, p_resources text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.gate_label(p_queue_id integer, p_partition_key text, p_resource text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.gates_from(p_from bigint, p_most bigint, OUT gate_id bigint, OUT gate_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.get_activity(p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.get_activity(p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.get_activity(p_options text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.get_activity(p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.get_diagnostics() FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.get_diagnostics() TO workflows_operator;
GRANT ALL ON FUNCTION workflows.get_diagnostics() TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.get_diagnostics() TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.get_enum(p_enum_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.get_enum(p_enum_name text, p_options text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.get_enum(p_enum_name text, p_options text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.get_enum(p_enum_name text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.get_enum(p_enum_name text, p_options text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.get_enum(p_enum_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.get_maintenance() FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.get_maintenance() TO workflows_worker;
GRANT ALL ON FUNCTION workflows.get_maintenance() TO workflows_operator;
GRANT ALL ON FUNCTION workflows.get_maintenance() TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.get_maintenance() TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.get_parameter_set(p_workflow_name text, p_set_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.get_parameter_set(p_workflow_name text, p_set_name text, p_options text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.get_parameter_set(p_workflow_name text, p_set_name text, p_options text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.get_parameter_set(p_workflow_name text, p_set_name text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.get_parameter_set(p_workflow_name text, p_set_name text, p_options text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.get_parameter_set(p_workflow_name text, p_set_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.get_template(p_workflow_name text, p_template_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.get_template(p_workflow_name text, p_template_name text, p_options text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.get_template(p_workflow_name text, p_template_name text, p_options text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.get_template(p_workflow_name text, p_template_name text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.get_template(p_workflow_name text, p_template_name text, p_options text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.get_template(p_workflow_name text, p_template_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.get_workflow(p_workflow_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.get_workflow(p_workflow_id text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.get_workflow(p_workflow_id text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.get_workflow(p_workflow_id text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.get_workflow(p_workflow_id text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.get_workflow(p_workflow_id text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.hand_over() FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.has_come(p_workflow_id uuid, p_topic text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.has_locked(p_workflow_id uuid, p_status text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.has_locked_for(p_workflow_id uuid, p_status text, p_command text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.has_more_steps(p_workflow_id uuid, p_limit integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.has_run_handler(p_workflow_id uuid, p_order text, p_handler_no integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.have_children_ended(p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.held_problem(p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.held_state(p_order text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.history_problem(p_entry json) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.history_steps_problem(p_steps jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.history_time(p_value jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.hold_waiting(p_workflow workflows.workflow, p_state text, p_reason text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.holiday_problem(p_holiday jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.horizon(p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.import_enum(p_enum jsonb, p_actor text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.import_enums(p_enums jsonb, p_form text, p_actor text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.import_parameter_set(p_document text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.import_parameter_set(p_document text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.import_template(p_workflow_name text, p_template jsonb, p_form text, p_actor text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.import_workflows(p_items text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.import_workflows(p_items text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.insert_message(p_workflow_id uuid, p_topic text, p_body text, p_message_id uuid, p_sent_by text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.insert_workflows(p_requests workflows.enqueue_request[], p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.is_choice(p_field jsonb, p_value jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.is_datetime(p_value jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.is_history_time(p_value jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.is_json_array(p_text text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.is_quiet(p_queue_ids integer[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.is_time_of_day(p_value jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.join_problems(p_first jsonb, p_second jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.jump_ahead(p_schedule workflows.schedule, p_fields workflows.cron_fields, p_at timestamp with time zone, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.keep_error(p_workflow_id uuid, p_error json, p_is_sanitised boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.knows_time_zone(p_time_zone text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.lane_key(p_queue_id integer, p_name text, p_version integer, p_priority smallint, p_kind text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.lane_kind(p_gate_ids bigint[], p_on_worker_lost text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.last_started_set(p_workflow_name text, p_set_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.last_uuid() FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.lay_over(p_under jsonb, p_values jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.limit_open_transaction(p_lease_seconds double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.list_blackouts(p_filter text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_blackouts(p_filter text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_blackouts(p_filter text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_blackouts(p_filter text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_calendars() FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_calendars() TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_calendars() TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_calendars() TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_enums(p_filter text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_enums(p_filter text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.list_enums(p_filter text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.list_enums(p_filter text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_enums(p_filter text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_enums(p_filter text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_filter(p_filter text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.list_gates(p_filter text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_gates(p_filter text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_gates(p_filter text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_gates(p_filter text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_parameter_sets(p_filter text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_parameter_sets(p_filter text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.list_parameter_sets(p_filter text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.list_parameter_sets(p_filter text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_parameter_sets(p_filter text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_parameter_sets(p_filter text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_parameters(p_workflow_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_parameters(p_workflow_name text, p_options text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.list_parameters(p_workflow_name text, p_options text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.list_parameters(p_workflow_name text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_parameters(p_workflow_name text, p_options text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_parameters(p_workflow_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_prompts(p_filter text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_prompts(p_filter text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_prompts(p_filter text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_prompts(p_filter text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_queues() FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_queues() TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_queues() TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_queues() TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_rejected_entries(p_filter text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_rejected_entries(p_filter text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_rejected_entries(p_filter text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_rejected_entries(p_filter text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_retention() FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_retention() TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_retention() TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_retention() TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_schedule_runs(p_schedule_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_schedule_runs(p_schedule_name text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_schedule_runs(p_schedule_name text, p_options text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_schedule_runs(p_schedule_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_schedules(p_filter text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_schedules(p_filter text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_schedules(p_filter text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_schedules(p_filter text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_setting_changes(p_filter text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_setting_changes(p_filter text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_settings() FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_settings() TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_steps(p_workflow_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_steps(p_workflow_id text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.list_steps(p_workflow_id text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.list_steps(p_workflow_id text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_steps(p_workflow_id text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_steps(p_workflow_id text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_templates(p_filter text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_templates(p_filter text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.list_templates(p_filter text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.list_templates(p_filter text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_templates(p_filter text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_templates(p_filter text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_tickets(p_filter text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_tickets(p_filter text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_tickets(p_filter text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_tickets(p_filter text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.list_workflows(p_filter text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.list_workflows(p_filter text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.list_workflows(p_filter text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.list_workflows(p_filter text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.list_workflows(p_filter text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.list_workflows(p_filter text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.live_before(p_queue_id integer, p_before timestamp with time zone, p_limit integer, OUT workflow_id uuid, OUT status text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.load_workflow(p_worker_id text, p_workflow_id text, p_lease_token text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.load_workflow(p_worker_id text, p_workflow_id text, p_lease_token text) TO workflows_worker;

REVOKE ALL ON FUNCTION workflows.local_text(p_at timestamp with time zone, p_time_zone text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.lock_limited(p_queue_ids integer[], p_now timestamp with time zone, OUT queue_ids integer[], OUT caps integer[], OUT is_locked boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.lock_progress() FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.lock_schedule(p_schedule_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.lock_setting(p_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.lock_workflow(p_workflow_id uuid, p_takes_lease boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.look_again(p_workflow_id uuid, p_step_key text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.look_for_event(p_publisher uuid, p_key text, p_is_over boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.maintenance_key(p_queue_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.maintenance_mode_of(p_queue_id integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.mark_idle(p_queue_ids integer[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.mark_started(p_worker_id uuid, p_started json, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.merge_request(p_first workflows.enqueue_request, p_later workflows.enqueue_request) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.missing_queue(p_queue_name text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.name_problem(p_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.new_workflow_id(p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.next_handler_no(p_workflow workflows.workflow, p_order text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.next_occurrence(p_cron text, p_time_zone text, p_after timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.next_occurrence(p_cron text, p_time_zone text, p_after timestamp with time zone) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.next_occurrence(p_cron text, p_time_zone text, p_after timestamp with time zone) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.next_occurrence(p_cron text, p_time_zone text, p_after timestamp with time zone) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.next_occurrence(p_cron text, p_time_zone text, p_after timestamp with time zone) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.next_occurrence(p_cron text, p_time_zone text, p_after timestamp with time zone) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.next_pass(p_progress workflows.retention_progress, p_next uuid, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.note_handlers(p_records text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.note_wait(p_workflow_id uuid, p_step_key text, p_topic text, p_is_waiting boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.notify_idle(p_queue_ids integer[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.notify_workers(p_payload text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.number_problem(p_value jsonb, p_least numeric, p_most numeric, p_is_whole boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.occurrence_fate(p_schedule workflows.schedule, p_at timestamp with time zone, p_has_later boolean, p_now timestamp with time zone, OUT outcome text, OUT message text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.occurrence_request(p_schedule workflows.schedule, p_id uuid, p_at timestamp with time zone, p_actor text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.open_queues(p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.option_actor(p_options jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.option_boolean(p_options jsonb, p_key text, p_default boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.option_number(p_options jsonb, p_key text, p_default bigint, p_least bigint, p_most bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.option_problem(p_key text, p_value jsonb, p_text text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.option_version(p_options jsonb, p_key text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.order_children(p_parent uuid, p_command text, p_reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.order_of_status(p_status text, p_state text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.order_running(p_workflow workflows.workflow, p_transition workflows.transition, p_reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.outcome_of(p_order text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.outwait_claims() FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.parent_problem(p_request workflows.enqueue_request) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.pass_over(p_workflow workflows.workflow, p_is_held boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.pause_queue(p_queue_name text, p_reason text, p_actor text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.pause_queue(p_queue_name text, p_reason text, p_actor text) TO workflows_admin;
GRANT ALL ON FUNCTION workflows.pause_queue(p_queue_name text, p_reason text, p_actor text) TO workflows_operator;

REVOKE ALL ON FUNCTION workflows.pause_schedule(p_schedule_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.pause_schedule(p_schedule_name text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.pause_schedule(p_schedule_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.payload_problem(p_text text, p_limit integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.plain_places(p_names text[], OUT names text[], OUT lane_ids bigint[], OUT queue_ids integer[], OUT versions integer[], OUT priorities smallint[], OUT tails text[], OUT is_plain boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.policies_json(p_definition workflows.workflow_definition) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.policy_of(p_queue_id integer, p_status text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.problems_text(p_problems jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.prompt_answer(p_prompt workflows.prompt) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.prompt_json(p_prompt workflows.prompt) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.prompts_to_list(p_prompt_id uuid, p_workflow_id uuid, p_is_open boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.queue_figures(p_queue_id integer, OUT enqueued bigint, OUT delayed bigint, OUT blocked bigint, OUT running bigint, OUT waiting bigint, OUT held bigint, OUT dead_letters bigint, OUT oldest_enqueued_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.queue_figures(p_queue_id integer, OUT enqueued bigint, OUT delayed bigint, OUT blocked bigint, OUT running bigint, OUT waiting bigint, OUT held bigint, OUT dead_letters bigint, OUT oldest_enqueued_at timestamp with time zone) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.queue_figures(p_queue_id integer, OUT enqueued bigint, OUT delayed bigint, OUT blocked bigint, OUT running bigint, OUT waiting bigint, OUT held bigint, OUT dead_letters bigint, OUT oldest_enqueued_at timestamp with time zone) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.queue_figures(p_queue_id integer, OUT enqueued bigint, OUT delayed bigint, OUT blocked bigint, OUT running bigint, OUT waiting bigint, OUT held bigint, OUT dead_letters bigint, OUT oldest_enqueued_at timestamp with time zone) TO workflows_admin;
GRANT ALL ON FUNCTION workflows.queue_figures(p_queue_id integer, OUT enqueued bigint, OUT delayed bigint, OUT blocked bigint, OUT running bigint, OUT waiting bigint, OUT held bigint, OUT dead_letters bigint, OUT oldest_enqueued_at timestamp with time zone) TO workflows_worker;

REVOKE ALL ON FUNCTION workflows.queue_lanes(p_queue_id integer, OUT lane_id bigint, OUT floor bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.queue_problem(p_queue_id integer, p_workflow_id uuid, p_is_allowed_during_maintenance boolean, p_is_full boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.queues_of_inactive(p_queue_ids integer[], p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.read_call_options(p_text text, p_field text, p_known text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.read_clean_batch(p_items text, OUT names text[], OUT inputs text[], OUT ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.read_cron(p_cron text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.read_entry(p_entry json, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.read_events(p_workflow_id text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.read_events(p_workflow_id text, p_options text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.read_events(p_workflow_id text, p_options text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.read_events(p_workflow_id text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.read_events(p_workflow_id text, p_options text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.read_events(p_workflow_id text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.read_history(p_entry json, OUT workflow_id uuid, OUT workflow_name text, OUT queue_id integer, OUT status text, OUT state text, OUT priority smallint, OUT partition_key text, OUT deduplication_id text, OUT timeout_seconds double precision, OUT reason text, OUT actor text, OUT inputs text, OUT result text, OUT error json, OUT is_sanitised boolean, OUT recipe jsonb, OUT enqueued_at timestamp with time zone, OUT started_at timestamp with time zone, OUT ended_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.read_history_steps(p_entry json, p_enqueued_at timestamp with time zone, OUT step_key text, OUT status text, OUT attempts integer, OUT started_at timestamp with time zone, OUT ended_at timestamp with time zone, OUT output text, OUT error text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.read_options(p_request workflows.enqueue_request, p_options text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.read_rejected(p_element json, OUT workflow_id text, OUT entry text, OUT problem text, OUT origin text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.read_request(p_workflow_name text, p_inputs text, p_options text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.read_schedule(p_schedule workflows.schedule, p_options jsonb, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.read_schedule_options(p_options text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.read_stream(p_workflow_id text, p_stream text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.read_stream(p_workflow_id text, p_stream text, p_options text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.read_stream(p_workflow_id text, p_stream text, p_options text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.read_stream(p_workflow_id text, p_stream text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.read_stream(p_workflow_id text, p_stream text, p_options text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.read_stream(p_workflow_id text, p_stream text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.read_usual_batch(p_items text, OUT names text[], OUT inputs text[], OUT ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.read_uuid(p_text text, p_field text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.receive_command(p_workflow_id uuid, p_topic text, p_state text, p_is_over boolean, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.receive_message(p_workflow_id uuid, p_step_key text, p_topic text, p_is_over boolean, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.recipe_problem(p_recipe jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.recipe_problems(p_recipe jsonb, p_set workflows.parameter_set, p_template workflows.parameter_template) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.reclaim_lease(p_lease workflows.lease, p_cause text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.reclaim_lost(p_limit integer, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.record_again(p_n integer, p_workflow_id uuid, p_step_key text, p_kind text, p_control text, p_status text, p_output json, p_error json, p_attempt integer, p_retry json, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.record_exchange(p_n integer, p_workflow_id uuid, p_step_key text, p_kind text, p_control text, p_ask json, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.record_steps(p_worker_id text, p_records text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.record_steps(p_worker_id text, p_records text) TO workflows_worker;

REVOKE ALL ON FUNCTION workflows.recorded_steps(p_workflow_id uuid, p_limit integer, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.refuse(p_code text, p_detail jsonb, p_hint text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.refuse_approval(p_set workflows.parameter_set, p_actor text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.refuse_audit_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.refuse_audit_removal() FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.refuse_closed_prompt(p_prompt workflows.prompt, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.refuse_occurrence(p_schedule workflows.schedule, p_message text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.refuse_request(p_request_id text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.refuse_signatures(p_prompt workflows.prompt, p_options jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.refuse_unless(p_problem text, p_field text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.refuse_values(p_problem jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.register_definitions(p_worker_id uuid, p_definitions json, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.register_worker(p_worker_id text, p_registration text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.register_worker(p_worker_id text, p_registration text) TO workflows_worker;

REVOKE ALL ON FUNCTION workflows.reject_entries(p_entries text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.reject_entries(p_entries text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.reject_entries(p_entries text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.reject_entries(p_entries text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.reject_entries(p_entries text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.release_due(p_limit integer, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.release_rates(p_limit integer, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.release_unknown(p_worker workflows.worker, p_held json, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.remove_audit(p_limit integer, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.remove_blackout(p_blackout_id integer, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.remove_blackout(p_blackout_id integer, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.remove_hot_row(p_workflow workflows.workflow) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.remove_over(p_after uuid, p_limit integer, p_now timestamp with time zone, OUT removed jsonb, OUT passed_by integer, OUT next_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.remove_rejected(p_limit integer, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.remove_talk(p_workflow_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.remove_workflows(p_workflow_ids uuid[], p_ends timestamp with time zone[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.rename_parameter_set(p_workflow_name text, p_set_name text, p_new_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.rename_parameter_set(p_workflow_name text, p_set_name text, p_new_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.renew_worker(p_worker_id text, p_held text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.renew_worker(p_worker_id text, p_held text) TO workflows_worker;

REVOKE ALL ON FUNCTION workflows.repeat_workflow(p_workflow workflows.workflow, p_step_key text, p_options jsonb, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.replace_waiting(p_workflow_id uuid, p_request workflows.enqueue_request) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.requeue_ordered(p_workflow workflows.workflow, p_order text, p_handler_no integer, p_reason text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.requeue_workflows(p_workflow_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.require_calendar(p_calendar_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.require_reason(p_queue_id integer, p_reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.require_worker(p_worker_id text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.require_workflow(p_workflow_id text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.reset_of(p_workflow workflows.workflow) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.reset_setting(p_name text, p_actor text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.reset_setting(p_name text, p_actor text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.resolve_inputs(p_workflow_name text, p_inputs text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.resolve_inputs(p_workflow_name text, p_inputs text, p_options text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.resolve_inputs(p_workflow_name text, p_inputs text, p_options text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.resolve_inputs(p_workflow_name text, p_inputs text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.resolve_inputs(p_workflow_name text, p_inputs text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.resolve_rejected_entry(p_workflow_id text, p_action text, p_actor text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.resolve_rejected_entry(p_workflow_id text, p_action text, p_actor text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.resolve_rejected_entry(p_workflow_id text, p_action text, p_actor text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.resolve_requests(p_requests workflows.enqueue_request[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.resolve_values(p_workflow_name text, p_workflow_version integer, p_inputs jsonb, p_recipe jsonb, OUT resolved jsonb, OUT problems jsonb, OUT frozen jsonb, OUT base jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.resume_held(p_workflow workflows.workflow, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.resume_queue(p_queue_name text, p_reason text, p_actor text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.resume_queue(p_queue_name text, p_reason text, p_actor text) TO workflows_admin;
GRANT ALL ON FUNCTION workflows.resume_queue(p_queue_name text, p_reason text, p_actor text) TO workflows_operator;

REVOKE ALL ON FUNCTION workflows.resume_schedule(p_schedule_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.resume_schedule(p_schedule_name text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.resume_schedule(p_schedule_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.resume_worker(p_worker_id text, p_reason text, p_actor text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.resume_worker(p_worker_id text, p_reason text, p_actor text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.resume_worker(p_worker_id text, p_reason text, p_actor text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.retention_changed(p_queue_id integer, p_status text, p_before text, p_actor text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.retention_figures(p_queue_id integer, p_status text, OUT oldest_ended_at timestamp with time zone, OUT over_count bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.retention_figures(p_queue_id integer, p_status text, OUT oldest_ended_at timestamp with time zone, OUT over_count bigint) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.retention_figures(p_queue_id integer, p_status text, OUT oldest_ended_at timestamp with time zone, OUT over_count bigint) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.retention_figures(p_queue_id integer, p_status text, OUT oldest_ended_at timestamp with time zone, OUT over_count bigint) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.retention_queue(p_queue_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.retention_status_of(p_options jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.retention_text(p_queue_id integer, p_status text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.retention_turn(p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.retire_worker(p_worker_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.retire_worker(p_worker_id text) TO workflows_worker;

REVOKE ALL ON FUNCTION workflows.retry_workflow(p_workflow_id text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.retry_workflow(p_workflow_id text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.retry_workflow(p_workflow_id text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.run_maintenance(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.run_maintenance(p_limit integer) TO workflows_worker;

REVOKE ALL ON FUNCTION workflows.run_schedule(p_schedule_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.run_schedule(p_schedule_name text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.run_schedule(p_schedule_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.schedule_after(p_schedule workflows.schedule, p_fields workflows.cron_fields, p_after timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.schedule_json(p_schedule workflows.schedule) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.schedule_seconds(p_key text, p_value jsonb, p_least integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.schedule_skip(p_schedule_name text, p_calendar_name text, p_at timestamp with time zone, OUT outcome text, OUT message text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.schedule_time(p_key text, p_value jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.schema_version() FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.schema_version() TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.schema_version() TO workflows_worker;
GRANT ALL ON FUNCTION workflows.schema_version() TO workflows_operator;
GRANT ALL ON FUNCTION workflows.schema_version() TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.schema_version() TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.search_filter(p_filter text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.search_live(p_statuses text[], p_queue_id integer, p_most bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.search_places(p_filter jsonb, p_before uuid, p_look bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.search_rows(p_ids uuid[], p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.search_workflows(p_filter text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.search_workflows(p_filter text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.search_workflows(p_filter text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.search_workflows(p_filter text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.search_workflows(p_filter text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.search_workflows(p_filter text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.send_command(p_workflow_id text, p_command text, p_reason text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.send_command(p_workflow_id text, p_command text, p_reason text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.send_command(p_workflow_id text, p_command text, p_reason text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.send_commands(p_command text, p_filter text, p_reason text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.send_commands(p_command text, p_filter text, p_reason text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.send_commands(p_command text, p_filter text, p_reason text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.send_from_step(p_sender uuid, p_ask json, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.send_message(p_workflow_id text, p_message text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.send_message(p_workflow_id text, p_message text, p_options text) TO workflows_enqueuer;
GRANT ALL ON FUNCTION workflows.send_message(p_workflow_id text, p_message text, p_options text) TO workflows_worker;
GRANT ALL ON FUNCTION workflows.send_message(p_workflow_id text, p_message text, p_options text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.send_message(p_workflow_id text, p_message text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.send_one(p_workflow_id uuid, p_command text, p_reason text, p_options jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.session_source() FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.set_before(p_workflow_name text, p_set_name text, p_version integer, p_before integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.set_calendar(p_calendar_name text, p_calendar text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.set_calendar(p_calendar_name text, p_calendar text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.set_enum_status(p_enum_name text, p_status text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.set_enum_status(p_enum_name text, p_status text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.set_event(p_workflow_id uuid, p_key text, p_value json, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.set_json(p_set workflows.parameter_set) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.set_maintenance_modes(p_may_wait boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.set_parameter_set_status(p_workflow_name text, p_set_name text, p_status text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.set_parameter_set_status(p_workflow_name text, p_set_name text, p_status text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.set_problem(p_set workflows.parameter_set, p_recipe jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.set_problems(p_workflow_name text, p_template workflows.parameter_template, p_values jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.set_queue(p_queue_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.set_queue(p_queue_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.set_retention(p_queue_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.set_retention(p_queue_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.set_schedule(p_schedule_name text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.set_schedule(p_schedule_name text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.set_setting(p_name text, p_value text, p_actor text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.set_setting(p_name text, p_value text, p_actor text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.set_template_status(p_workflow_name text, p_template_name text, p_status text, p_options text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.set_template_status(p_workflow_name text, p_template_name text, p_status text, p_options text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.setting_of(p_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.settle_ending(p_workflow workflows.workflow, p_order text, p_has_failed boolean, p_reason text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.settle_error(p_workflow workflows.workflow, p_lease workflows.lease, p_error json, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.settle_leaving(p_workflow workflows.workflow, p_lease workflows.lease, p_outcome text, p_step_key text, p_error json, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.settle_workflow(p_workflow_id uuid, p_status text, p_state text, p_reason text, p_resume_status text, p_resume_at timestamp with time zone, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.shift_problem(p_shift jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.short_gate_name(p_gate_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.short_json(p_text text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.signature_problems(p_definition workflows.workflow_definition, p_meta jsonb, OUT id text, OUT problem text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.start_children(p_parent uuid, p_step_key text, p_ask json, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.steps_in_doubt(p_workflow_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.suspend_until(p_workflow_id uuid, p_step_key text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.sweep_lanes() FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.switch_queue(p_queue_name text, p_is_paused boolean, p_reason text, p_actor text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.switch_schedule(p_schedule workflows.schedule, p_is_paused boolean, p_reason text, p_actor text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.take_child_orders(p_limit integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.take_deduplication_id(p_request workflows.enqueue_request, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.take_maintenance(p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.take_order_back(p_workflow workflows.workflow, p_order text, p_from_status text, p_from_state text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.take_ready(p_worker_id uuid, p_queue_ids integer[], p_start_now integer, p_prefetch integer, p_claim_no bigint, p_now timestamp with time zone, OUT taken integer, OUT is_contended boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.take_turn(p_may_wait boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.take_wake_calls(p_limit integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.takes_commands_itself(p_workflow workflows.workflow, p_command text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.template_fields(p_meta jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.template_json(p_template workflows.parameter_template) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.template_problems(p_workflow_name text, p_form jsonb, p_meta jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.text_of(p_value json) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.ticket_json(p_ticket workflows.gate_ticket) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.tidy_turn(p_progress workflows.retention_progress, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.time_problem(p_value jsonb, p_text text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.unmark_idle(p_queue_ids integer[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.unpark_waiting(p_waiting uuid[], p_held uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.upcoming(p_schedule_name text, p_count integer, OUT n integer, OUT occurs_at timestamp with time zone, OUT local_time text, OUT is_skipped boolean, OUT skip_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION workflows.upcoming(p_schedule_name text, p_count integer, OUT n integer, OUT occurs_at timestamp with time zone, OUT local_time text, OUT is_skipped boolean, OUT skip_reason text) TO workflows_operator;
GRANT ALL ON FUNCTION workflows.upcoming(p_schedule_name text, p_count integer, OUT n integer, OUT occurs_at timestamp with time zone, OUT local_time text, OUT is_skipped boolean, OUT skip_reason text) TO workflows_viewer;
GRANT ALL ON FUNCTION workflows.upcoming(p_schedule_name text, p_count integer, OUT n integer, OUT occurs_at timestamp with time zone, OUT local_time text, OUT is_skipped boolean, OUT skip_reason text) TO workflows_admin;

REVOKE ALL ON FUNCTION workflows.use_key_rate(p_granted uuid[], p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.use_rate(p_claimed uuid[], p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.values_problem(p_field text, p_problems jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.waiting_version(p_workflow_name text, p_deduplication_id text, p_asked integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.wake_later(p_workflow_ids uuid[], p_topic text) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.wake_parents(p_ended uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.with_defaults(p_parameters jsonb, p_values jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.without_locked_rows(p_workflow_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.workflow_fits(p_status text, p_state text, p_ended_at timestamp with time zone, p_held_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION workflows.workflow_json(p_workflow workflows.workflow) FROM PUBLIC;

GRANT SELECT ON TABLE workflows.queue TO workflows_admin;

GRANT SELECT ON TABLE workflows.attention_needed TO workflows_operator;
GRANT SELECT ON TABLE workflows.attention_needed TO workflows_viewer;
GRANT SELECT ON TABLE workflows.attention_needed TO workflows_admin;

GRANT SELECT ON TABLE workflows.audit TO workflows_admin;

GRANT SELECT ON TABLE workflows.audit_log TO workflows_admin;

GRANT SELECT ON TABLE workflows.command_log TO workflows_operator;
GRANT SELECT ON TABLE workflows.command_log TO workflows_viewer;
GRANT SELECT ON TABLE workflows.command_log TO workflows_admin;

GRANT SELECT ON TABLE workflows.dead_letter TO workflows_operator;
GRANT SELECT ON TABLE workflows.dead_letter TO workflows_viewer;
GRANT SELECT ON TABLE workflows.dead_letter TO workflows_admin;

GRANT SELECT ON TABLE workflows.enum_list TO workflows_operator;
GRANT SELECT ON TABLE workflows.enum_list TO workflows_viewer;
GRANT SELECT ON TABLE workflows.enum_list TO workflows_admin;

GRANT SELECT ON TABLE workflows.queue_depth TO workflows_operator;
GRANT SELECT ON TABLE workflows.queue_depth TO workflows_viewer;
GRANT SELECT ON TABLE workflows.queue_depth TO workflows_admin;
GRANT SELECT ON TABLE workflows.queue_depth TO workflows_worker;

GRANT SELECT ON TABLE workflows.health TO workflows_operator;
GRANT SELECT ON TABLE workflows.health TO workflows_viewer;
GRANT SELECT ON TABLE workflows.health TO workflows_admin;
GRANT SELECT ON TABLE workflows.health TO workflows_worker;

GRANT SELECT ON TABLE workflows.open_prompt TO workflows_operator;
GRANT SELECT ON TABLE workflows.open_prompt TO workflows_viewer;
GRANT SELECT ON TABLE workflows.open_prompt TO workflows_admin;

GRANT SELECT ON TABLE workflows.recipe_list TO workflows_operator;
GRANT SELECT ON TABLE workflows.recipe_list TO workflows_viewer;
GRANT SELECT ON TABLE workflows.recipe_list TO workflows_admin;

GRANT SELECT ON TABLE workflows.recipe_use TO workflows_operator;
GRANT SELECT ON TABLE workflows.recipe_use TO workflows_viewer;
GRANT SELECT ON TABLE workflows.recipe_use TO workflows_admin;

GRANT SELECT ON TABLE workflows.rejected_entry_list TO workflows_operator;
GRANT SELECT ON TABLE workflows.rejected_entry_list TO workflows_viewer;
GRANT SELECT ON TABLE workflows.rejected_entry_list TO workflows_admin;

GRANT SELECT ON TABLE workflows.resource_status TO workflows_operator;
GRANT SELECT ON TABLE workflows.resource_status TO workflows_viewer;
GRANT SELECT ON TABLE workflows.resource_status TO workflows_admin;

GRANT SELECT ON TABLE workflows.retention_status TO workflows_operator;
GRANT SELECT ON TABLE workflows.retention_status TO workflows_viewer;
GRANT SELECT ON TABLE workflows.retention_status TO workflows_admin;

GRANT SELECT ON TABLE workflows.running_workflow TO workflows_operator;
GRANT SELECT ON TABLE workflows.running_workflow TO workflows_viewer;
GRANT SELECT ON TABLE workflows.running_workflow TO workflows_admin;

GRANT SELECT ON TABLE workflows.schedule_next TO workflows_operator;
GRANT SELECT ON TABLE workflows.schedule_next TO workflows_viewer;
GRANT SELECT ON TABLE workflows.schedule_next TO workflows_admin;

GRANT SELECT ON TABLE workflows.schedule_status TO workflows_operator;
GRANT SELECT ON TABLE workflows.schedule_status TO workflows_viewer;
GRANT SELECT ON TABLE workflows.schedule_status TO workflows_admin;

GRANT SELECT ON TABLE workflows.schema_migration TO workflows_admin;

GRANT SELECT ON TABLE workflows.setting_change TO workflows_admin;

GRANT SELECT ON TABLE workflows.template_list TO workflows_operator;
GRANT SELECT ON TABLE workflows.template_list TO workflows_viewer;
GRANT SELECT ON TABLE workflows.template_list TO workflows_admin;

GRANT SELECT ON TABLE workflows.worker_status TO workflows_operator;
GRANT SELECT ON TABLE workflows.worker_status TO workflows_viewer;
GRANT SELECT ON TABLE workflows.worker_status TO workflows_admin;
GRANT SELECT ON TABLE workflows.worker_status TO workflows_worker;

GRANT SELECT ON TABLE workflows.workflow_child TO workflows_operator;
GRANT SELECT ON TABLE workflows.workflow_child TO workflows_viewer;
GRANT SELECT ON TABLE workflows.workflow_child TO workflows_admin;

GRANT SELECT ON TABLE workflows.workflow_parameter TO workflows_operator;
GRANT SELECT ON TABLE workflows.workflow_parameter TO workflows_viewer;
GRANT SELECT ON TABLE workflows.workflow_parameter TO workflows_admin;

GRANT SELECT ON TABLE workflows.workflow_status TO workflows_operator;
GRANT SELECT ON TABLE workflows.workflow_status TO workflows_viewer;
GRANT SELECT ON TABLE workflows.workflow_status TO workflows_admin;

ALTER DEFAULT PRIVILEGES FOR ROLE workflows_owner REVOKE ALL ON FUNCTIONS  FROM PUBLIC;
