"""What views know of this engine: specs, frames and results; loads no torch."""

from engines.geometry.activations.library import names
from engines.geometry.analyses.comparison import CompareSpec, SimilarityMatrix
from engines.geometry.analyses.moment import BARS_MAX, LayerMoment, Moment, MomentSpec
from engines.geometry.analyses.task_geometry import DichotomySpec, TaskGeometry
from engines.geometry.chance.scores import Score
from engines.geometry.film.film import Film, FilmFrame, MapFrame
from engines.geometry.film.spec import MAPS, FilmSpec
from engines.geometry.information.pictures import SHOWN, InformationFrame, InformationRun
from engines.geometry.information.spec import ARMS, ESTIMATORS
from engines.geometry.learning.phase_diagram import Phase, PhaseFrame, PhaseSpec
from engines.geometry.learning.spec import StudioSpec
from engines.geometry.learning.studio import StudioRun
from engines.geometry.mechanisms.modular_addition import ModularFrame, ModularRun, fourier
from engines.geometry.own_data.files import FilesRun, FilesSpec, keep_upload
from engines.geometry.own_data.sentences import SentencesRun, SentencesSpec

__all__ = [
    "ARMS",
    "BARS_MAX",
    "ESTIMATORS",
    "MAPS",
    "SHOWN",
    "CompareSpec",
    "DichotomySpec",
    "FilesRun",
    "FilesSpec",
    "Film",
    "FilmFrame",
    "FilmSpec",
    "InformationFrame",
    "InformationRun",
    "LayerMoment",
    "MapFrame",
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
