"""Machines and benches, and who may work on them: the legal gate for minors and the facts it judges by."""
