"""The front page: one card per finished workbench, with its live picture and tours."""

from __future__ import annotations

import gc
import weakref

from engines.running import registry
from engines.running.compute import InProcess
from engines.sorting.model import SortSpec
from explorer.home import HomeCard, home
from explorer.links import finished_workbenches
from explorer.tours import tours


class Watched(InProcess):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list = []

    def submit(self, spec, **who):
        self.jobs.append(super().submit(spec, **who))
        return self.jobs[-1]


async def test_every_finished_workbench_has_a_card():
    engine = Watched()
    cards = list(home(engine, "me", finished_workbenches()).select(HomeCard))
    assert [card.href for card in cards] == [f"./{name}" for name in finished_workbenches()]
    for card, name in zip(cards, finished_workbenches(), strict=True):
        assert card.sentence == registry.experiment(registry.listed(name)[0]).card.claim
        mine = [t.name for t in tours().values() if t.experiment.startswith(f"{name}/")]
        assert [t["href"] for t in card.tours] == [f"./{name}?tour={tour}" for tour in mine]
    engine.release("me")


async def test_the_sorting_card_shows_a_run():
    engine = Watched()
    (card,) = (c for c in home(engine, "me", ("sorting",)).select(HomeCard))
    (picture,) = card.objects
    assert picture.picture == b""
    (job,) = engine.jobs
    assert isinstance(job.spec, SortSpec)
    assert job.owner == "me"
    await job.ended()
    assert len(picture.picture) > 1000
    gone = weakref.ref(picture)
    del card, picture
    gc.collect()
    assert gone() is None


async def test_a_workbench_without_a_picture_has_a_card_all_the_same(monkeypatch):
    monkeypatch.setattr(registry, "listed", lambda _: ("sorting/run",))
    (card,) = home(Watched(), "me", ("nowhere",)).select(HomeCard)
    assert (card.title, card.objects, card.tours) == ("Nowhere", [], [])
