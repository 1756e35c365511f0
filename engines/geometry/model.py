"""What views know of this engine: specs, frames and results; loads no torch."""

from engines.geometry.compare import CompareSpec, SimilarityMatrix
from engines.geometry.dichotomy import DichotomySpec, TaskGeometry
from engines.geometry.files import FilesRun, FilesSpec, keep_upload
from engines.geometry.film import Film, FilmFrame
from engines.geometry.film_spec import FilmSpec
from engines.geometry.library import names
from engines.geometry.modular import ModularFrame, ModularRun, fourier
from engines.geometry.moment import BARS_MAX, LayerMoment, Moment, MomentSpec
from engines.geometry.phase import Phase, PhaseFrame, PhaseSpec
from engines.geometry.scores import Score
from engines.geometry.sentences import SentencesRun, SentencesSpec
from engines.geometry.spec import StudioSpec
from engines.geometry.studio import StudioRun

__all__ = [
    "BARS_MAX",
    "CompareSpec",
    "DichotomySpec",
    "FilesRun",
    "FilesSpec",
    "Film",
    "FilmFrame",
    "FilmSpec",
    "LayerMoment",
    "ModularFrame",
    "ModularRun",
    "Moment",
    "MomentSpec",
    "Phase",
    "PhaseFrame",
    "PhaseSpec",
    "Score",
    "SentencesRun",
    "SentencesSpec",
    "SimilarityMatrix",
    "StudioRun",
    "StudioSpec",
    "TaskGeometry",
    "fourier",
    "keep_upload",
    "names",
]
