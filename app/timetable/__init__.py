"""The school’s calendar and timetable: periods, patterns that make dated sessions, weeks, calendar feeds."""
