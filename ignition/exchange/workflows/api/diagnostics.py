"""The part of admin.py that tells somebody who helps from afar what there is. Scripts call it through admin."""

from __future__ import absolute_import, division, print_function

import platform
import sys

from exchange.workflows import compat, settings
from exchange.workflows.api.envelope import answers, makeOk, named
from exchange.workflows.engine import generation, registry
from exchange.workflows.engine.instance import getWorkflows


@answers("DIAGNOSTICS_FAILED")
def getDiagnostics(dbName=None):
    """One JSON of what a support engineer asks for first. No inputs, no results, no names of people but those who
    changed settings.

    Answers DIAGNOSTICS_OK {takenAt, schemaVersion, migrations, server, connections, workers, queues,
    changedSettings, retention, tables, health} from the database, and of this gateway or process {library,
    runtime, generation, registeredWorkflows, buffer, journal, inMemoryQueueDepth, inMemoryQueueMaxDepth,
    inMemoryQueueOverflowCount, inMemoryQueueFlushFailureCount, inMemoryQueueDeadLetterCount,
    inMemoryQueueDeadLetterDepth}: the last one counts the rejected entries of all gateways that nobody has decided
    about. journal is None where there is none; its backlog is how many entries are on the disk alone.
    Errors: NOT_ALLOWED, DIAGNOSTICS_FAILED.

        found = exchange.workflows.api.admin.getDiagnostics()["data"]
        system.file.writeFile("/tmp/workflows.json", system.util.jsonEncode(found, 2))
    """
    workflows = getWorkflows(dbName)
    figures = workflows.buffer.figures()
    journal = figures.pop("journal")
    data = named(workflows.store.get_diagnostics())
    data.update(memory_fields(figures))
    data["inMemoryQueueDeadLetterDepth"] = data.pop("rejectedEntries")
    data["library"] = {"version": settings.VERSION, "schemaVersion": settings.SCHEMA_VERSION}
    data["runtime"] = _runtime()
    data["generation"] = generation.counter(workflows.host).get() or None
    data["registeredWorkflows"] = len(registry.REGISTRY.names())
    data["buffer"] = named(figures)
    data["journal"] = None
    if journal is not None:
        data["journal"] = dict(named(journal), backlog=journal["next"] - 1 - journal["answered"])
    return makeOk("DIAGNOSTICS_OK", "schema version %d" % data["schemaVersion"], data)


def memory_fields(figures):
    """What the in-memory buffer counts, by the names that the library before this one had."""
    return {
        "inMemoryQueueDepth": figures["waiting"],
        "inMemoryQueueMaxDepth": figures["max_waiting"],
        "inMemoryQueueOverflowCount": figures["refused"] + figures["dropped"],
        "inMemoryQueueFlushFailureCount": figures["failed_flushes"],
        "inMemoryQueueDeadLetterCount": figures["rejected"],
    }


def _runtime():
    found = {
        "language": "Jython" if compat.IS_JYTHON else platform.python_implementation(),
        "languageVersion": ".".join(str(part) for part in sys.version_info[:3]),
    }
    if compat.IS_JYTHON:
        from java.lang import Runtime, System

        runtime = Runtime.getRuntime()
        found["javaVersion"] = System.getProperty("java.version")
        found["system"] = "%s %s" % (System.getProperty("os.name"), System.getProperty("os.version"))
        found["memoryBytes"] = {"most": runtime.maxMemory(), "used": runtime.totalMemory() - runtime.freeMemory()}
    else:
        found["system"] = platform.platform()
    return found
