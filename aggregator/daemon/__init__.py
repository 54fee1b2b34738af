"""The background process: schedule, signals, digests and hubs."""
