"""The store for assistants: read-only tools of the Model Context Protocol."""
