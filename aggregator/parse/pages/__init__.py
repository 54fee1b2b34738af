"""Saved article pages."""
