"""The server for reading apps: reads from ``reading``, changes only through ``engine``."""
