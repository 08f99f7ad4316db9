"""What pupils learn: frameworks of skills, evidence, marks, term reports, booklets."""
