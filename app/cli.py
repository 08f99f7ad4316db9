"""The command `compagnon`. What it says is French; everything heavy is imported where it is used."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from app.core.errors import AppError
from app.settings import Settings

app = typer.Typer(
    name="compagnon", help="Compagnon, le logiciel d’une école de production.", no_args_is_help=True,
    add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip


def told(command: Callable[..., Any]) -> Callable[..., Any]:
    """A refusal is one French line on standard error, and exit 1."""

    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except AppError as refusal:
            print(refusal.sentence, file=sys.stderr)
            raise typer.Exit(1) from None

    return wrapped


@app.command()
@told
def serve(workers: Annotated[int, typer.Option(min=1, max=16, help="Processus (PostgreSQL seulement).")] = 1) -> None:
    """Démarrer le serveur."""
    from app.serve import serve as start

    start(Settings(), workers=workers)


@app.command()
@told
def migrate() -> None:
    """Mettre la base de données au niveau de cette version."""
    from app.upkeep import migrate as bring

    changed = bring(Settings())
    print("Base de données mise à jour." if changed else "Base de données déjà à jour.")


def main() -> None:
    """Entry point of the command."""
    app()
