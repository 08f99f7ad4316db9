"""Applicants and observation weeks, before anybody is a pupil."""
