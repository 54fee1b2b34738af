"""The Google Reader API, as reading apps use it today (see docs/web.md)."""
