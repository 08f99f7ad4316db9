"""Reads of the hours ledger, by subject."""

from app.ledger.queries.projects import find_project, list_projects

__all__ = ["find_project", "list_projects"]
