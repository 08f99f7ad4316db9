"""The kernel: no HTTP, no domain."""
