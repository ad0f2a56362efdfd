"""Whether a home holds the whole demo: asked at every start, before anything heavy is loaded."""

from datetime import date

from cleanclaim.project.home import Home

_NAME = "demo-built"


def is_built(home: Home) -> bool:
    """Whether this home holds the whole demo already."""
    return (home.path / _NAME).exists()


def mark_built(home: Home, on: date) -> None:
    """Say that it does, from this day on."""
    (home.path / _NAME).write_text(on.isoformat())
