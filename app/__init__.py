"""Compagnon: the operations ERP of a single école de production."""

__version__ = "2026.11.29"
