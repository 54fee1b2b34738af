"""Feeds that others read: of a digest, a tag or a search, at secret addresses."""
