"""The REST API of this program: the JSON of the commands, over HTTP."""
