"""Builds the optional compiled reader; everything else about the package is in pyproject.toml.

    python setup.py build_ext --inplace     (what `make` runs)

It needs a C compiler, Python's headers, Cython and lxml, whose headers it is built against.
If one is missing nothing is built, and the Python reader is used: the same results at half
the speed.
"""

from __future__ import annotations

import runpy
from pathlib import Path

from setuptools import Extension, setup

FOLDER = Path("aggregator/parse/native")


def extensions() -> list[Extension]:
    """The extensions that can be built; empty without Cython and lxml."""
    try:
        import lxml  # noqa: PLC0415 - may be missing
        from Cython.Build import cythonize  # noqa: PLC0415 - may be missing
    except ImportError:
        return []
    digest = runpy.run_path(str(FOLDER / "sources.py"))["digest"]()
    found = [
        Extension(
            ".".join(path.with_suffix("").parts),
            [str(path)],
            include_dirs=lxml.get_include(),
            define_macros=[("SOURCES", f'"{digest}"')],
        )
        for path in sorted(FOLDER.glob("*.pyx"))
    ]
    made: list[Extension] = cythonize(found, build_dir="build")
    for one in made:
        one.optional = True  # a missing or failing compiler is reported but is not an error
    return made


# All are always rebuilt, because each contains the digest of all sources.
setup(ext_modules=extensions(), options={"build_ext": {"force": True}})
