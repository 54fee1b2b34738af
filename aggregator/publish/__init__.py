"""Digests: schedule, gathering from the store, delivery."""
