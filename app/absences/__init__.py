"""Absences explained and told: reasons with their papers, half-days, letters, notices to guardians."""
