"""Builds the optional compiled reader; everything else about the package is in pyproject.toml.

    python setup.py build_ext --inplace     (what `make` runs)

It needs a C compiler, Python's headers, Cython and lxml, whose headers it is built against.
Where one is missing nothing is built, and feeds are read by the Python reader: the same
entries, in twice the time.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import Extension, setup

FOLDER = Path("aggregator/parse/native")


def extensions() -> list[Extension]:
    """What can be built here; nothing without Cython and lxml."""
    try:
        import lxml  # noqa: PLC0415 - may be missing
        from Cython.Build import cythonize  # noqa: PLC0415 - may be missing
    except ImportError:
        return []
    found = [
        Extension(
            ".".join(path.with_suffix("").parts),
            [str(path)],
            include_dirs=lxml.get_include(),
            optional=True,  # a compiler that fails is told, and is no error
        )
        for path in sorted(FOLDER.glob("*.pyx"))
    ]
    return cythonize(found, build_dir="build")


setup(ext_modules=extensions())
