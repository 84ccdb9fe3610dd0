"""Stand-ins for steps, for workflows that run inline in a test."""

from __future__ import absolute_import, division, print_function

import copy

from exchange.workflows import compat, errors


class StandIns(object):
    def __init__(self, by_name):
        self._by_name = dict(by_name or {})
        self._lists = dict((name, list(one)) for name, one in self._by_name.items() if isinstance(one, list))

    def for_step(self, step):
        """The step itself, or a copy of it that calls the stand-in."""
        if step.name not in self._by_name:
            return step
        stand_in = copy.copy(step)
        stand_in.kind = "step"
        stand_in.function = self._function(step.name)
        return stand_in

    def require_child(self, name):
        if name not in self._by_name:
            problem = "inline there are no children: give a stand-in for %s" % name
            raise errors.BadArgument(problem, detail={"field": "children"})

    def result_of_child(self, name, inputs):
        """What the stand-in for a child returns, or its exception raised."""
        function = self._function(name)
        return function(**inputs) if isinstance(inputs, dict) else function(inputs)

    def _function(self, name):
        def call(*args, **kwargs):
            answer = self._next(name)
            if isinstance(answer, compat.EVERYTHING):
                raise answer
            return answer(*args, **kwargs) if callable(answer) else answer

        return call

    def _next(self, name):
        if name not in self._lists:
            return self._by_name[name]
        if not self._lists[name]:
            raise errors.BadArgument("the stand-ins for step %s are used up" % name, detail={"field": "steps"})
        return self._lists[name].pop(0)
