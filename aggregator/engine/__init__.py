"""The write path: polls, decisions, corrections. The only writer of decisions."""
