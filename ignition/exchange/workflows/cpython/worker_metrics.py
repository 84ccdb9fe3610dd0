"""What one worker tells Prometheus: its figures, at the time of the scrape."""

from collections.abc import Iterator

from prometheus_client.core import InfoMetricFamily, Metric

from exchange.workflows.cpython.metrics import PREFIX, Figures, counter, gauge, histogram, one
from exchange.workflows.settings import VERSION

BUFFER_COUNTERS = {
    "accepted": "Entries that the in-memory buffer accepted.",
    "flushed": "Entries that it has enqueued.",
    "refused": "Entries that it had no room for.",
    "dropped": "Waiting entries that gave way to newer ones.",
    "coalesced": "Entries that took over the place of one that waited.",
    "rejected": "Entries that the database refused; they are in rejected_entry_list.",
    "lost": "Entries that were lost.",
    "failed_flushes": "Batches that could not be sent; they are sent again.",
}


def worker_metrics(figures: Figures) -> Iterator[Metric]:
    """The metrics of Worker.figures()."""
    yield InfoMetricFamily(
        PREFIX + "worker",
        "The worker: its name and the version of the library.",
        value={"name": figures["worker_name"], "version": VERSION},
    )
    yield from _load(figures)
    yield from _work(figures)
    yield from _steps(figures)
    yield from _connections(figures)
    yield from _buffer(figures["buffer"])


def _load(figures: Figures) -> Iterator[Metric]:
    yield gauge("worker_threads", "Most workflows it runs at a time.", one(figures["threads"]))
    yield gauge("worker_threads_busy", "Threads at work.", one(figures["busy_threads"]))
    yield gauge(
        "worker_parallel_threads",
        "Threads for steps beside their workflows.",
        one(figures["parallel_threads"]),
    )
    yield gauge(
        "worker_leases", "Workflows it holds, with those on their way back.", one(figures["held"])
    )
    yield gauge(
        "worker_claimed_waiting",
        "Claimed workflows that no thread has begun.",
        one(figures["claimed_waiting"]),
    )
    yield gauge(
        "worker_registered",
        "1 while the database knows this worker.",
        one(figures["is_registered"]),
    )
    yield gauge(
        "worker_lease_remaining_seconds",
        "How long its leases stand without another renewal; 0: nothing new is begun.",
        one(figures["lease_seconds_left"]),
    )


def _work(figures: Figures) -> Iterator[Metric]:
    yield counter("claims", "Claims that were answered.", one(figures["claims"]))
    yield counter("claimed_workflows", "Workflows that they brought.", one(figures["claimed"]))
    yield counter(
        "outcomes",
        "Outcomes that the database took, by what the worker handed over.",
        *(
            ((o["queue_name"], o["workflow_name"], o["outcome"]), o["count"])
            for o in figures["outcomes"]
        ),
        labels=("queue", "workflow", "outcome"),
    )
    yield histogram(
        "workflow_run_duration_seconds",
        "How long a thread worked on a claimed workflow.",
        "workflow",
        figures["workflows"],
    )
    yield counter(
        "reclaims",
        "Workflows that this worker took back from lost ones.",
        one(figures["reclaimed"]),
    )
    yield counter("maintenance_turns", "Turns of maintenance.", one(figures["maintenance_turns"]))
    yield counter(
        "refused_writes",
        "Late writes that the database refused: the lease had been lost.",
        (("step",), figures["refused_records"]),
        (("outcome",), figures["refused_outcomes"]),
        labels=("kind",),
    )


def _steps(figures: Figures) -> Iterator[Metric]:
    yield counter(
        "step_tries",
        "Tries of steps: success, error, retry, or left where the workflow left its thread.",
        *(((t["step_name"], t["outcome"]), t["count"]) for t in figures["tries"]),
        labels=("step", "outcome"),
    )
    yield counter(
        "step_retries",
        "Tries of steps that failed and are made again.",
        *(((t["step_name"],), t["count"]) for t in figures["tries"] if t["outcome"] == "retry"),
        labels=("step",),
    )
    yield histogram(
        "step_duration_seconds",
        "How long a step took with the record of its result, by tries that ended for good.",
        "step",
        figures["steps"],
    )


def _connections(figures: Figures) -> Iterator[Metric]:
    yield gauge(
        "listener_listening",
        "1 while it hears of work at once; 0: it looks every second.",
        one(figures["listen_mode"] == "listen"),
    )
    lag = figures["listen_lag_seconds"]
    if lag is not None:
        yield gauge(
            "listener_lag_seconds", "From a renewal to hearing the ping that it sends.", one(lag)
        )
    yield gauge(
        "listener_unheard_seconds",
        "Since when a ping that was sent has not been heard.",
        one(figures["unheard_seconds"]),
    )
    pool = figures["pool"]
    yield gauge("pool_connections", "Open pooled connections.", one(pool["open"]))
    yield gauge("pool_connections_in_use", "Those in use.", one(pool["in_use"]))
    yield gauge("pool_connections_limit", "The most there may be.", one(pool["most"]))
    yield gauge("pool_waiting_threads", "Threads that wait for one.", one(pool["waiting"]))


def _buffer(buffer: Figures) -> Iterator[Metric]:
    yield gauge("buffer_entries", "Entries that wait in memory.", one(buffer["waiting"]))
    yield gauge("buffer_entries_limit", "The most that may wait.", one(buffer["max_waiting"]))
    yield gauge("buffer_size_bytes", "What they take.", one(buffer["bytes"]))
    yield gauge("buffer_size_limit_bytes", "The most they may take.", one(buffer["max_bytes"]))
    for name, text in BUFFER_COUNTERS.items():
        yield counter(f"buffer_{name}", text, one(buffer[name]))
    journal = buffer["journal"]
    if journal is not None:
        yield gauge(
            "buffer_journal_entries",
            "Entries that are on the disk alone.",
            one(journal["next"] - 1 - journal["answered"]),
        )
