"""What record_exchange does in the database, in memory: for workflows that run inline in a test."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors
from exchange.workflows.engine.stand_ins import StandIns
from exchange.workflows.isa88 import models

_START = "2026-01-31T08:%02d:%02d.000000Z"


class MemoryExchange(object):
    """Events and streams of one workflow, what it sent and asked, and what waits for it."""

    def __init__(self, messages, answers, events, children=None):
        self.events = {}
        self.streams = {}
        self.sent = []
        self.prompts = []
        self._messages = dict((topic, list(one)) for topic, one in (messages or {}).items())
        self._answers = list(answers or ())
        self._others = events or {}
        self.children = []
        self._stand_ins = StandIns(children)
        self._outcomes = {}
        self._looks = 0

    def answer(self, record, is_waiting):
        """The answer to a record that asks for an exchange; nobody else acts while it waits."""
        status, output = getattr(self, "_" + record["kind"])(record["ask"], is_waiting)
        answer = {"n": 0, "a": "replayed", "status": status, "due_ms": 1}
        if status == "WAITING":
            answer["a"] = "waiting"
        elif status == "ERROR":
            answer["error"] = output
        else:
            answer["output"] = output
        return answer

    def _value(self, asked, is_waiting):
        self._looks += 1
        return "SUCCESS", _START % divmod(self._looks % 3600, 60)

    def _send(self, asked, is_waiting):
        self.sent.append(asked)
        return "SUCCESS", asked["message_id"]

    def _receive(self, asked, is_waiting):
        waiting = self._messages.get(asked["topic"])
        if waiting:
            return "SUCCESS", waiting.pop(0)
        return _over_unless_new(asked, is_waiting)

    def _command(self, asked, is_waiting):
        given = self._messages.get(asked["topic"], [])
        best = models.pickHighestPriority(given, asked["state"])
        if best is None:
            return _over_unless_new(asked, is_waiting)
        given.remove(best["message"])
        return "SUCCESS", best

    def _event(self, asked, is_waiting):
        self.events[asked["key"]] = asked["value"]
        return "SUCCESS", None

    def _get_event(self, asked, is_waiting):
        published = self._others.get(asked["workflow_id"], {})
        if asked["key"] in published:
            return "SUCCESS", published[asked["key"]]
        return _over_unless_new(asked, is_waiting)

    def _stream(self, asked, is_waiting):
        entries = self.streams.setdefault(asked["key"], [])
        entries.append(asked["value"])
        return "SUCCESS", len(entries) - 1

    def _progress(self, asked, is_waiting):
        said = asked["value"]
        self.events["phase.last_message"] = said["message"]
        return self._stream({"key": "log", "value": said}, is_waiting)

    def _child(self, asked, is_waiting):
        self._stand_ins.require_child(asked["workflow_name"])
        started = []
        for inputs in asked["inputs"]:
            child = {
                "workflow_id": compat.new_id(),
                "name": asked["workflow_name"],
                "inputs": inputs,
                "policy": asked["policy"],
            }
            self._outcomes[child["workflow_id"]] = self._outcome_of(child)
            self.children.append(child)
            started.append(child["workflow_id"])
        return "SUCCESS", started

    def _outcome_of(self, child):
        outcome = {"workflow_id": child["workflow_id"], "name": child["name"], "status": "SUCCESS"}
        outcome.update(result=None, error=None, reason=None)
        try:
            outcome["result"] = self._stand_ins.result_of_child(child["name"], child["inputs"])
        except compat.ERRORS as error:
            described = {"class": type(error).__name__, "message": compat.message_of(error)}
            outcome.update(status="ERROR", error=described)
        return outcome

    def _await(self, asked, is_waiting):
        if not is_waiting:
            return "WAITING", None
        outcomes = [self._outcomes[one] for one in asked["children"]]
        if asked["mode"] == "any":
            return "SUCCESS", outcomes[0]["workflow_id"]
        failed = [one for one in outcomes if one["status"] != "SUCCESS"]
        if not failed or not asked["raise"]:
            return "SUCCESS", outcomes
        error = failed[0]["error"]
        message = "child %s %s ended in ERROR: %s: %s" % (
            failed[0]["name"], failed[0]["workflow_id"], error["class"], error["message"],
        )
        return "ERROR", {"class": "ChildFailed", "message": message, "outcomes": outcomes}

    def _prompt(self, asked, is_waiting):
        if not is_waiting:
            self.prompts.append(asked)
            return "WAITING", None
        if self._answers:
            return "SUCCESS", self._answers.pop(0)
        if asked["seconds"] is None:
            problem = "nobody answers the prompt: %s" % compat.to_text(asked["question"])
            raise errors.BadArgument(problem, detail={"field": "answers"})
        if asked["default"] is not None:
            return "SUCCESS", asked["default"]
        message = "nobody answered in time: %s" % compat.to_text(asked["question"])
        return "ERROR", {"class": "TimedOut", "message": message}


def _over_unless_new(asked, is_waiting):
    if asked["seconds"] > 0 and not is_waiting:
        return "WAITING", None
    return "SUCCESS", None
