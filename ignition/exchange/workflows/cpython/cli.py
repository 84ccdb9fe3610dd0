"""The command line `ignition-workflows`: its table of contents, and the edge where errors end."""

import json
import sys
from collections.abc import Sequence

import typer

from exchange.workflows.cpython import cli_calendars as calendars
from exchange.workflows.cpython import cli_console as console
from exchange.workflows.cpython import cli_maintenance as maintenance
from exchange.workflows.cpython import cli_queues as queues
from exchange.workflows.cpython import cli_recipes as recipes
from exchange.workflows.cpython import cli_rejected as rejected
from exchange.workflows.cpython import cli_schedules as schedules
from exchange.workflows.cpython import cli_schema as schema
from exchange.workflows.cpython import cli_talking as talking
from exchange.workflows.cpython import cli_upkeep as upkeep
from exchange.workflows.cpython import cli_workers as workers
from exchange.workflows.cpython import cli_workflows as workflows
from exchange.workflows.cpython.cli_audit import audit
from exchange.workflows.cpython.cli_doctor import doctor
from exchange.workflows.cpython.cli_predecessor import import_predecessor
from exchange.workflows.cpython.cli_session import add_command
from exchange.workflows.cpython.cli_worker import worker
from exchange.workflows.cpython.failures import EXIT_CODES_HELP, ExitCode, Failure, explain
from exchange.workflows.settings import SCHEMA_NAME, VERSION

PROGRAM = "ignition-workflows"

app = typer.Typer(
    name=PROGRAM,
    help="Durable workflows in PostgreSQL. The database is named by --dsn or WORKFLOWS_DSN.",
    epilog=EXIT_CODES_HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
queue_app = typer.Typer(help="Queues and their limits.", no_args_is_help=True)
workers_app = typer.Typer(help="The workers there are.", no_args_is_help=True)
maintenance_app = typer.Typer(help="Maintenance of one queue or of all.", no_args_is_help=True)
recipe_app = typer.Typer(help="Recipes: named values, in versions.", no_args_is_help=True)
retention_app = typer.Typer(help="For how long what has ended is kept.", no_args_is_help=True)
setting_app = typer.Typer(help="Settings of the whole schema.", no_args_is_help=True)
schedule_app = typer.Typer(help="What is enqueued by itself, and when.", no_args_is_help=True)
calendar_app = typer.Typer(help="When a plant works.", no_args_is_help=True)
blackout_app = typer.Typer(help="Times in which nothing is started.", no_args_is_help=True)
console_user_app = typer.Typer(help="Who may log in to the web console.", no_args_is_help=True)
rejected_app = typer.Typer(help="Entries that could not be enqueued.", no_args_is_help=True)

add_command(app, "init", schema.init)
add_command(app, "migrate", schema.migrate)
add_command(app, "doctor", doctor)
add_command(app, "worker", worker)
add_command(app, "enqueue", workflows.enqueue)
add_command(app, "list", workflows.list_workflows)
add_command(app, "show", workflows.show)
add_command(app, "cancel", workflows.cancel)
add_command(app, "retry", workflows.retry)
add_command(app, "command", workflows.command)
add_command(app, "command-many", workflows.command_many)
add_command(app, "fork", workflows.fork)
add_command(app, "send", talking.send)
add_command(app, "prompts", talking.prompts)
add_command(app, "answer", talking.answer)
add_command(app, "events", talking.events)
add_command(app, "stream", talking.stream)
app.add_typer(queue_app, name="queue")
add_command(queue_app, "list", queues.list_queues)
add_command(queue_app, "create", queues.create_queue)
add_command(queue_app, "set", queues.set_queue)
add_command(queue_app, "pause", queues.pause_queue)
add_command(queue_app, "resume", queues.resume_queue)
queue_app.add_typer(maintenance_app, name="maintenance")
add_command(maintenance_app, "enter", maintenance.enter)
add_command(maintenance_app, "exit", maintenance.leave)
add_command(maintenance_app, "status", maintenance.status)
app.add_typer(workers_app, name="workers")
add_command(workers_app, "list", workers.list_workers)
add_command(workers_app, "drain", workers.drain_worker)
add_command(workers_app, "resume", workers.resume_worker)
add_command(app, "parameters", recipes.parameters)
app.add_typer(recipe_app, name="recipe")
add_command(recipe_app, "list", recipes.list_recipes)
add_command(recipe_app, "show", recipes.show_recipe)
add_command(recipe_app, "save", recipes.save_recipe)
add_command(recipe_app, "approve", recipes.approve_recipe)
add_command(recipe_app, "obsolete", recipes.retire_recipe)
add_command(recipe_app, "compare", recipes.compare_recipes)
add_command(recipe_app, "export", recipes.export_recipe)
add_command(recipe_app, "import", recipes.import_recipe)
app.add_typer(schedule_app, name="schedule")
add_command(schedule_app, "create", schedules.create_schedule)
add_command(schedule_app, "set", schedules.set_schedule)
add_command(schedule_app, "list", schedules.list_schedules)
add_command(schedule_app, "show", schedules.show_schedule)
add_command(schedule_app, "next", schedules.next_occurrences)
add_command(schedule_app, "pause", schedules.pause_schedule)
add_command(schedule_app, "resume", schedules.resume_schedule)
add_command(schedule_app, "run", schedules.run_schedule)
add_command(schedule_app, "delete", schedules.delete_schedule)
app.add_typer(calendar_app, name="calendar")
add_command(calendar_app, "list", calendars.list_calendars)
add_command(calendar_app, "set", calendars.set_calendar)
add_command(calendar_app, "delete", calendars.delete_calendar)
app.add_typer(blackout_app, name="blackout")
add_command(blackout_app, "list", calendars.list_blackouts)
add_command(blackout_app, "add", calendars.add_blackout)
add_command(blackout_app, "remove", calendars.remove_blackout)
app.add_typer(rejected_app, name="rejected")
add_command(rejected_app, "list", rejected.list_rejected)
add_command(rejected_app, "retry", rejected.retry)
add_command(rejected_app, "discard", rejected.discard)
app.add_typer(retention_app, name="retention")
add_command(retention_app, "list", upkeep.list_retention)
add_command(retention_app, "set", upkeep.set_retention)
add_command(retention_app, "delete", upkeep.delete_retention)
add_command(retention_app, "apply", upkeep.apply_retention)
app.add_typer(setting_app, name="setting")
add_command(setting_app, "list", upkeep.list_settings)
add_command(setting_app, "set", upkeep.set_setting)
add_command(setting_app, "reset", upkeep.reset_setting)
add_command(setting_app, "history", upkeep.setting_history)
add_command(app, "diagnostics", upkeep.diagnostics)
add_command(app, "audit", audit)
add_command(app, "watch", queues.watch)
add_command(app, "import-predecessor", import_predecessor)
add_command(app, "console", console.console)
app.add_typer(console_user_app, name="console-user")
add_command(console_user_app, "set", console.set_user)
add_command(console_user_app, "list", console.list_users)
add_command(console_user_app, "remove", console.remove_user)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code; an error is one line on standard error, or one
    for each thing that is wrong with the values that were given."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return app(args=words, prog_name=PROGRAM, standalone_mode=False) or ExitCode.OK
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except Exception as error:
        failure = _usage_failure(error) or explain(error, SCHEMA_NAME)
        # Without a command the parser has printed the help already.
        return _fail(failure, "--json" in words) if failure.message else failure.exit_code


@app.callback(invoke_without_command=True)
def _version(version: bool = typer.Option(False, "--version", help="Print the version.")) -> None:
    if version:
        print(f"{PROGRAM} {VERSION}")
        raise typer.Exit(ExitCode.OK)


def _fail(failure: Failure, as_json: bool) -> int:
    lines = [json.dumps(failure.as_json(), default=str)] if as_json else failure.lines()
    print("\n".join(lines), file=sys.stderr)
    return failure.exit_code


def _usage_failure(error: Exception) -> Failure | None:
    """A failure for the errors of the option parser, None for others."""
    explained = getattr(error, "format_message", None)
    if explained is None:
        return None
    context = getattr(error, "ctx", None)
    path = context.command_path if context else PROGRAM
    return Failure(ExitCode.USAGE, explained().rstrip("."), f"see: {path} --help")


if __name__ == "__main__":
    sys.exit(main())
