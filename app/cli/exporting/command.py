"""`amilia-feeds export DIR`: the whole site as files, for any web server."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from app.cli.console import chosen_organizations, configured, console, read_settings, refuse, say
from app.cli.exporting.folder import Folder, Foreign
from app.cli.exporting.layout import INDEX
from app.cli.exporting.site import Outcome, Unfit, export_site
from app.configured import secrets_of
from app.main import client_with, create_app, state_of
from app.settings import Settings
from app.telemetry import logs

LAST_GOOD: Final = 1
"""Exit status when Amilia could not be read and the last good copy was exported."""
NOTHING: Final = 2
"""Exit status when the files of an organization, or all of them, were left as they are."""


def export(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to write the site.", file_okay=False)
    ],
    *,
    org: Annotated[str | None, typer.Option("--org", help="One organization only.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Where the site will be; else public_url.")] = None,
    jobs: Annotated[int, typer.Option(help="How many files are made at a time.", min=1, max=64)] = 4,
) -> None:
    """Write all feeds and pages as files for a plain web server.

    Status 1 where the last good copy had to do, 2 where files were left as they are.
    """
    settings = configured(read_settings(**({"FEEDS_PUBLIC_URL": base_url} if base_url else {})))
    chosen = chosen_organizations(settings, org)
    logs.configure(settings.log_format, secrets=secrets_of(settings))
    try:
        folder = Folder(directory)
        with closing(folder):
            status = asyncio.run(_exported(settings, chosen, folder, jobs=jobs))
    except (Unfit, Foreign, OSError, ValueError) as error:
        refuse(f"The export into {directory} failed: {_reason(error)}")
    raise typer.Exit(status)


async def _exported(settings: Settings, chosen: list[str], folder: Folder, *, jobs: int) -> int:
    """Export these organizations, and say what came of it; the exit status."""
    beside = [it for it in settings.organizations if f"orgs/{it}/{INDEX}" in folder.known]
    tables = {it: table for it, table in settings.organizations.items() if it in {*chosen, *beside}}
    app = create_app(settings.model_copy(update={"organizations": tables}), static=True)
    async with state_of(app) as state, client_with(app, state) as client:
        with _progress() as progress:
            outcome = await export_site(
                client,
                state["feeds"],
                chosen,
                folder,
                base=settings.public_url,
                jobs=jobs,
                progress=progress,
            )
    _tell(outcome)
    return NOTHING if outcome.lacking else LAST_GOOD if outcome.old else 0


def _tell(outcome: Outcome) -> None:
    for slug in outcome.lacking:
        console.print(
            f"{slug}: Amilia cannot be read and there is no earlier copy; its files stay as they are."
        )
    for slug in outcome.old:
        console.print(f"{slug}: Amilia cannot be read; the last good copy was exported.")
    if outcome.report is None:
        return
    for name in outcome.report.left:
        console.print(f"{name} is not from an export; it was left alone.", markup=False)
    told = outcome.report
    say(f"{told.written} files written, {told.same} the same as before, {told.removed} removed.")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; elsewhere a line each time that another tenth is done."""
    if not console.is_terminal:
        yield _Lines()
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Asking Amilia", total=None)
        yield lambda done, total: bar.update(task, description="Making files", completed=done, total=total)


class _Lines:
    def __init__(self) -> None:
        self._told = 0

    def __call__(self, done: int, total: int) -> None:
        tenth = done * 10 // total
        if tenth > self._told:
            self._told = tenth
            console.print(f"{done} of {total} files made", markup=False)


def _reason(error: Exception) -> str:
    match error:
        case Foreign():
            return f"these files are not from an export: {error}. Choose another folder, or remove them."
        case OSError():
            return f"{error.strerror or error} ({error.filename})." if error.filename else f"{error}."
        case _:
            return str(error)
