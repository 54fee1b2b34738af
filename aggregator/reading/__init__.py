"""What a story is for a reader: the one read model of cli, digest, web and API."""
