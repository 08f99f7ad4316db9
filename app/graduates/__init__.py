"""Exam results, job offers, and what became of those who left."""
