"""system.util and system.project."""

from __future__ import absolute_import, division, print_function

import json
import threading

from java.lang import Thread
from standin.output import Logger

ANSWER_SECONDS = 60


class SystemUtil(object):
    """The functions for the scripts of one project."""

    def __init__(self, gateway, project_name):
        self._gateway = gateway
        self._project_name = project_name
        self.globals = gateway.globals

    def getGlobals(self):
        return self._gateway.globals

    def getLogger(self, name):
        return Logger(name)

    def getProjectName(self):
        return self._project_name

    def getProperty(self, propertyName):
        return self._gateway.java_property(propertyName)

    def invokeAsynchronous(self, function, args=None, kwargs=None, description=None):
        return self._gateway.start_script_thread(
            self._project_name,
            description or "script-invokeAsynchronous",
            lambda: function(*tuple(args or ()), **dict(kwargs or {})),
        )

    def jsonEncode(self, pyObj, indentFactor=0):
        separators = (", ", ": ") if indentFactor else (",", ":")
        return json.dumps(pyObj, indent=indentFactor or None, separators=separators)

    def jsonDecode(self, jsonString):
        return json.loads(jsonString)

    def sendMessage(
        self,
        project,
        messageHandler,
        payload=None,
        scope=None,
        clientSessionId=None,
        user=None,
        hasRole=None,
        hostName=None,
        remoteServers=None,
    ):
        found = self._gateway.message_work(project, messageHandler, payload)
        if found is None:
            return []
        self._gateway.start_script_thread(project, "message-%s" % messageHandler, found)
        return ["project=%s" % project]

    def sendRequest(
        self,
        project,
        messageHandler,
        payload=None,
        hostName=None,
        remoteServer=None,
        timeoutSec=None,
    ):
        found = self._gateway.message_work(project, messageHandler, payload)
        if found is None:
            raise ValueError("no message handler %s in project %s" % (messageHandler, project))
        answered = threading.Event()
        answers = []

        def work():
            try:
                answers.append(found())
            finally:
                answered.set()

        self._gateway.start_script_thread(project, "message-%s" % messageHandler, work)
        if not answered.wait(float(timeoutSec or ANSWER_SECONDS)) or not answers:
            raise ValueError("message handler %s did not answer" % messageHandler)
        return answers[0]

    def threadDump(self):
        return "\n".join(sorted(one.getName() for one in Thread.getAllStackTraces().keySet()))


class SystemProject(object):
    def __init__(self, gateway, project_name):
        self._gateway = gateway
        self._project_name = project_name

    def getProjectName(self):
        return self._project_name

    def getProjectNames(self):
        return self._gateway.project_names()
