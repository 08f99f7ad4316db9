"""The command, as an administrator types it: French, one line when it refuses, nothing half done."""

import sqlite3
import stat
import threading
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from typer.testing import CliRunner

from app.accounts.models import School
from app.accounts.passwords import is_right
from app.accounts.queries import find_by_token, get_staff_by_code
from app.cli import app
from app.core import documents
from app.core.clock import now
from app.core.db import Database
from app.core.mail import MailState
from app.core.permissions import Role
from app.pedagogy.models import AttendanceRecord
from app.pedagogy.service import recompute_days, refresh_attendance
from tests.factories import (
    files,
    make_attendance,
    make_company,
    make_group,
    make_mail,
    make_order,
    make_pupil,
    make_school,
    make_session,
    make_staff,
)
from tests.support import postgres
from tests.support.databases import ENGINE

NOT_MIGRATED = "La base de données n’est pas à jour : lancez d’abord « compagnon migrate ».\n"
PHRASE = "la lime et le marbre"


@pytest.fixture
def run(data_dir, monkeypatch):
    """Run a command in this process, with a data folder of its own."""
    monkeypatch.setenv("COMPAGNON_DATA_DIR", str(data_dir))

    def command(*arguments, typed=None):
        return CliRunner().invoke(app, arguments, input=typed)

    return command


@pytest.fixture
def school(own_database, run, monkeypatch):
    """A migrated database with a school and two people in it, and the settings that lead to it."""
    monkeypatch.setenv("COMPAGNON_DATABASE_URL", own_database.url.render_as_string(hide_password=False))
    with own_database.writing() as db:
        make_school(db)
        make_staff(db, Role.DIRECTOR, code="D1", last_name="Morel")
        make_staff(db, Role.MASTER, code="M1", email=None)
    return own_database


class TestMigrate:
    def test_a_new_folder_gets_a_database_for_its_owner_alone(self, run, data_dir):
        assert run("migrate").stdout == "Base de données mise à jour.\n"
        assert run("migrate").stdout == "Base de données déjà à jour.\n"
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
        assert sqlite3.connect(data_dir / "compagnon.db").execute("SELECT count(*) FROM school").fetchone() == (0,)

    def test_the_first_command_of_a_new_school_needs_no_other(self, run, data_dir):
        answer = run("token", "create", "D1")
        assert (answer.exit_code, answer.stdout) == (1, "")
        assert "D1" in answer.stderr
        assert sqlite3.connect(data_dir / "compagnon.db").execute("SELECT count(*) FROM school").fetchone() == (0,)

    @pytest.mark.parametrize("command", [["demo"], ["token", "create", "D1"], ["import", "."]])
    def test_a_database_of_another_version_is_left_alone(self, run, data_dir, command):
        run("migrate")
        with sqlite3.connect(data_dir / "compagnon.db") as old:
            old.execute("UPDATE alembic_version SET version_num = 'another'")
        answer = run(*command)
        assert (answer.exit_code, answer.stderr, answer.stdout) == (1, NOT_MIGRATED, "")

    def test_a_database_that_does_not_answer_is_said_in_one_line(self, run, monkeypatch):
        monkeypatch.setenv("COMPAGNON_DATABASE_URL", "postgresql+psycopg://personne@/rien?host=/nulle-part")
        answer = run("token", "create", "D1")
        assert answer.exit_code == 1
        assert answer.stderr.startswith("La base de données ne répond pas : ")
        assert answer.stderr.count("\n") == 1


class TestToken:
    def test_only_the_token_is_printed_and_it_acts_as_the_person(self, run, school):
        answer = run("token", "create", "D1")
        token = answer.stdout.removesuffix("\n")
        assert (answer.exit_code, answer.stderr) == (0, "")
        assert len(token) >= 43
        assert token.strip() == token
        with school.reading() as db:
            assert find_by_token(db, token).code == "D1"

    def test_an_unknown_person_is_one_line(self, run, school):
        answer = run("token", "create", "X9")
        assert (answer.exit_code, answer.stdout, answer.stderr) == (1, "", "Personne n’a le code « X9 ».\n")

    def test_nobody_acts_as_the_disabled(self, run, school):
        with school.writing() as db:
            get_staff_by_code(db, "M1").disabled_at = get_staff_by_code(db, "M1").disabled_at or _now()
        assert run("token", "create", "M1").exit_code == 1


def _now():
    from app.core.clock import now

    return now()


class TestSetPassword:
    def test_it_is_read_from_standard_input_exactly(self, run, school):
        answer = run("user", "set-password", "D1", typed=f" {PHRASE} \n")
        assert (answer.exit_code, answer.stdout) == (0, "")
        assert "Mot de passe enregistré pour Camille Morel." in answer.stderr
        with school.reading() as db:
            assert is_right(f" {PHRASE} ", get_staff_by_code(db, "D1").password_hash)

    @pytest.mark.parametrize("typed", ["", "court\n", "Camille Morel\n", "motdepasse2026\n"])
    def test_a_weak_one_changes_nothing(self, run, school, typed):
        answer = run("user", "set-password", "D1", typed=typed)
        assert answer.exit_code == 1
        assert answer.stderr.count("\n") == 1
        with school.reading() as db:
            assert get_staff_by_code(db, "D1").password_hash is None

    def test_what_is_still_missing_to_sign_in_is_said(self, run, school):
        assert "Sans adresse électronique" in run("user", "set-password", "M1", typed=PHRASE).stderr

    def test_an_unknown_person_is_one_line(self, run, school):
        answer = run("user", "set-password", "X9", typed=PHRASE)
        assert (answer.exit_code, answer.stderr) == (1, "Personne n’a le code « X9 ».\n")


class TestDemo:
    def test_it_refuses_a_real_school(self, run, school):
        answer = run("demo")
        assert answer.exit_code == 1
        assert "contient déjà une école" in answer.stderr
        assert run("demo", "--if-empty").exit_code == 0
        with school.reading() as db:
            assert db.get(School, 1).is_demo is False

    @pytest.mark.slow
    def test_it_fills_an_empty_database_and_renews_itself(self, run, data_dir, own_database, monkeypatch):
        monkeypatch.setenv("COMPAGNON_DATABASE_URL", own_database.url.render_as_string(hide_password=False))
        first = run("demo", "--if-empty")
        assert first.exit_code == 0, first.output
        assert stat.S_IMODE((data_dir / "comptes-demonstration.json").stat().st_mode) == 0o600
        accounts = [line for line in first.stdout.splitlines() if "@" in line]
        assert len(accounts) == 4
        assert accounts == [line for line in run("demo", "--if-empty").stdout.splitlines() if "@" in line]
        renewed = run("demo")
        assert "L’ancienne démonstration est remplacée." in renewed.stdout
        assert not set(accounts) & set(renewed.stdout.splitlines())


class TestImport:
    def test_what_is_not_there_is_said(self, run, school, tmp_path):
        answer = run("import", str(tmp_path / "rien"))
        assert answer.exit_code == 1
        assert "n’existe pas" in " ".join(answer.stderr.split())


class TestBackup:
    @pytest.fixture(autouse=True)
    def _programs(self, monkeypatch):
        if ENGINE == "postgresql":
            monkeypatch.setenv("PATH", f"{postgres.binaries()}:/usr/bin:/bin")

    def test_it_is_whole_and_for_its_owner_alone(self, run, school, tmp_path):
        target = tmp_path / "sauvegarde"
        answer = run("backup", str(target))
        assert answer.exit_code == 0, answer.stderr
        assert answer.stdout.startswith(f"Sauvegarde vérifiée : {target} (")
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert list(tmp_path.glob(".sauvegarde*")) == []
        if ENGINE == "sqlite":
            assert sqlite3.connect(target).execute("SELECT count(*) FROM staff").fetchone() == (2,)

    def test_a_sqlite_copy_is_whole_while_people_write(self, run, data_dir, tmp_path):
        """What was stored before it began is in it, and it is sound (T15)."""
        run("migrate")
        live, stop, counted = Database(f"sqlite:///{data_dir / 'compagnon.db'}"), threading.Event(), []

        def write():
            while not stop.is_set():
                with live.writing() as db:
                    make_company(db)
                counted.append(1)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(5):
                before, target = len(counted), tmp_path / f"{number}.db"
                assert run("backup", str(target)).exit_code == 0
                copy = Database(f"sqlite:///{target}")
                with copy.reading() as db:
                    assert db.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
                    assert db.execute(text("SELECT count(*) FROM company")).scalar_one() >= before
                copy.dispose()
        finally:
            stop.set()
            writer.join()
            live.dispose()

    def test_the_files_people_handed_in_lie_beside_it(self, run, school, data_dir, tmp_path):
        with school.writing() as db:
            kept = documents.keep(data_dir, "a.png", files.png())
            documents.store(db, kept)
        answer = run("backup", str(tmp_path / "sauvegarde"))
        assert f"Fichiers joints (dessins, photos) : {tmp_path / 'sauvegarde.files'} (1)." in answer.stdout
        assert (tmp_path / "sauvegarde.files" / kept.sha256[:2] / kept.sha256).read_bytes() == files.png()

    @pytest.mark.parametrize("target", [".", "rien/sauvegarde"])
    def test_a_place_that_cannot_be_written_is_said(self, run, school, tmp_path, target):
        answer = run("backup", str(tmp_path / target))
        assert answer.exit_code == 1
        assert "n’est pas un fichier que l’on peut créer" in answer.stderr

    def test_it_never_writes_over_the_database_itself(self, run, data_dir):
        run("migrate")
        answer = run("backup", str(data_dir / "compagnon.db"))
        assert answer.exit_code == 1
        assert "la base elle-même" in answer.stderr

    def test_without_a_database_there_is_nothing_to_copy(self, run, data_dir, tmp_path):
        assert run("backup", str(tmp_path / "x")).exit_code == 1
        assert list(data_dir.glob("*.db")) == []


class TestDoctor:
    def test_before_anything_it_says_where_to_begin(self, run):
        answer = run("doctor")
        assert answer.exit_code == 1
        assert "FAUX    Le schéma n’est pas celui de cette version : lancez « compagnon migrate »." in answer.stdout

    def test_a_sound_installation_has_nothing_wrong(self, run, school):
        answer = run("doctor")
        wrong = [line for line in answer.stdout.splitlines() if line.startswith("FAUX")]
        # The throw-away PostgreSQL of the tests runs without fsync, and doctor says so.
        assert ["fsync=off" in line for line in wrong] == ([] if ENGINE == "sqlite" else [True])
        assert answer.exit_code == len(wrong)
        assert "Les sommes enregistrées sont celles des faits." in answer.stdout
        assert "Personne ne peut se connecter" in answer.stdout

    def test_a_sum_that_is_not_that_of_its_parts_is_found_and_left_alone(self, run, school):
        with school.writing() as db:
            order = make_order(db)
            order.net += 1
        for _ in range(2):
            answer = run("doctor")
            assert answer.exit_code == 1
            assert "Ces sommes ne sont pas celles des faits : totaux des commandes." in answer.stdout

    def test_minutes_left_early_that_are_not_those_of_the_statement_are_found(self, run, school):
        with school.writing() as db:
            group = make_group(db)
            session = make_session(db, group)
            make_attendance(db, session, make_pupil(db, group), minutes_early=30)
            refresh_attendance(db)
        assert "Les sommes enregistrées sont celles des faits." in run("doctor").stdout
        with school.writing() as db:
            db.execute(update(AttendanceRecord).values(minutes_early=0, attended_minutes=240))
            recompute_days(db, None)
        for _ in range(2):
            found = run("doctor").stdout
            assert "Ces sommes ne sont pas celles des faits : présences, avec retards et départs." in found

    def test_messages_that_failed_or_wait_are_told_with_what_to_do(self, run, school, monkeypatch):
        assert "Tous les messages confirmés sont partis." in run("doctor").stdout
        with school.writing() as db:
            make_mail(db, state=MailState.FAILED, last_error="Refusé par le serveur (550) : no such user.")
            make_mail(db, created_at=now() - timedelta(hours=3), next_try_at=now() - timedelta(hours=2))
        told = run("doctor").stdout
        assert "1 message en échec" in told
        assert "no such user" in told
        assert "renvoyez-les, ou appelez" in told
        assert "1 message en attente et aucun serveur de messagerie. Réglez COMPAGNON_SMTP_HOST" in told
        monkeypatch.setenv("COMPAGNON_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("COMPAGNON_SMTP_FROM", "bureau@ecole.example")
        assert "1 message en attente depuis plus d’une heure. Le serveur tourne-t-il ?" in run("doctor").stdout

    def test_a_file_that_is_not_there_any_more_is_named(self, run, school, data_dir):
        with school.writing() as db:
            kept = documents.keep(data_dir, "plan.png", files.png())
            documents.store(db, kept)
        assert "Les fichiers joints sont tous là." in run("doctor").stdout
        documents.path_of(data_dir, kept.sha256).unlink()
        answer = run("doctor")
        assert answer.exit_code == 1
        assert "Fichiers joints absents ou abîmés" in answer.stdout
        assert "« plan.png »" in answer.stdout

    def test_a_folder_that_others_may_read_is_a_risk(self, run, school, data_dir):
        data_dir.chmod(0o755)
        assert "RISQUE  D’autres utilisateurs peuvent lire" in run("doctor").stdout

    def test_a_database_that_does_not_answer_is_wrong(self, run, monkeypatch):
        monkeypatch.setenv("COMPAGNON_DATABASE_URL", "postgresql+psycopg://personne@/rien?host=/nulle-part")
        answer = run("doctor")
        assert answer.exit_code == 1
        assert "La base de données ne répond pas" in answer.stdout
        assert "Traceback" not in answer.output
