"""Writes of the hours ledger, by subject."""

from app.ledger.service.papers import issue_paper
from app.ledger.service.statements import close_statement, confirm_statement

__all__ = ["close_statement", "confirm_statement", "issue_paper"]
