"""A pupil’s file beyond the record: documents, photo, private notes, the change of school year."""
