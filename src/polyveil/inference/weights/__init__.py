"""Model weights, each with a line in SHA256SUMS and an entry in NOTICE.md."""
