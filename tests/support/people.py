"""Signing people in without the form, which has tests of its own."""

import secrets

from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.accounts.models import ApiToken, AuthSession, Staff
from app.accounts.queries import token_hash
from app.core.clock import now

BASE_URL = "http://127.0.0.1:8000"


def browser(app: FastAPI) -> TestClient:
    """A client that behaves as a browser on the school's own address: it says that its requests come from our pages."""
    return TestClient(
        app, base_url=BASE_URL, follow_redirects=False, headers={"Sec-Fetch-Site": "same-origin"}
    )  # fmt: skip


def sign_in(db: Session, client: TestClient, staff: Staff) -> None:
    """Give the client a live session of this member of staff, and no other."""
    token = secrets.token_urlsafe(32)
    db.add(AuthSession(token_hash=token_hash(token), staff_id=staff.id, created_at=now(), last_seen_at=now()))
    db.flush()
    client.cookies.clear()
    client.cookies.set("sid", token, domain="127.0.0.1")


def bearer(db: Session, staff: Staff) -> dict[str, str]:
    """Headers of a program that acts for this member of staff."""
    token = secrets.token_urlsafe(32)
    db.add(ApiToken(token_hash=token_hash(token), staff_id=staff.id, created_at=now()))
    db.flush()
    return {"Authorization": f"Bearer {token}"}
