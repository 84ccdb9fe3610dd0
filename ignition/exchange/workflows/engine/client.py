"""`rt`, what getWorkflows() answers: enqueue, look up, command, and inside a workflow sleep and check; what talks
to running workflows comes from engine.exchange, what starts others from engine.children.

Everything here raises; exchange.workflows.api.service has the same as envelopes.
"""

from __future__ import absolute_import, division, print_function

import json

from exchange.workflows import compat, errors, settings
from exchange.workflows.database.store import Store
from exchange.workflows.engine import asking, checks, context, entry_text, parallel, payload
from exchange.workflows.engine.buffer import Buffer
from exchange.workflows.engine.call_options import (
    ARGUMENTS,
    OPTIONS,
    options_json,
    order_options,
    partner_key,
)
from exchange.workflows.engine.children import Children
from exchange.workflows.engine.exchange import Exchange
from exchange.workflows.engine.handle import WorkflowHandle
from exchange.workflows.engine.observer import NOBODY


class Workflows(Exchange, Children):
    """One database. `store` has one method per SQL function."""

    def __init__(self, host, connector, observer=NOBODY):
        self.host = host
        self.observer = observer
        self.connector = connector
        self.store = Store(connector, connector.schema)
        database_name = getattr(connector, "database_name", None)
        self.buffer = Buffer(host, self.store, database_name and "%s/%s" % (database_name, connector.schema))
        self.payload_bytes = settings.PAYLOAD_MOST_BYTES

    def enqueue(
        self,
        workflowName,
        inputs=None,
        inputsObj=None,
        queueName=None,
        partitionKey=None,
        priority=None,
        deduplicationId=None,
        resources=None,
        workflowId=None,
        delaySeconds=None,
        availableAt=None,
        startBefore=None,
        timeoutSeconds=None,
        maxAttempts=None,
        onWorkerLost=None,
        onDuplicate=None,
        deduplicationSeconds=None,
        debounceLimitSeconds=None,
        workflowVersion=None,
        parent=None,
        actor=None,
        traceparent=None,
        allowDuringMaintenance=None,
        templateName=None,
        templateVersion=None,
        setName=None,
        setVersion=None,
        allowUnapproved=None,
    ):
        """Enqueue a workflow by name; returns its id once it is in the database.

        inputs (or inputsObj): any value that JSON can hold; an object becomes keyword arguments.
        workflowId: your own uuid; enqueueing it again changes nothing. Inside a workflow it is derived from
        the workflow and the place, so that a replay enqueues nothing twice.
        The rest as in api.service.enqueue. Raises BadArgument, QueueRefused, Duplicate.

            workflowId = getWorkflows().enqueue("fill_tank", {"tank": "T-101"}, priority=-5)
        """
        entry = dict(locals())
        entry.pop("self")
        name, inputs_json, options = self._request(entry)
        workflow_id = self.store.enqueue(name, inputs_json, options_json(options))
        self.observer.enqueued(name, workflow_id, options.get("traceparent"))
        return workflow_id

    def enqueueMany(self, requests):
        """Enqueue many in one round trip. Each is a dict with the arguments of enqueue.

        Returns one outcome each, in order: {"workflow_id", "deduplicated", "is_registered"}, or
        {"error": {"code", "message", "field"}}: a bad one does not touch the others.

            rt.enqueueMany([{"workflowName": "fill_tank", "inputs": {"tank": tank}} for tank in tanks])
        """
        requests = list(requests)
        if requests and context.current() is None and not self.observer.carried():
            plain = entry_text.plain_batch(requests, self.payload_bytes)
            if plain is not None:
                return self.store.enqueue_many(plain)
        texts = []
        outcomes = []
        for request in requests:
            try:
                texts.append(self._entry_json(*self._request(request)))
                outcomes.append(None)
            except errors.BadArgument as error:
                described = {"code": error.code, "message": compat.message_of(error), "field": error.field}
                outcomes.append({"error": described})
        answers = iter(self.store.enqueue_many("[%s]" % ",".join(texts)) if texts else ())
        return [next(answers) if outcome is None else outcome for outcome in outcomes]

    def enqueueInMemory(self, workflowName, inputs=None, sync=False, **options):
        """Hand an entry to the in-memory buffer and return the workflow id at once, without asking the
        database. It is enqueued within settings.BUFFER_FLUSH_SECONDS while the database answers, and lost if the
        process dies before, unless the buffer has a journal; sync=True waits until it is on the disk there.

        The other arguments are those of enqueue. Raises BadArgument for what cannot be JSON and BufferFull.

            workflowId = rt.enqueueInMemory("fill_tank", {"tank": "T-101"})
        """
        return self.offer(workflowName, inputs, sync, **options).workflow_id

    def offer(self, workflowName, inputs=None, sync=False, **options):
        """enqueueInMemory, telling also the depth of the buffer and what had to give way: engine.buffer.Offered."""
        name, inputs_json, chosen = self._request(dict(options, workflowName=workflowName, inputs=inputs))
        workflow_id = chosen.pop("workflow_id")
        if "workflowId" in options:
            workflow_id = payload.from_json(self.json_text(workflow_id, "workflow_id"))
        start = entry_text.start_of(name, inputs_json, options_json(chosen))
        return self.buffer.offer(start, workflow_id, partner_key(name, chosen), sync)

    def _request(self, entry):
        """(name, inputs as JSON text, options) of one entry with camelCase keys."""
        options = self.observer.carried()
        for key, value in entry.items():
            if key in OPTIONS:
                if value is not None:
                    options[OPTIONS[key]] = value
            elif key not in ARGUMENTS:
                raise checks.bad(key, "is not an argument of enqueue")
        name = entry.get("workflowName")
        inputs = entry.get("inputs")
        if inputs is None:
            inputs = entry.get("inputsObj")
        if "workflow_id" not in options:
            options["workflow_id"] = asking.new_id("enqueue")
        if not isinstance(name, compat.string_types):
            raise checks.bad("workflow_name", "must be a text")
        inputs_json = "{}" if inputs is None else self.json_text(inputs, "inputs")
        return self._clean_name(name), inputs_json, options

    def _clean_name(self, name):
        name = compat.to_text(name)
        if compat.has_poison(name):
            raise checks.bad("workflow_name", "contains a NUL character or half of a surrogate pair")
        return name

    def json_text(self, value, field):
        """A value as JSON text. Raises BadArgument that names the field and the place."""
        try:
            return payload.to_json(value, field, self.payload_bytes)
        except payload.BadValue as problem:
            detail = {"field": field, "path": problem.path, "problem": problem.reason}
            raise errors.BadArgument("%s" % problem, detail=detail)

    def _entry_json(self, name, inputs_json, options):
        named = json.dumps(name)
        return '{"workflow_name":%s,"inputs":%s,"options":%s}' % (named, inputs_json, options_json(options))

    # One workflow

    def handle(self, workflowId):
        """A handle with status(), wait(timeoutSeconds) and result(timeoutSeconds).

            print(rt.handle(workflowId).result(timeoutSeconds=30))
        """
        return WorkflowHandle(self.host, self.store, compat.to_text(workflowId))

    def getWorkflow(self, workflowId):
        """Everything about one workflow but its steps, as a dict. Raises UnknownId.

            print(rt.getWorkflow(workflowId)["status"])
        """
        return self.store.get_workflow(compat.to_text(workflowId))

    def listSteps(self, workflowId):
        """The recorded steps of a workflow, a list of dicts in order of start. Raises UnknownId.

            print([one["step_key"] for one in rt.listSteps(workflowId)])
        """
        return self.store.list_steps(compat.to_text(workflowId))

    def listWorkflows(self, **filters):
        """Workflows that fit, newest first: a list of dicts. The filters are those of the SQL function.

            failed = rt.listWorkflows(status="ERROR", limit=20)
        """
        return self.store.list_workflows(filters)

    def sendCommand(self, workflowId, cmd, reason=None, actor=None, requestId=None, **more):
        """Send HOLD, PAUSE, RESUME, STOP, ABORT or RESET. Returns {"outcome": "accepted" | "already" | "rejected",
        "status", "state", "message", "new_workflow_id" (of a RESET), ...}.

        more: validForSeconds, topic and secondActor as in api.service.sendCommand. Raises UnknownId, and BadArgument
        for a word that is no command or a reason that is missing where the queue requires one.

            rt.sendCommand(workflowId, "HOLD", reason="valve XV-12 is serviced", actor="anna")
        """
        options = order_options(actor, requestId, more)
        return self.store.send_command(compat.to_text(workflowId), compat.to_text(cmd), reason, options)

    def sendCommands(self, cmd, filters, reason=None, actor=None, requestId=None, **more):
        """Send one order to every live workflow that fits, in one call. `filters` is a dict with
        any of workflow_ids, queue_name, partition_key, resource, workflow_name, status, state, or {"all": True}.
        Returns a list with what sendCommand would answer for each; "refused" with code and message where it raised.

            getWorkflows().sendCommands("STOP", {"resource": "reactor 1"}, reason="leak", actor="anna")
        """
        return self.store.send_commands(compat.to_text(cmd), filters, reason, order_options(actor, requestId, more))

    def fork(self, workflowId, stepKey=None, **options):
        """Start a workflow again under a new id, from a recorded step: what was recorded before it is kept, it and
        what follows run again. None is from the top. The options are those of enqueue. Inside a workflow a replay
        forks nothing twice. Returns {"workflow_id", "previous_workflow_id", "kept_steps"}. Raises UnknownId,
        BadArgument, Duplicate.

            workflowId = rt.fork(workflowId, "weigh#2")["workflow_id"]
        """
        chosen = self.observer.carried()
        for key, value in options.items():
            if key not in OPTIONS:
                raise checks.bad(key, "is not an argument of fork")
            chosen[OPTIONS[key]] = value
        if "workflow_id" not in chosen:
            chosen["workflow_id"] = asking.new_id("fork")
        step_key = None if stepKey is None else compat.to_text(stepKey)
        return self.store.fork_workflow(compat.to_text(workflowId), step_key, options_json(chosen))

    def cancel(self, workflowId, reason=None, actor=None, requestId=None):
        """End a workflow as CANCELLED, at once or at its next step boundary. Returns as sendCommand.

            getWorkflows().cancel(workflowId, reason="wrong recipe", actor="anna")
        """
        options = order_options(actor, requestId)
        return self.store.cancel_workflow(compat.to_text(workflowId), reason, options)

    def retry(self, workflowId, actor=None, reason=None):
        """Put a workflow that ended in ERROR, CANCELLED or STOPPED back to work; recorded steps are kept.

            rt.retry(workflowId, actor="anna", reason="valve mended")
        """
        options = dict((key, value) for key, value in (("actor", actor), ("reason", reason)) if value is not None)
        return self.store.retry_workflow(compat.to_text(workflowId), options)

    # Inside a workflow

    def sleep(self, seconds):
        """Wait. Inside a workflow durably: a long wait leaves the thread and survives a restart. Inside a
        step, and outside a workflow, the thread just waits.

            rt.sleep(8 * 3600)
        """
        running = context.current()
        if running is None:
            self.host.sleep(seconds)
        else:
            running.sleep(seconds)

    def gather(self, handles, raiseErrors=True):
        """Wait for steps that were started beside the workflow. Returns their results in the order of the handles.

        handles: what step.start() answered. raiseErrors: False: an error stands in the place of its result.

        Raises the error of the one step that failed, or StepsFailed, whose `errors` are those of all; none is
        lost. Handles that nobody gathers are awaited at the end, and their errors are the workflow's.

            levels = rt.gather([read_level.start(tank) for tank in tanks])
        """
        return parallel.gather(handles, raiseErrors)

    def checkCancelled(self):
        """Obey a waiting command here and now; call it in long loops. Outside a workflow it does nothing."""
        running = context.current()
        if running is not None:
            running.boundary()

    def workflowId(self):
        """The id of the workflow that this thread works on, or None."""
        running = context.current()
        return None if running is None else running.workflow_id

    def transaction(self):
        """A transaction with query and update, for a transactional step that is called outside a workflow."""
        return self.connector.transaction()

    def close(self):
        """Flush the buffer and close the connections."""
        self.buffer.close()
        self.connector.close()
