"""Staff: who works here, in which role, and how they come to a password."""

import secrets
from typing import Any

from sqlalchemy.orm import Session

from app.accounts import queries, rules
from app.accounts.models import Invitation, Staff
from app.accounts.service.entry import Check, end_all_sessions, require_own_password, set_password, use_up_invitations
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound, Refused, Stale
from app.core.permissions import ROLE_LABELS, Role
from app.core.text import fold

CODE_TAKEN = "Le code « {} » est déjà celui d’une autre personne."
EMAIL_TAKEN = "Cette adresse est déjà celle d’une autre personne."
GONE = "Ce lien a déjà servi, ou il a plus de 72 heures. Demandez-en un autre à la direction."


def create_staff(db: Session, *, values: dict[str, Any], by: Actor) -> Staff:
    """Somebody new; they cannot sign in before they have used an invitation."""
    if queries.find_staff_by_code(db, values["code"]) is not None:
        raise Refused(CODE_TAKEN.format(values["code"]), field="code")
    _require_free_email(db, values["email"])
    staff = Staff(code=values["code"], **{name: values[name] for name in rules.STAFF_LABELS})
    staff.sort_key = fold(f"{staff.last_name} {staff.first_name}")
    db.add(staff)
    db.flush()  # its id, for the journal
    journal.record(db, staff, "create", f"{staff.full_name} ajouté au personnel", by=by)
    return staff


def change_staff(
    db: Session, staff: Staff, *, values: dict[str, Any], seen_version: int | None, check: Check | None, by: Actor
) -> Staff:
    """Change names, role or e-mail. Role and e-mail ask for one's own password again (V21); a new role ends the
    person's sessions (S6), and the school keeps a director who can sign in.
    """
    changed = {name for name in rules.STAFF_LABELS if getattr(staff, name) != values[name]}
    if seen_version is not None and staff.version != seen_version:
        raise _stale(db, staff, values, changed)
    if not changed:
        return staff
    if "role" in changed:
        _require_another_director(db, staff, field="role")
    if "email" in changed:
        _require_free_email(db, values["email"])
    if changed & rules.SENSITIVE:
        require_own_password(db, queries.get_staff(db, by.staff_id or 0), check, field="own_password")
    shown = {rules.STAFF_LABELS[name]: (_word(getattr(staff, name)), _word(values[name])) for name in changed}
    for name in changed:
        setattr(staff, name, values[name])
    staff.sort_key = fold(f"{staff.last_name} {staff.first_name}")
    staff.version += 1
    if changed & rules.SENSITIVE:
        use_up_invitations(db, staff)
    if "role" in changed:
        end_all_sessions(db, staff)
    journal.record(db, staff, "change", "Fiche modifiée", by=by, changes=shown)
    return staff


def disable_staff(db: Session, staff: Staff, *, by: Actor) -> None:
    """Nobody signs in as them any more, at once: sessions, tokens and open links are dead. What they did stays."""
    if staff.disabled_at is not None:
        raise Refused(f"{staff.full_name} est déjà désactivé.")
    if staff.id == by.staff_id:
        raise Refused("Vous ne pouvez pas désactiver votre propre compte.")
    _require_another_director(db, staff)
    staff.disabled_at = now()
    staff.version += 1
    end_all_sessions(db, staff)
    use_up_invitations(db, staff)
    journal.record(db, staff, "disable", "Compte désactivé", by=by)


def enable_staff(db: Session, staff: Staff, *, by: Actor) -> None:
    """Let somebody back in, with the password they had."""
    if staff.disabled_at is None:
        raise Refused(f"{staff.full_name} n’est pas désactivé.")
    staff.disabled_at = None
    staff.version += 1
    journal.record(db, staff, "enable", "Compte réactivé", by=by)


def invite_staff(db: Session, staff: Staff, *, by: Actor) -> str:
    """A link of one use, 72 hours long, to choose a password: the first one, or another for a forgotten one.

    Links made before no longer open. The token is given back this once and only its hash is kept (V09, V10).
    """
    if staff.disabled_at is not None:
        raise Refused(f"{staff.full_name} est désactivé : réactivez d’abord son compte.")
    if not staff.email:
        raise Refused("Donnez d’abord une adresse électronique à cette personne : elle lui sert à se connecter.")
    use_up_invitations(db, staff)
    token = secrets.token_urlsafe(32)
    db.add(
        Invitation(
            staff_id=staff.id, token_hash=queries.token_hash(token), created_at=now(),
            expires_at=now() + rules.INVITATION_LIFE, created_by_id=by.staff_id,
        )
    )  # fmt: skip
    db.flush()  # the page that shows the link reads the invitation back
    words = "Lien de nouveau mot de passe créé" if staff.password_hash else "Invitation créée"
    journal.record(db, staff, "invite", words, by=by)
    return token


def accept_invitation(db: Session, token: str, *, password_hash: str) -> Staff:
    """The person chooses a password with the link they were handed; it opens once."""
    found = queries.find_invitation(db, token, lock=True)
    if found is None:
        raise NotFound(GONE)
    staff = found[1]
    set_password(db, staff, password_hash)
    journal.record(db, staff, "password", "Mot de passe choisi", by=queries.staff_actor(staff))
    return staff


def close_sessions(db: Session, staff: Staff, *, by: Actor) -> None:
    """The director ends somebody's sessions: a tablet lost, a screen left open (V20)."""
    end_all_sessions(db, staff)
    journal.record(db, staff, "end_sessions", "Sessions fermées", by=by)


def _require_another_director(db: Session, staff: Staff, *, field: str = "") -> None:
    signing = queries.lock_signing_directors(db)
    why = rules.why_last_director(is_director=staff.id in signing, other_directors=len(signing - {staff.id}))
    if why:
        raise Refused(why, field=field)


def _require_free_email(db: Session, email: str | None) -> None:
    if email and queries.find_staff_by_email(db, email) is not None:
        raise Refused(EMAIL_TAKEN, field="email")


def _word(value: Any) -> str:
    return ROLE_LABELS[value] if isinstance(value, Role) else str(value or "")


def _stale(db: Session, staff: Staff, values: dict[str, Any], changed: set[str]) -> Stale:
    last = journal.history(db, "staff", staff.id, limit=1)
    who = f" par {last[0].who}" if last else ""
    rows = tuple(
        (label, _word(values[name]) or "–", _word(getattr(staff, name)) or "–")
        for name, label in rules.STAFF_LABELS.items()
        if name in changed
    )
    return Stale(
        f"Cette fiche a été modifiée{who} pendant votre saisie. Rien n’a été écrasé.", rows, version=staff.version
    )
