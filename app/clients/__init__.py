"""Client companies, their contacts and addresses."""
