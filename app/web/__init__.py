"""The HTTP edge: pages, forms, errors. No domain."""
