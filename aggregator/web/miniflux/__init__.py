"""Miniflux's REST API, as far as its official client and newsboat need it."""
