"""The command `compagnon`. What it says is French; everything heavy is imported where it is used."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.core.errors import AppError, Refused
from app.settings import Settings

if TYPE_CHECKING:
    from app.core.db import Database

OPTIONS: dict[str, Any] = {"no_args_is_help": True, "add_completion": False, "rich_markup_mode": None}
app = typer.Typer(
    name="compagnon",
    help="Compagnon, le logiciel d’une école de production.",
    pretty_exceptions_enable=False,
    **OPTIONS,
)
user = typer.Typer(help="Les comptes du personnel.", **OPTIONS)
token = typer.Typer(help="Les jetons des programmes.", **OPTIONS)
app.add_typer(user, name="user")
app.add_typer(token, name="token")
Staff = Annotated[str, typer.Argument(metavar="STAFF", help="Le code de la personne, par exemple M1.")]


def told(command: Callable[..., Any]) -> Callable[..., Any]:
    """A refusal is one French line on standard error, and exit 1."""

    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except AppError as refusal:
            typer.echo(refusal.sentence, err=True)
            raise typer.Exit(1) from None

    return wrapped


@contextmanager
def _ready() -> Iterator["Database"]:
    """The database of the settings, at this version's schema."""
    from app.core.db import Database
    from app.upkeep import begin, require_schema

    begin(Settings())
    database = Database(Settings().url)
    try:
        require_schema(database)
        yield database
    finally:
        database.dispose()


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
    typer.echo("Base de données mise à jour." if changed else "Base de données déjà à jour.")


@app.command()
@told
def demo(
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Ne rien faire si une école est déjà là.")] = False,
) -> None:
    """Remplir une base vide avec une école de démonstration, ou renouveler celle qui y est."""
    from app.demo.accounts import FILE, kept, kept_codes
    from app.demo.install import NOT_EMPTY, install_demo, is_demo, is_empty
    from app.upkeep import clear

    folder = Settings().data_dir
    with _ready() as database:
        with database.reading() as db:
            empty, old_demo = is_empty(db), is_demo(db)
        if not empty and not old_demo and not if_empty:
            raise Refused(NOT_EMPTY)
        if empty or (old_demo and not if_empty):
            if not empty:
                typer.echo("L’ancienne démonstration est remplacée.")
                clear(database)
            typer.echo("Création de l’école de démonstration…")
            credentials = install_demo(database, folder)
        else:
            credentials = kept(folder) if old_demo else []
    if credentials:
        typer.echo(f"Comptes de démonstration, aussi dans {folder / FILE} :")
    for one in credentials:
        typer.echo(f"  {one.label:<22} {one.email:<40} {one.password}")
    if credentials and (codes := kept_codes(folder)):
        typer.echo("Tablette : ouvrez /atelier/tablettes sur l’appareil en maître, inscrivez-le, choisissez un prénom.")
        typer.echo(
            f"  Code de chaque élève : {codes.pupil_pin}. Pour signer, {codes.master} : {codes.master_pin}, et le"
        )
        typer.echo(f"  code de son badge : {codes.master_badge}")


@app.command(name="import")
@told
def import_(
    path: Annotated[Path, typer.Argument(metavar="FOLDER|FILE", help="Dossier, .zip ou .xlsx.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tout vérifier, ne rien enregistrer.")] = False,
) -> None:
    """Reprendre les fichiers de l’école : tout, ou rien et la liste des lignes à corriger."""
    from app.exchange.command import run_import

    with _ready() as database:
        status = run_import(database, path, dry_run=dry_run)
    raise typer.Exit(status)


@user.command(name="set-password")
@told
def set_password(staff: Staff) -> None:
    """Donner un mot de passe, lu sur l’entrée standard."""
    from app.accounts import queries, service
    from app.core import journal
    from app.core.actor import SYSTEM

    typed = typer.prompt("Mot de passe", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    with _ready() as database:
        with database.reading() as db:
            person, school = queries.get_staff_by_code(db, staff), queries.find_school(db)
            names = (person.last_name, person.first_name, school.name if school else "")
        hashed = service.new_password_hash(typed.rstrip("\r\n"), names=names)
        with database.writing() as db:
            person = queries.get_staff_by_code(db, staff, lock=True)
            service.set_password(db, person, hashed)
            journal.record(db, person, "password", "Mot de passe donné par l’administrateur", by=SYSTEM)
    typer.echo(f"Mot de passe enregistré pour {person.full_name}.", err=True)
    if not person.email:
        typer.echo("Sans adresse électronique, cette personne ne peut pas encore se connecter.", err=True)
    if person.disabled_at is not None:
        typer.echo("Ce compte est désactivé : réactivez-le dans Personnel.", err=True)


@token.command(name="create")
@told
def create_token(staff: Staff) -> None:
    """Créer un jeton qui agit au nom d’une personne ; seul le jeton est affiché."""
    from app.accounts import queries, service
    from app.core.actor import SYSTEM

    with _ready() as database, database.writing() as db:
        made = service.create_token(db, queries.get_staff_by_code(db, staff, lock=True), by=SYSTEM)
    typer.echo(made)


@app.command()
@told
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="Le fichier à écrire.")]) -> None:
    """Écrire une copie saine de la base et des fichiers joints, pendant que le serveur tourne."""
    from app.upkeep import backup as copy

    folder, count = copy(Settings(), file)
    size = f"{file.stat().st_size / 1024**2:.1f}".replace(".", ",")
    typer.echo(f"Sauvegarde vérifiée : {file} ({size} Mo).")
    if count:
        typer.echo(f"Fichiers joints (dessins, photos) : {folder} ({count}). Gardez-le avec la sauvegarde.")


@app.command()
@told
def doctor() -> None:
    """Dire ce qui est faux ou risqué dans cette installation."""
    from app.doctor import Level, examine

    wrong = False
    for finding in examine(Settings()):
        wrong = wrong or finding.level is Level.WRONG
        typer.echo(f"{finding.level.upper():<7} {finding.sentence}")
    raise typer.Exit(1 if wrong else 0)


def main() -> None:
    """Entry point of the command. Whatever it writes is for this user alone (S15)."""
    os.umask(0o077)
    app()
