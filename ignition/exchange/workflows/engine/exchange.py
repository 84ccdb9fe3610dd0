"""The part of `rt` that talks to running workflows: messages, events, streams, prompts, recorded values.

Inside a workflow each call is a recorded step: a replay gets the same answer, and nothing is sent, published or
asked twice. Called inside a step it is recorded under that step's key; one that must wait there leaves the
thread, and the step's body runs again from its top when it comes back.
"""

from __future__ import absolute_import, division, print_function

import json
import random
import time

from exchange.workflows import compat, errors, settings
from exchange.workflows.engine import asking, checks, payload
from exchange.workflows.engine.prompt_form import checked_form, checked_roles
from exchange.workflows.isa88.models import ALL_STATES


class Exchange(object):
    """Mixed into Workflows, whose host and store it uses."""

    # Messages

    def send(self, destinationWorkflowId, message, topic="cmd", messageUUID=None):
        """Send a message to a live workflow, whatever its status; it stays until it is received.

        message: any value that JSON can hold. topic: what the other one receives by.
        messageUUID: your own uuid; sending the same message under it again changes nothing. Inside a workflow it
        is derived from the workflow and the place, so that a replay sends nothing twice.

        Returns the id of the message. Raises UnknownId, CommandRejected where the workflow has ended,
        Duplicate where the id is another message's, BadArgument.

            getWorkflows().send(workflowId, {"go": True}, topic="start")
        """
        destination = _checked_id("destinationWorkflowId", destinationWorkflowId)
        checks.check_name("topic", topic)
        message_id = messageUUID and _checked_id("messageUUID", messageUUID)
        running = asking.running_here(self)
        text = _json(message, "message", running)
        if running is None:
            options = {"topic": topic, "message_id": message_id or compat.new_id()}
            return self.store.send_message(destination, text, options)["message_id"]

        def make_ask(key):
            known_id = message_id or compat.id_at(running.workflow_id, key)
            return '{"workflow_id":"%s","message_id":"%s","topic":%s,"message":%s}' % (
                destination, known_id, json.dumps(topic), text,
            )

        return asking.ask(running, "send", make_ask)

    def recv(self, topic="cmd", timeoutSeconds=0):
        """Receive the oldest message of a topic, inside a workflow.

        timeoutSeconds: how long to wait for one, counted by the database; 0 looks once. A long wait leaves the
        thread.

        Returns the message, or None where none came in time; both are recorded.

            order = rt.recv("order", timeoutSeconds=3600)
        """
        running = asking.require_running(self, "recv")
        checks.check_name("topic", topic)
        checks.check_seconds("timeoutSeconds", timeoutSeconds)
        asked = {"topic": topic, "seconds": timeoutSeconds}
        return asking.ask(running, "receive", lambda key: json.dumps(asked))

    def recvCommand(self, currentState=None, topic="cmd", timeoutSeconds=0, maxMessages=5):
        """Receive the order that goes first, inside a workflow that takes its commands itself
        (@workflow(commands="manual")): STOP before HOLD, PAUSE, RESUME and RESET, equals as they came.

        currentState: the state that the workflow says it is in, one of isa88.models.ALL_STATES; what is not allowed
        there stays for later. topic: that of sendCommand. timeoutSeconds: as in recv. maxMessages: without
        effect, kept for older scripts: nothing that is not returned is taken.

        Returns {"cmd", "message": {"cmd", "reason", "actor"}, "priority"}, or None where none came in time.

            order = rt.recvCommand(currentState="RUNNING", timeoutSeconds=5)
            if order is not None and order["cmd"] == "HOLD":
                close_valves()
        """
        running = asking.require_running(self, "recvCommand")
        checks.check_name("topic", topic)
        checks.check_seconds("timeoutSeconds", timeoutSeconds)
        if currentState is not None and currentState not in ALL_STATES:
            raise checks.bad("currentState", "is not a state: %r" % (currentState,))
        asked = {"topic": topic, "state": currentState, "seconds": timeoutSeconds}
        return asking.ask(running, "command", lambda key: json.dumps(asked))

    # Events and streams

    def setEvent(self, key, value):
        """Publish a value of this workflow under a key: the latest one is what others read, all are kept.

        Raises BadArgument for a value without a JSON form.

            rt.setEvent("phase", "filling")
        """
        running = asking.require_running(self, "setEvent")
        asking.ask(running, "event", _named_value(running, key, value))

    def getEvent(self, workflowId, key, timeoutSeconds=0):
        """The latest value that a workflow published under a key, waiting for the first one if need be.

        Returns None where there is none in time, at once where that workflow has ended by then. Inside a
        workflow the answer is recorded. Raises UnknownId.

            phase = getWorkflows().getEvent(workflowId, "phase", timeoutSeconds=5)
        """
        publisher = _checked_id("workflowId", workflowId)
        checks.check_name("key", key)
        checks.check_seconds("timeoutSeconds", timeoutSeconds)
        running = asking.running_here(self)
        if running is None:
            return self._look_for_event(publisher, key, timeoutSeconds)
        asked = {"workflow_id": publisher, "key": key, "seconds": timeoutSeconds}
        return asking.ask(running, "get_event", lambda place: json.dumps(asked))

    def _look_for_event(self, publisher, key, seconds):
        until = self.host.monotonic() + seconds
        while True:
            found = self.store.read_events(publisher, {"key": key})
            left = until - self.host.monotonic()
            if found:
                return found[0]["value"]
            if left <= 0 or self.store.get_workflow(publisher)["ended_at"] is not None:
                return None
            self.host.sleep(min(settings.ASK_AGAIN_SECONDS, left))

    def writeStream(self, key, value):
        """Append an entry to a stream of this workflow; returns its offset, counted from 0.

        Exactly one entry per call, also when the workflow is replayed or the record is sent again.

            rt.writeStream("weights", {"kg": 812.5})
        """
        running = asking.require_running(self, "writeStream")
        return asking.ask(running, "stream", _named_value(running, key, value))

    def readStream(self, workflowId, key, offset=0, limit=100):
        """Entries of a stream from an offset on: a list of {"offset", "value", "written_at"}, at most `limit`
        (up to 1000). Not recorded: inside a workflow call it in a step. Raises UnknownId.

            for entry in getWorkflows().readStream(workflowId, "weights"):
                print(entry["offset"], entry["value"])
        """
        options = {"offset": offset, "limit": limit}
        return self.store.read_stream(_checked_id("workflowId", workflowId), key, options)

    def progress(self, message, extra=None):
        """Say how far this workflow is: an entry {"message", "extra"} of the stream "log", and the message as the
        event "phase.last_message", in one recorded step. Returns the offset of the entry.

            rt.progress("half full", {"kg": 400})
        """
        running = asking.require_running(self, "progress")
        text = _json({"message": message, "extra": extra}, "message", running)
        return asking.ask(running, "progress", lambda key: '{"value":%s}' % text)

    # Prompts

    def prompt(
        self,
        question,
        form=None,
        roles=None,
        timeoutSeconds=None,
        default=None,
        secondSignature=False,
    ):
        """Ask an operator, and wait without a thread until somebody answers.

        form: the fields of the answer, a list of dicts: name, type ("text", "number", "integer", "boolean",
            "choice"), required, min, max (of a number, or of the length of a text), choices, label. The answer is
            then a dict of these. Without a form any value is an answer.
        roles: who may answer, one role or a list; None is everybody.
        timeoutSeconds: how long; None is as long as it takes. Past it `default` is the answer, and without
            a default TimedOut is raised.
        secondSignature: True: a second person must sign.

        Returns the answer. Raises TimedOut, BadArgument.

            answer = rt.prompt("Weight of the bag?", [{"name": "kg", "type": "number", "min": 0, "required": True}])
            print(answer["kg"])
        """
        running = asking.require_running(self, "prompt")
        if not isinstance(question, compat.string_types) or not question.strip():
            raise checks.bad("question", "must be a text")
        if timeoutSeconds is not None:
            checks.check_seconds("timeoutSeconds", timeoutSeconds)
        asked = {
            "question": question,
            "form": checked_form(form),
            "roles": checked_roles(roles),
            "seconds": timeoutSeconds,
            "default": default,
            "second_signature": bool(secondSignature),
        }
        text = _json(asked, "prompt", running)
        return asking.ask(running, "prompt", lambda key: text)

    def answerPrompt(self, promptId, answer, actor, **options):
        """Answer a prompt. The options are those of the SQL function answer_prompt: roles, second_actor,
        second_roles, reason, request_id. Returns {"outcome", "workflow_id", "answered_by", "answered_at", ...}.
        Raises UnknownId, BadArgument (`detail["errors"]` has a path and problem each), CommandRejected.

            rt.answerPrompt(promptId, {"kg": 25}, actor="anna", roles=["operator"])
        """
        options["actor"] = actor
        options.setdefault("request_id", compat.new_id())
        return self.store.answer_prompt(compat.to_text(promptId), _json(answer, "answer", None), options)

    def listPrompts(self, **filters):
        """Prompts that fit, oldest first: a list of dicts. The filters are those of the SQL function; only open
        ones where is_open is left out.

            for prompt in getWorkflows().listPrompts(role="operator"):
                print(prompt["question"])
        """
        return self.store.list_prompts(filters)

    # Recorded values; outside a workflow they are just made.

    def now(self):
        """The database's time as text, like 2026-01-31T08:00:00.123456Z; the same one on replay.

            started = rt.now()
        """
        running = asking.running_here(self)
        if running is not None:
            return asking.value(running, "now", None)
        seconds, fraction = divmod(time.time(), 1)
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + ".%06dZ" % int(fraction * 1000000)

    def uuid(self):
        """A new uuid as text; the same one on replay.

            batch = rt.uuid()
        """
        running = asking.running_here(self)
        return compat.new_id() if running is None else asking.value(running, "uuid", compat.new_id)

    def random(self):
        """A number from 0.0 to below 1.0; the same one on replay.

            rt.sleep(10 * rt.random())
        """
        running = asking.running_here(self)
        return random.random() if running is None else asking.value(running, "random", random.random)


def _named_value(running, key, value):
    checks.check_name("key", key)
    text = _json(value, "value", running)
    return lambda place: '{"key":%s,"value":%s}' % (json.dumps(key), text)


def _json(value, field, running):
    limit = settings.PAYLOAD_MOST_BYTES if running is None else running.engine.payload_bytes
    try:
        return payload.to_json(value, field, limit)
    except payload.BadValue as problem:
        raise errors.BadArgument("%s" % problem, detail={"field": field, "path": problem.path})


def _checked_id(field, text):
    text = compat.to_text(text)
    if not compat.is_id(text):
        raise checks.bad(field, "is not a uuid: %r" % text)
    return text
