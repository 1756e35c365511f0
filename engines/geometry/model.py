"""What views know of this engine: specs, frames and results; loads no torch."""

from engines.geometry.film import Film, FilmFrame
from engines.geometry.spec import FilmSpec, StudioSpec
from engines.geometry.studio import StudioRun

__all__ = ["Film", "FilmFrame", "FilmSpec", "StudioRun", "StudioSpec"]
