"""worker: an engine in this process, until it is told to stop."""

import importlib
import importlib.util
import logging
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from exchange.workflows.cpython.cli_session import Session
from exchange.workflows.cpython.failures import ExitCode, Failure
from exchange.workflows.cpython.metrics_access import TOKEN_VARIABLE, check_token
from exchange.workflows.engine import instance, registry
from exchange.workflows.engine.observer import NOBODY, Observer
from exchange.workflows.engine.worker import Worker
from exchange.workflows.settings import DRAIN_SECONDS, PARALLEL_STEPS, QUEUE_NAME, THREADS

DirectDsn = Annotated[
    str | None,
    typer.Option(
        "--direct-dsn",
        envvar="WORKFLOWS_DIRECT_DSN",
        help="Connection string past the pooler, where --dsn leads through one.",
    ),
]
Drain = Annotated[
    float, typer.Option("--drain-seconds", min=0, help="How long work may finish at the end.")
]


def worker(
    session: Session,
    app: Annotated[
        list[str], typer.Option("--app", help="Module with workflows; may be repeated.")
    ],
    queue: Annotated[
        list[str] | None,
        typer.Option("--queue", help=f"Queue to work, if not {QUEUE_NAME}; may be repeated."),
    ] = None,
    threads: Annotated[int, typer.Option("--threads", min=1, max=1000)] = THREADS,
    parallel_steps: Annotated[
        int, typer.Option(min=1, max=1000, help="Steps that run beside their workflows.")
    ] = PARALLEL_STEPS,
    name: Annotated[str | None, typer.Option("--name", help="As people see this worker.")] = None,
    direct_dsn: DirectDsn = None,
    drain_seconds: Drain = DRAIN_SECONDS,
    metrics_port: Annotated[
        int | None,
        typer.Option("--metrics-port", min=0, max=65535, help="Serve /metrics for Prometheus."),
    ] = None,
    metrics_host: Annotated[
        str, typer.Option("--metrics-host", help="Address for it; others need a token.")
    ] = "127.0.0.1",
    metrics_token: Annotated[
        str | None, typer.Option("--metrics-token", envvar=TOKEN_VARIABLE, help="Who has it may.")
    ] = None,
    tracing: Annotated[
        bool, typer.Option("--tracing", help="OpenTelemetry spans of workflows and steps.")
    ] = False,
) -> None:
    """Work queues with the workflows of --app. SIGINT or SIGTERM: finish what runs, then end."""
    dsn = session.checked_dsn()
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s"
    )
    observer = _tracing() if tracing else NOBODY
    instance.configure(dsn, schema=session.schema, directDsn=direct_dsn).observer = observer
    for module in app:
        import_app(module)
    definitions = [f"{one.name} version {one.version}" for one in registry.REGISTRY.definitions()]
    if not definitions:
        raise Failure(
            ExitCode.USAGE, f"no @workflow in {', '.join(app)}", "name the module that has them"
        )
    engine = Worker(
        dsn=dsn,
        queues=queue or [QUEUE_NAME],
        threads=threads,
        parallel_steps=parallel_steps,
        schema=session.schema,
        direct_dsn=direct_dsn,
        name=name,
        observer=observer,
    )
    metrics = None
    if metrics_port is not None:
        metrics = _serve_metrics(engine, metrics_port, metrics_host, check_token(metrics_token))
    session.show(
        {"worker_name": engine.name, "queues": engine.queues, "workflows": definitions},
        f"worker {engine.name}: queues {', '.join(engine.queues)}; {threads} threads;"
        f" workflows {', '.join(definitions)}",
    )
    engine.run_until_signal(drain_seconds)
    if metrics is not None:
        metrics.close()
    instance.shutdown()


def _serve_metrics(engine: Worker, port: int, host: str, token: str | None):  # type: ignore[no-untyped-def]
    _require("prometheus_client", "--metrics-port", "metrics")
    from exchange.workflows.cpython.metrics_server import MetricsServer
    from exchange.workflows.cpython.worker_metrics import worker_metrics

    return MetricsServer(lambda: worker_metrics(engine.figures()), port, host, token).start()


def _tracing() -> Observer:
    _require("opentelemetry", "--tracing", "tracing")
    from exchange.workflows.cpython.tracing import Tracing

    return Tracing()


def _require(module: str, option: str, extra: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise Failure(
            ExitCode.USAGE,
            f"{option} needs the package {module}, which is not installed",
            f"run: pip install 'ignition-workflows[{extra}]'",
        )


def import_app(module: str) -> None:
    """Import a module from the working directory or the path; its decorators register workflows."""
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name and (module == error.name or module.startswith(f"{error.name}.")):
            raise Failure(
                ExitCode.USAGE,
                f"there is no module {module!r}",
                "run it from the folder that holds it, or set PYTHONPATH",
            ) from None
        raise _broken(module, error) from None
    except Exception as error:
        raise _broken(module, error) from None


def _broken(module: str, error: Exception) -> Failure:
    """Names the line of the application that failed."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{place.filename} line {place.lineno}"
    return Failure(
        ExitCode.USAGE, f"{module} cannot be imported: {type(error).__name__}: {error}", where
    )
