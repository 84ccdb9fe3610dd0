"""One gateway: its databases, tags, globals, and the projects that run in it."""

from __future__ import absolute_import, division, print_function

import threading

from java.io import File
from java.lang import System, Throwable
from java.sql import SQLException
from org.python.core import Py
from standin import events, pools
from standin.interpreter import Interpreter, start_thread
from standin.output import Output, log
from standin.redundancy import Redundancy
from standin.resources import read_projects
from standin.running import RunningProject
from standin.system_dataset import SystemDataset
from standin.system_date import SystemDate
from standin.system_db import SystemDb
from standin.system_net import SystemNet
from standin.system_tag import SystemTag
from standin.system_util import SystemProject, SystemUtil
from standin.tags import Tags
from standin.transactions import Transactions

ACTOR = "admin"


class Gateway(object):
    def __init__(self, described):
        self.name = described["name"]
        self.data_dir = File(described["data_dir"])
        self._projects_folder = described["projects_folder"]
        self._default_database = described.get("default_database")
        self.imports_race = described.get("imports_race", False)
        self.scripting_project = described.get("scripting_project")
        self.globals = {}
        self.output = Output()
        self.redundancy = Redundancy()
        self.tags = Tags(self._run_tag_script)
        self.transactions = Transactions(log)
        self._pools = {
            name: pools.Pool(name, one, described["driver_jar"], described["is_isolated_driver"])
            for name, one in described["databases"].items()
        }
        self._running = {}
        self._traces = []
        self._saving = threading.Lock()
        start_thread("transaction-timeouts", self.transactions.close_idle_ones)

    def start(self):
        """Load every project and run its startup script, parents first."""
        projects = read_projects(self._projects_folder)
        for name in sorted(projects, key=lambda one: (len(projects[one].lineage), one)):
            self._running[name] = RunningProject(projects[name], self._make_interpreter, self.tags)
        for name in self._in_order():
            self._running[name].start()

    def stop(self):
        """Run every shutdown script, children first."""
        for name in reversed(self._in_order()):
            self._running[name].stop()

    def save(self, name, resources):
        """What a save does to a project and to those that inherit from it: shutdown script, new
        interpreter, startup script, update script. Threads of the old interpreter go on."""
        with self._saving:
            projects = read_projects(self._projects_folder)
            touched = [one for one in projects if name in [p.name for p in projects[one].lineage]]
            for one in sorted(touched, key=lambda found: (len(projects[found].lineage), found)):
                old = self._running.get(one)
                if old is not None:
                    old.stop()
                    self._traces.append(old.interpreter.trace())
                    del old
                self._running[one] = RunningProject(
                    projects[one], self._make_interpreter, self.tags
                )
                self._running[one].start()
                self._running[one].update(ACTOR, resources)

    def old_interpreters_alive(self):
        """How many replaced interpreters are still in memory."""
        for _ in range(3):
            System.gc()
        self._traces = [trace for trace in self._traces if trace.is_alive()]
        return len(self._traces)

    def project(self, name):
        return self._running[name].project

    def project_names(self):
        return sorted(self._running)

    def interpreter(self, name):
        if name not in self._running:
            raise KeyError("no project %s; there are %s" % (name, self.project_names()))
        return self._running[name].interpreter

    def pool(self, name):
        found = self._pools.get(name or self._default_database)
        if found is None:
            raise SQLException("Datasource '%s' does not exist in this gateway" % name)
        return found

    def pool_names(self):
        return sorted(self._pools)

    def sr_connection(self, name):
        return pools.sr_connection(self.pool(name))

    def java_property(self, name):
        return System.getProperty(name)

    def system_parts(self, project_name):
        """The functions of `system` for the scripts of one project."""
        parts = {
            "db": SystemDb(self, project_name),
            "util": SystemUtil(self, project_name),
            "project": SystemProject(self, project_name),
            "dataset": SystemDataset(),
            "date": SystemDate(),
            "tag": SystemTag(self, project_name),
            "net": SystemNet(),
        }
        return {name: _public(part) for name, part in parts.items()}

    def start_script_thread(self, project_name, thread_name, work):
        """A new thread in a project's interpreter; what it raises is logged."""
        interpreter = self.interpreter(project_name)

        def run():
            try:
                interpreter.call(work)
            except (Exception, Throwable):
                events.log_failure(thread_name)

        return start_thread(thread_name, run)

    def message_work(self, project_name, handler, payload):
        """The call of a message handler, None where the project has no such handler."""
        running = self._running.get(project_name)
        if running is None:
            return None
        function = events.make_event(running.project, running.interpreter, "message", handler)
        return None if function is None else lambda: function(payload or {})

    def _run_tag_script(self, tag, arguments):
        try:
            running = self._running[self.scripting_project]
            running.interpreter.call(running.tag_function(tag), *arguments)
        except (Exception, Throwable):
            events.log_failure("value-changed script of %s" % tag.path)

    def _make_interpreter(self, project):
        return Interpreter(project, self)

    def _in_order(self):
        return sorted(self._running, key=lambda one: (len(self._running[one].project.lineage), one))


def _public(part):
    names = [name for name in dir(part) if not name.startswith("_")]
    return {name: _staying(getattr(part, name)) for name in names}


def _staying(value):
    """A function after which the thread is in the interpreter where it was. A Java proxy that our side
    makes or runs leaves ours behind: a script could not import its own library any more."""
    if not callable(value):
        return value

    def call(*arguments, **named):
        before = Py.getSystemState()
        try:
            return value(*arguments, **named)
        finally:
            Py.setSystemState(before)

    return call
