"""One claimed workflow: the row that the claim answered, and what this worker learned about it since."""

from __future__ import absolute_import, division, print_function


class Lease(object):
    __slots__ = (
        "row",
        "workflow_id",
        "token",
        "head",
        "control",
        "is_started",
        "is_told",
        "is_lost",
        "received_at",
        "sleeper",
        "cut",
        "beside",
        "begun_at",
        "seconds",
        "outcome",
        "error",
    )

    def __init__(self, row, received_at):
        self.row = row
        self.workflow_id = workflow_id = row["w"]
        self.token = token = row["t"]
        self.head = '"w":"%s","t":"%s"' % (workflow_id, token)
        self.control = row.get("control")
        # started: a thread took it; told: the database knows that it started.
        self.is_started = self.is_told = row["started"]
        self.is_lost = False
        self.received_at = received_at
        # While a thread waits here for time to pass, or for an answer that may never come.
        self.sleeper = None
        self.cut = None
        # Since when a thread works for it and for how long it did; what it hands over, and the error if it is one.
        self.begun_at = self.seconds = self.outcome = self.error = None
        # The steps that run beside the workflow's thread.
        self.beside = None

    def order(self, control):
        """Take over the control word; a word that changed ends a short wait."""
        if control != self.control:
            self.control = control
            self.awake()

    def lose(self):
        self.is_lost = True
        self.awake()
        cut = self.cut
        if cut is not None:
            cut()
        if self.beside is not None:
            self.beside.lose()

    def awake(self):
        sleeper = self.sleeper
        if sleeper is not None:
            sleeper.set()
        if self.beside is not None:
            self.beside.awake()

    def seconds_left(self, due_ms, now):
        """How long until something is due that the claim answered in milliseconds."""
        return due_ms / 1000.0 - (now - self.received_at)
