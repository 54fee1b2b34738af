"""Subscriptions, due feeds, and rounds of polls."""
