"""The view of every experiment whose result is a film: linked pictures, selection, scores."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, TypeGuard

import numpy as np
import panel as pn

from engines.contract import Frame, Result, Spec
from engines.geometry.model import (
    CompareSpec,
    DichotomySpec,
    Film,
    FilmFrame,
    FilmSpec,
    MapFrame,
    Moment,
    MomentSpec,
)
from engines.running.compute import Compute, Job
from views.geometry.components import GeometryStage
from views.geometry.payloads import close_bytes, film_bytes, frame_bytes
from views.geometry.score_facts import score_sections
from views.geometry.toolbar import DEFAULTS, Toolbar
from views.kit.components import Downloads, Facts, Timeline
from views.kit.generic import SAVES, npz_from_tables, picture_tables, zipped_csv
from views.kit.runner import Asker
from views.kit.text import label
from views.kit.workbench import ExperimentView

_FILES = [item for item in SAVES if item["id"] != "svg"]


class FilmView(ExperimentView):
    """Scatter, RDM, spectrum and curves on one clock and one selection of stimuli."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        clock = uuid.uuid4().hex
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.canvas = GeometryStage(clock_id=clock, **wide)
        self.clock = Timeline(
            clock_id=clock, steppers=[{"id": "snapshot", "label": "snapshot"}], **wide
        )
        self.tools = Toolbar(self.canvas)
        self.facts = Facts(self._act, sections=[self._provenance()], **wide)
        self.saves = Downloads(self._save, items=_FILES, **wide)
        self.film: Film | None = None
        self.nets: tuple[str, ...] = ()
        self.measures: Mapping[str, np.ndarray] = {}
        self._films = Asker(compute, self.owner, f"{name}#film", self._hear_film)
        self._moments = Asker(compute, self.owner, f"{name}#moment", self._hear_moment)
        self.close_up: Moment | None = None
        for part in ("layout", "dissimilarity", "seed"):
            getattr(self.tools, part).param.watch(self._lay_out, "value")
        self.canvas.param.watch(self._look_again, ["left", "right", "colour"])
        self.canvas.param.watch(self._selected, "selected")
        self.clock.param.watch(self._look_again, "position")

    # What subclasses say -------------------------------------------------------------------

    def film_of(self, result: Result) -> Film | None:
        """The film in a result of this experiment."""
        return getattr(result, "film", None)

    def curves_of(self, result: Result) -> tuple[tuple[str, ...], Mapping[str, np.ndarray]]:
        """Names of networks and their measures [net, snapshot]."""
        return getattr(result, "nets", ()), getattr(result, "measures", {})

    # Assembly ------------------------------------------------------------------------------

    def stage(self) -> list[Any]:
        """Tools above the pictures."""
        return [self.tools.row(), self.canvas]

    def inspector(self) -> list[Any]:
        """Selection and scores, provenance, files."""
        return [self.facts, pn.Spacer(height=12), self.saves]

    def timeline(self) -> list[Any]:
        """The shared clock."""
        return [self.clock]

    # Running -------------------------------------------------------------------------------

    def show_frame(self, frame: Frame) -> None:
        """A moment of a film that still grows goes straight to the canvas."""
        if isinstance(frame, FilmFrame) and self.runner.job is not None:
            self.tools.offer_colours(frame.labels)
            self.canvas.frame = frame_bytes(frame, self.runner.job.id)

    def show_result(self, result: Result, job: Job) -> None:
        """Send the film once; the browser plays it."""
        film = self.film_of(result)
        if film is None:
            return
        self.nets, self.measures = self.curves_of(result)
        self.canvas.param.update(close=b"")
        self.close_up = None
        self._send(film, job.id)
        if self.tools.choices().keys() & {"layout", "dissimilarity"}:
            self._lay_out()
        self.describe()

    def _send(self, film: Film, run: str) -> None:
        self.film = film
        self.tools.offer_colours(film.labels)
        self.canvas.film = film_bytes(film, run, self.nets, self.measures)

    def _lay_out(self, *_events: Any) -> None:
        """Another layout or dissimilarity of the same activations."""
        if self.film is None or not self.film.source:
            return
        self._films.ask(
            FilmSpec(
                source=self.film.source,
                layers=self._layers(),
                layout=self.tools.layout.value,
                dissimilarity=self.tools.dissimilarity.value,
                seed=self.tools.seed.value if self.tools.is_map else 0,
                over="layers" if self.film.unit == "layer" else "snapshots",
            )
        )
        self.mark()

    def _layers(self) -> tuple[str, ...]:
        assert self.film is not None
        return self.film.moment_names if self.film.unit == "layer" else self.film.tracks

    def _hear_film(self, job: Job) -> None:
        self.tools.tell(told_of_map(job))
        if isinstance(job.result, Film):
            self.canvas.param.update(start_at=self.clock.position)
            self._send(job.result, job.id)
            self.canvas.start_at = -1
            self.describe()
        elif job.state.status.final and job.state.sentence:
            self._complain(job.state.sentence)

    # Selecting -----------------------------------------------------------------------------

    def _look_again(self, *_events: Any) -> None:
        if self.clock.playing:
            return
        self.describe()
        self.mark()
        self._look_closely()

    def _selected(self, _event: Any) -> None:
        self.describe()
        self.mark()

    def _look_closely(self) -> None:
        """Ask for the scores of what is shown at this moment."""
        film = self.film
        if film is None or not film.source:
            return
        by_layer = film.unit == "layer"
        layers = (
            (film.moment_names[self.moment],)
            if by_layer
            else tuple(dict.fromkeys(film.tracks[k] for k in self.shown))
        )
        self._moments.ask(
            MomentSpec(
                source=film.source,
                layers=layers,
                snapshot=-1 if by_layer else self.moment,
                column=self.canvas.colour,
            )
        )

    def _hear_moment(self, job: Job) -> None:
        if isinstance(job.result, Moment) and self.film is not None:
            self.close_up = job.result
            self.canvas.close = close_bytes(job.result, self.moment)
            self.describe()

    @property
    def shown(self) -> tuple[int, ...]:
        """Tracks on the left and on the right."""
        if self.film is None:
            return ()
        last = len(self.film.tracks) - 1
        both = min(self.canvas.left, last), min(self.canvas.right, last)
        return both if last > 0 else both[:1]

    @property
    def moment(self) -> int:
        """The snapshot the cursor rests at."""
        assert self.film is not None
        return max(0, min(self.clock.position, self.film.coords.shape[1] - 1))

    def describe(self) -> None:
        """The selection in numbers, beside where all this comes from."""
        scores = score_sections(self.close_up) if self.close_up else []
        self.facts.sections = [
            *self.selection_sections(),
            *scores,
            *self._elsewhere(),
            self._provenance(),
        ]

    def _elsewhere(self) -> list[dict[str, Any]]:
        """The same activations in other experiments."""
        film = self.film
        if film is None or not film.source:
            return []
        asked: list[tuple[str, str, Spec]] = [
            ("Compare all layers", "geometry/compare", CompareSpec(source=film.source))
        ]
        if len(film.stimuli) >= 4 and film.unit != "layer":
            split = DichotomySpec(
                source=film.source, layer=film.tracks[self.shown[0]], snapshot=self.moment
            )
            asked.append(("Task geometry at this moment", "geometry/taskgeometry", split))
        links = [(title, self.link(name, spec)) for title, name, spec in asked]
        note = f"On this machine as {film.source}"
        return [{"title": "Go on with", "links": [pair for pair in links if pair[1]], "note": note}]

    def selection_sections(self) -> list[dict[str, Any]]:
        """What is selected: mean dissimilarity within, and to the others."""
        if self.film is None:
            return []
        chosen = [k for k in self.canvas.selected if 0 <= k < len(self.film.stimuli)]
        if not chosen:
            text = "Drag a loop around points, or click them; shift adds. Every picture follows."
            return [{"title": "No stimulus selected", "note": text}]
        shown = ", ".join(label(self.film.stimuli[k], 24) for k in chosen[:8])
        more = f" and {len(chosen) - 8} more" if len(chosen) > 8 else ""
        rows = [["", *(label(self.film.tracks[t], 18) for t in self.shown)]]
        for name, inside in (("within", True), ("to the others", False)):
            values = [self._mean_pair(track, chosen, inside=inside) for track in self.shown]
            rows.append([name, *(f"{v:.3f}" if np.isfinite(v) else "none" for v in values)])
        return [
            {
                "title": f"{len(chosen)} selected",
                "sentence": shown + more,
                "rows": rows,
                "note": f"mean {self.film.dissimilarity} dissimilarity of pairs at this moment",
            }
        ]

    def _mean_pair(self, track: int, chosen: list[int], *, inside: bool) -> float:
        assert self.film is not None
        held = np.isin(self.film.in_rdm, chosen)
        rows, columns = np.triu_indices(len(held), 1)
        both = held[rows].astype(int) + held[columns]
        pairs = self.film.pairs[track, self.moment][both == (2 if inside else 1)]
        known = pairs[np.isfinite(pairs)]
        return float(known.mean()) if known.size else float("nan")

    def _act(self, action: str) -> None:
        """A button of the inspector."""

    # What a link keeps, and files ----------------------------------------------------------

    def selection(self) -> dict[str, Any]:
        """Tools, selected stimuli, tracks and where the cursor rests."""
        found = dict(self.tools.choices())
        if self.canvas.selected:
            found["stimuli"] = [int(k) for k in self.canvas.selected[:200]]
        if (self.canvas.left, self.canvas.right) != (0, 1):
            found["tracks"] = [self.canvas.left, self.canvas.right]
        if self.clock.position:
            found["at"] = self.clock.position
        return found

    def unselected(self) -> dict[str, Any]:
        """The usual tools, no stimulus, the first two tracks."""
        return {**DEFAULTS, "stimuli": [], "tracks": [0, 1]}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore what `selection` gave; what does not fit is left as it is."""
        self.tools.choose(selection)
        stimuli, tracks, at = (selection.get(name) for name in ("stimuli", "tracks", "at"))
        if _are_counts(stimuli):
            self.canvas.selected = stimuli
        if _are_counts(tracks) and len(tracks) == 2:
            self.canvas.param.update(left=tracks[0], right=tracks[1])
        if isinstance(at, int) and _are_counts([at]):
            self.canvas.start_at = at
            self.clock.seek_to = -1
            self.clock.seek_to = at

    def _provenance(self) -> dict[str, Any]:
        card = self.experiment.card
        return {"title": "Source", "sentence": card.claim, "note": card.source}

    def _save(self, kind: str) -> tuple[str, bytes] | None:
        job = self.runner.job
        if self.result is None or job is None:
            self._complain("There is nothing to save yet; press Run first.")
            return None
        name = f"{self.experiment_name.replace('/', '-')}-{job.spec.digest()[:8]}"
        if kind == "json":
            return f"{name}.json", job.spec.portable().to_json().encode()
        tables = picture_tables(self.result.pictures())
        if kind == "csv":
            return f"{name}.zip", zipped_csv(tables)
        return f"{name}.npz", npz_from_tables(tables)


def told_of_map(job: Job) -> str:
    """How far a map is and about how long it still takes; empty when none is drawn."""
    state, frame = job.state, job.frame
    if state.status.final or not isinstance(frame, MapFrame):
        return ""
    share = max(frame.fraction, 1e-3)
    left = state.elapsed_s * (1.0 - share) / share
    time = f", about {left:,.0f} s to go" if state.elapsed_s > 0.5 else ""
    return f"{frame.sentence}: {share:.0%}{time}"


def _are_counts(values: object) -> TypeGuard[list[int]]:
    """Whether a value from a link is a list of whole numbers that can be places."""
    return isinstance(values, list) and all(type(v) is int and 0 <= v < 2**31 for v in values)
