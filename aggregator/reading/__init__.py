"""Stories as readers see them: the only read model for cli, digest, web and API."""
