"""The hours ledger: planned, held, attended and worked, each hour with its source."""
