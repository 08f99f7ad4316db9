"""What mixes every domain, read-only: the home of each role, the search."""
