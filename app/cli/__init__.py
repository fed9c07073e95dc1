"""The command line: serve, demo, check, get, lint, export, simulator, webhooks, private."""

import typer

from app import __version__
from app.cli.asking import get, lint
from app.cli.check import check
from app.cli.console import say
from app.cli.exporting.command import export
from app.cli.private import private
from app.cli.serving import demo, serve, simulator
from app.cli.webhooks import webhooks

cli = typer.Typer(
    name="amilia-feeds",
    help="Calendar feeds for organizations that run their registrations on Amilia.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (serve, demo, check, get, lint, export, simulator):
    cli.command()(command)
cli.add_typer(webhooks, name="webhooks")
cli.add_typer(private, name="private")


def run() -> None:
    """Entry point of the `amilia-feeds` command."""
    cli()


@cli.command()
def version() -> None:
    """Print the version."""
    say(__version__)
