"""What the driver may ask of a gateway."""

from __future__ import absolute_import, division, print_function

import codeop

from java.lang import System, Thread
from java.util.concurrent import CountDownLatch
from standin import figures
from standin.interpreter import start_thread
from standin.quality import QUALITIES, QualityCode


class Requests(object):
    """Method names and arguments are the protocol; answers are plain values."""

    def __init__(self, gateway):
        self.gateway = gateway
        self._kept_scopes = {}

    def run(self, code, project, returns=None, keep=None):
        """Run a text in script scope. `returns` is an expression evaluated afterwards; `keep` names a
        scope that lasts until the next save."""
        interpreter = self.gateway.interpreter(project)
        scope = self._scope(interpreter, project, keep)
        interpreter.execute(code, "<script>", scope)
        return None if returns is None else interpreter.evaluate(returns, scope)

    def prompt(self, code, project):
        """A statement or an expression in the scope of the prompt; an expression's value is printed.
        False where the text is the beginning of one."""
        interpreter = self.gateway.interpreter(project)
        if interpreter.call(codeop.compile_command, code) is None:
            return False
        interpreter.execute_line(code, self._scope(interpreter, project, "prompt"))
        return True

    def save(self, project, resources):
        self._kept_scopes.clear()
        self.gateway.save(project, resources)

    def stop(self):
        self.gateway.stop()

    def old_interpreters_alive(self):
        return self.gateway.old_interpreters_alive()

    def set_redundancy(self, **named):
        for name, value in named.items():
            setattr(self.gateway.redundancy, name, value)

    def set_scripting_project(self, project):
        self.gateway.interpreter(project)
        self.gateway.scripting_project = project

    def create_tag(self, path, value=None, script=None):
        self.gateway.tags.create(path, value, script)

    def set_write_quality(self, path, quality):
        self.gateway.tags.find(path).write_quality = QualityCode(quality, QUALITIES[quality])

    def change_tag(self, path, value, quality="Good"):
        tag = self.gateway.tags.find(path)
        self.gateway.tags.change(tag, value, QualityCode(quality, QUALITIES[quality]))

    def read_tag(self, path):
        current = self.gateway.tags.find(path).current
        return {"value": current.value, "quality": current.quality.getName()}

    def missed_events(self, path):
        return self.gateway.tags.find(path).missed_count

    def storm(self, paths, changes, per_second, threads):
        """Change tags from Java threads, `changes` in all; how long it took."""
        done = CountDownLatch(threads)
        began = System.nanoTime()
        for number in range(threads):
            mine = range(number, changes, threads)

            def work(mine=mine):
                try:
                    self._change_in_step(paths, mine, per_second, began)
                finally:
                    done.countDown()

            start_thread("storm-%d" % number, work)
        getattr(done, "await")()
        return (System.nanoTime() - began) / 1e9

    def lose_database(self, name):
        self.gateway.pool(name).driver.lose()

    def restore_database(self, name):
        self.gateway.pool(name).driver.restore()

    def cut_connections(self, name):
        self.gateway.pool(name).driver.cut()

    def pool_figures(self, name):
        return self.gateway.pool(name).figures()

    def open_transactions(self):
        return self.gateway.transactions.count()

    def used_megabytes(self):
        return figures.used_megabytes()

    def stacks(self):
        return figures.stacks()

    def threads(self, prefix):
        return figures.thread_names(prefix)

    def _change_in_step(self, paths, numbers, per_second, began):
        for number in numbers:
            if per_second:
                ahead = began + number * 1e9 / per_second - System.nanoTime()
                if ahead > 1e6:
                    Thread.sleep(int(ahead / 1e6))
            self.gateway.tags.change(self.gateway.tags.find(paths[number % len(paths)]), number)

    def _scope(self, interpreter, project, keep):
        if keep is None:
            return interpreter.new_scope()
        key = (project, keep)
        if key not in self._kept_scopes:
            self._kept_scopes[key] = interpreter.new_scope()
        return self._kept_scopes[key]
