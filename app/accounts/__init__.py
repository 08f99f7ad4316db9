"""Who is let in, as whom, and what the school is called."""
