"""Digests: when they are due, gathered from the store, delivered."""
