"""Replay, evaluation and fitting on labelled sets; never run by the daemon."""
