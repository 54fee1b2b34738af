"""The public Python interface: see ``docs/python.md``. Import it from ``aggregator``."""
