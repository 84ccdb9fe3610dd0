"""A project that runs: its interpreter and what its event scripts keep going."""

from __future__ import absolute_import, division, print_function

from standin import events
from standin.tag_changes import TagChanges


class RunningProject(object):
    def __init__(self, project, make_interpreter, tags):
        self.project = project
        self.interpreter = make_interpreter(project)
        self._tags = tags
        self._timers = None
        self._tag_changes = None
        self._tag_functions = {}

    def start(self):
        events.run_event(self.project, self.interpreter, "startup")
        self._timers = events.Timers(self.project, self.interpreter)
        self._tag_changes = TagChanges(self.project, self.interpreter, self._tags)

    def update(self, actor, resources):
        events.run_event(self.project, self.interpreter, "update", (actor, resources))

    def stop(self):
        """Timers and tag changes first, then the shutdown script; threads that scripts started go on."""
        if self._timers is not None:
            self._timers.stop()
            self._tag_changes.stop()
            self._timers = None
        events.run_event(self.project, self.interpreter, "shutdown")

    def tag_function(self, tag):
        """The value-changed script of a tag, compiled once per interpreter."""
        found = self._tag_functions.get(tag.path)
        if found is None or found[0] != tag.script:
            where = "tag:%s" % tag.path
            made = events.make_function(self.interpreter, "valueChanged", tag.script, where)
            found = (tag.script, made)
            self._tag_functions[tag.path] = found
        return found[1]
