"""Plan and run: the road from a source to a vault, the ledger, the executor."""
