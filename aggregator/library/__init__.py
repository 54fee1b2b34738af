"""The program for other Python code: ``docs/python.md``. Import it from ``aggregator``."""
