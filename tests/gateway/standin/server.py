"""The requests of the driver: one JSON line in, one JSON line out, each in a thread of its own."""

from __future__ import absolute_import, division, print_function

import json
import sys

from java.io import BufferedReader, InputStreamReader, PrintStream
from java.lang import Runtime, System, Throwable
from standin import events, figures, output
from standin.gateway import Gateway
from standin.interpreter import start_thread
from standin.requests import Requests


class Server(object):
    def __init__(self, gateway, answers):
        self._requests = Requests(gateway)
        self._answers = answers

    def serve(self, lines):
        """Until the driver closes its end or asks to stop."""
        count = 0
        while True:
            line = lines.readLine()
            if line is None:
                return
            count += 1
            start_thread("request-%d" % count, lambda line=line: self._answer(json.loads(line)))

    def _answer(self, request):
        answer = {"id": request["id"]}
        captured = self._requests.gateway.output.capture()
        try:
            answer["value"] = getattr(self._requests, request["do"])(**request["with"])
        except (BaseException, Throwable):
            kind, error = sys.exc_info()[:2]
            answer["error"] = output.describe(kind, error, events.failure_text())
        answer["printed"] = captured.toString()
        self.send(answer)
        if request["do"] == "stop":
            Runtime.getRuntime().halt(0)

    def send(self, answer):
        try:
            text = json.dumps(answer)
        except (TypeError, ValueError, UnicodeDecodeError):
            text = json.dumps(dict(answer, value=None, error=_not_json(answer.get("value"))))
        self._answers.println(text)
        self._answers.flush()


def _not_json(value):
    kind = value.getClass().getName() if hasattr(value, "getClass") else type(value).__name__
    return {
        "type": "NotJson",
        "message": "a %s has no JSON form" % kind,
        "traceback": "",
        "causes": [],
    }


def main(described_path):
    answers = PrintStream(System.out, True, "UTF-8")
    System.setOut(System.err)  # whatever else prints must not get between the answers
    with open(described_path) as opened:
        described = json.load(opened)
    gateway = Gateway(described)
    server = Server(gateway, answers)
    output.log("INFO", "Gateway", "starting with %s" % figures.versions())
    gateway.start()
    server.send({"id": 0, "value": figures.versions(), "printed": ""})
    server.serve(BufferedReader(InputStreamReader(getattr(System, "in"), "UTF-8")))
    Runtime.getRuntime().halt(0)
