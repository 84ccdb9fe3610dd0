"""Gateway tag-change scripts: each definition has a thread and an unbounded queue of its own."""

from __future__ import absolute_import, division, print_function

from java.lang import Throwable
from java.util.concurrent import LinkedBlockingQueue
from standin import events
from standin.interpreter import start_thread
from standin.tags import full_path

END = "end"


class TagChangeEvent(object):
    """What the script gets as `event`."""

    def __init__(self, tag_path, current):
        self.tagPath = tag_path
        self.currentValue = current

    def getTagPath(self):
        return self.tagPath

    def getCurrentValue(self):
        return self.currentValue


class TagChanges(object):
    """The tag-change scripts of one interpreter."""

    def __init__(self, project, interpreter, tags):
        self._tags = tags
        self._definitions = []
        for path in project.paths("tag-change"):
            try:
                function = events.make_event(project, interpreter, "tag-change", path)
            except (Exception, Throwable):
                events.log_failure("tag-change script %s of project %s" % (path, project.name))
                continue
            if function is not None:
                attributes = project.resource("tag-change", path).attributes
                self._definitions.append(Definition(path, attributes, function, interpreter))
        for definition in self._definitions:
            tags.listeners.append(definition.offer)

    def stop(self):
        """What waits is forgotten; what runs goes on."""
        for definition in self._definitions:
            self._tags.listeners.remove(definition.offer)
            definition.end()


class Definition(object):
    def __init__(self, path, attributes, function, interpreter):
        self._paths = {full_path(one) for one in attributes.get("paths", [])}
        self._waiting = LinkedBlockingQueue()
        name = "tag-change-%s" % path
        start_thread(name, lambda: _work(name, self._waiting, function, interpreter))

    def offer(self, tag, previous, current, is_initial):
        if tag.path in self._paths:
            self._waiting.put((tag.path, previous, current, is_initial))

    def end(self):
        self._waiting.clear()
        self._waiting.put(END)


def _work(name, waiting, function, interpreter):
    count = 0
    while True:
        change = waiting.take()
        if change == END:
            return
        path, previous, current, is_initial = change
        count += 1
        event = TagChangeEvent(path, current)
        try:
            interpreter.call(function, is_initial, current, previous, event, count)
        except (Exception, Throwable):
            events.log_failure(name)
