"""What can go wrong, as exception classes. Imports nothing of ours.

Two families. WorkflowsError and its subclasses are ordinary exceptions: `except Exception` sees them.
ControlSignal and its subclasses are how the engine leaves a workflow that must wait, stop or be given
up; they derive from BaseException, so that `except Exception` in a workflow cannot swallow an order.
"""

from __future__ import absolute_import, division, print_function


class WorkflowsError(Exception):
    """Base of every error that the library raises. `code` is stable, the message is for people."""

    code = "WF000"
    # False where another try of the step cannot help, or might do twice what must be done once.
    is_repeatable = True

    def __init__(self, message, code=None, detail=None, hint=None):
        Exception.__init__(self, message)
        self.message = message
        self.code = code or self.code
        self.detail = detail or {}
        self.hint = hint

    @property
    def field(self):
        """The argument that was refused, where one was."""
        return self.detail.get("field")


class StaleLease(WorkflowsError):
    """The workflow was given to another worker, or ended: this worker may not write for it."""

    code = "WF001"


class BadArgument(WorkflowsError, ValueError):
    """An argument was refused. `detail["field"]` names it."""

    code = "WF002"


class UnknownId(WorkflowsError, LookupError):
    """No such workflow, worker or queue."""

    code = "WF003"


class AlreadyFinished(WorkflowsError):
    """The workflow ended with another outcome than the one that was sent."""

    code = "WF004"


class QueueRefused(WorkflowsError):
    """The queue is unknown, closed or full."""

    code = "WF005"


class Duplicate(WorkflowsError):
    """A workflow with this id or deduplication id exists."""

    code = "WF006"


class ReplayMismatch(WorkflowsError):
    """A step does not fit what was recorded under its key: the code changed under the workflow."""

    code = "WF007"


class SchemaVersionMismatch(WorkflowsError):
    """The schema is older or newer than this library, or is not installed."""

    code = "WF008"


class CommandRejected(WorkflowsError):
    """The command does not fit the state of the workflow."""

    code = "WF009"


class AppendOnly(WorkflowsError):
    """What the audit says stays as it was written: nobody updates, deletes or truncates it."""

    code = "WF010"


class MigrationEdited(WorkflowsError):
    """A migration that was installed has another text now."""

    code = "WF902"


class DatabaseError(WorkflowsError):
    """Any other error of the database. `code` is its SQLSTATE, `is_lost` says that the connection is gone
    and the outcome of the call unknown."""

    code = "XX000"

    def __init__(self, message, code=None, detail=None, hint=None, is_lost=False):
        WorkflowsError.__init__(self, message, code, detail, hint)
        self.is_lost = is_lost


class AlreadyRegistered(WorkflowsError):
    """Two functions were registered under one name."""

    code = "DUPLICATE_NAME"


class NestedWorkflow(WorkflowsError):
    """A workflow function was called inside another workflow."""

    code = "NESTED_WORKFLOW"


class NotConfigured(WorkflowsError):
    """No database was named."""

    code = "NOT_CONFIGURED"


class NotInWorkflow(WorkflowsError):
    """What was called is for a workflow, and none runs in this thread."""

    code = "NOT_IN_WORKFLOW"


class BufferFull(WorkflowsError):
    """The in-memory buffer has no room; nothing was accepted."""

    code = "BUFFER_FULL"


class NotFinished(WorkflowsError):
    """The workflow did not end within the time that was given to wait for it."""

    code = "NOT_FINISHED"


class WorkflowFailed(WorkflowsError):
    """The workflow ended without a result. `status` says how, `error` is what was recorded."""

    code = "WORKFLOW_FAILED"

    def __init__(self, message, status=None, error=None):
        WorkflowsError.__init__(self, message, detail=error or {})
        self.status = status
        self.error = error


class StepFailed(WorkflowsError):
    """A recorded step error that is raised again. The class that is raised is made from the recorded class
    name, so `type(error).__name__` and the message are those of the first time."""

    code = "STEP_FAILED"


class ChildFailed(WorkflowsError):
    """A child that was waited for did not succeed. `outcomes` has all that were waited for, dicts with workflow_id,
    name, status, result, error and reason; the rest is of the first that did not succeed."""

    code = "CHILD_FAILED"
    outcomes = ()

    @property
    def failed(self):
        """The outcomes other than SUCCESS."""
        return [outcome for outcome in self.outcomes if outcome["status"] != "SUCCESS"]

    @property
    def status(self):
        return self.failed[0]["status"]

    @property
    def workflowId(self):
        return self.failed[0]["workflow_id"]

    @property
    def error(self):
        """{"class", "message"} where it ended in ERROR, else None."""
        return self.failed[0]["error"]


class StepsFailed(WorkflowsError):
    """Several steps that ran beside each other failed. `errors` are their exceptions, in the order of the handles."""

    code = "STEPS_FAILED"
    errors = ()


class InsideStep(WorkflowsError):
    """What was called belongs in the workflow function itself, not in a step."""

    code = "INSIDE_STEP"
    is_repeatable = False


class UnserialisableResult(WorkflowsError, TypeError):
    """A result or step output that JSON cannot hold. `detail["path"]` names the place."""

    code = "UNSERIALISABLE"
    is_repeatable = False


class TimedOut(WorkflowsError):
    """What a step waited for did not come in time."""

    code = "TIMED_OUT"


class BadQuality(WorkflowsError):
    """A tag was read or written with a quality that is not good. `detail` has path and quality."""

    code = "BAD_QUALITY"


class RequestFailed(WorkflowsError):
    """A request got no answer, or one that says that the server failed. `detail` has url, and status and text
    where there was an answer."""

    code = "REQUEST_FAILED"


class NeedsGateway(WorkflowsError):
    """There are tags in an Ignition gateway only."""

    code = "NEEDS_GATEWAY"
    is_repeatable = False


class NotYet(BaseException):
    """Raised by the body of a step that waits for something outside: leave the thread and run the step again after
    `seconds`. No failure; `waited_seconds` is how long it has waited until now, `message` what it has seen."""

    def __init__(self, seconds, waited_seconds, message):
        BaseException.__init__(self, message)
        self.seconds = seconds
        self.waited_seconds = waited_seconds
        self.message = message


class ControlSignal(BaseException):
    """Leaves a workflow at a step boundary. Not an error, and never swallowed: the engine remembers it."""

    outcome = None
    # What the handler raised that ran before, described.
    error = None

    def __init__(self, step_key=None):
        BaseException.__init__(self, step_key)
        self.step_key = step_key


class Suspended(ControlSignal):
    """The workflow waits in the database until the named step is due."""

    outcome = "suspend"


class Held(ControlSignal):
    outcome = "held"


class Stopped(ControlSignal):
    outcome = "stopped"


class Cancelled(ControlSignal):
    outcome = "cancelled"


class Aborted(ControlSignal):
    outcome = "aborted"


class Released(ControlSignal):
    """This worker gives the workflow back without using an attempt."""

    outcome = "released"


class LeaseLost(ControlSignal):
    """This worker no longer holds the workflow: nothing is written for it."""
