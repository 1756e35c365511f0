"""One page per session: header, the view, tours, help, and the state in the address."""

from __future__ import annotations

import asyncio
import json
import weakref
from asyncio import Future
from collections import deque
from functools import partial
from typing import Any, Protocol
from urllib.parse import quote

import panel as pn
import panel_material_ui as pmui
from jinja2 import Template

from engines.boundary.bundles import is_bundle
from engines.contract import ExplorerError, InputError, Spec
from engines.running import registry
from engines.running.compute import Compute, Status
from explorer import demo
from explorer.address import query_from_spec, spec_from_query
from explorer.asked import Address
from explorer.bundles import Run, bundle_from_runs, session_from_bundle
from explorer.desks import Desks
from explorer.dropped import is_session, link_from_file, refusal, said_with
from explorer.enginemenu import engine_menu
from explorer.header import Header
from explorer.help import Help
from explorer.links import experiment_links, link_to, links, related_links
from explorer.memory import Memory
from explorer.opening import opening
from explorer.palette import Palette
from explorer.pill import watch_engine
from explorer.sessionlist import resumed
from explorer.sessions import (
    Session,
    SessionStore,
    session_from_bytes,
    session_from_specs,
    session_selection,
    session_to_bytes,
    shown_name,
    spec_from_fields,
    specs_from_session,
)
from explorer.timing import remember
from explorer.tours import TourPlayer, tours
from views.kit.assets import asset
from views.kit.catalog import view_type
from views.kit.components import current_document, drawn_figures, when_unlocked
from views.kit.policy import check_allowed, policy
from views.kit.theme import material
from views.kit.workbench import ExperimentView


class Engine(Compute, Protocol):
    """What a page needs of the engine process."""

    @property
    def state(self) -> Any:
        """The engine now."""
        ...

    @property
    def background(self) -> Any:
        """Runs that go on without their page."""
        ...

    def listen(self, listener: Any) -> Any:
        """Be told of every change of ``state``."""
        ...

    def hide(self, owner: str) -> None:
        """Nobody looks at what the owner shows."""
        ...

    def welcome(self, owner: str) -> None:
        """The owner is looked at again, or is back."""
        ...


def shell(
    header: list[Any], main: list[Any], title: str, *, template: Template | None = None
) -> pmui.Page:
    """The page around any content, forgotten by panel when its session ends."""
    page = pmui.Page(
        template=template or opening(),
        header=header,
        main=[*main, Palette()],
        title="",
        meta_title=title,
        theme_config=material(),
        theme_toggle=False,
        busy_indicator=None,
        sx={
            "& .main, & .main-content": {"backgroundColor": "var(--nx-ground)"},
            # No indicator is asked for above; the page draws one all the same, without a name.
            "& .MuiLinearProgress-root": {"display": "none"},
        },
        sizing_mode="stretch_both",
        favicon=asset("icons/mark.svg"),
    )
    # No indicator is drawn, so the browser need not hear of every event that panel handles.
    forget_page(page)
    document = current_document()
    if document is not None and document.session_context is not None:
        document.on_session_destroyed(lambda _context: forget_views(document))
    return page


def forget_views(document: Any) -> None:
    """Take what panel would keep of a session for ever: notifications and, by them, its page."""
    views = pn.state._views
    for ref in [ref for ref, (_, _, owner, _) in list(views.items()) if owner is document]:
        views.pop(ref, None)


def forget_page(page: pmui.Page) -> None:
    """Undo the watcher on panel's process-wide state that keeps every Page alive."""
    watchers = pn.state.param.watchers.get("busy", {}).get("value", [])
    for watcher in list(watchers):
        owner = getattr(getattr(watcher.fn, "__self__", None), "self", None)
        owner = owner or _bound_page(watcher.fn)
        if owner is page:
            pn.state.param.unwatch(watcher)


def _bound_page(function: Any) -> Any:
    bound = getattr(function, "__self__", None)
    return getattr(bound, "self_", bound)


class WorkbenchPage:
    """One session on one workbench."""

    def __init__(
        self, workbench: str, engine: Engine, address: Address, owner: str, browser: str = ""
    ) -> None:
        self.workbench, self.engine = workbench, engine
        self.desks = Desks(browser) if browser and policy().saves else None
        names = registry.listed(workbench)
        asked = f"{workbench}/{address.leaf}"
        if not address.leaf and address.tour in tours():
            asked = tours()[address.tour].place(address.step)
        self.name = asked if asked in names else names[0]
        self.base = registry.experiment(self.name).default()
        spec, selection, notes = self._opened(address)
        tour = tours().get(address.tour)
        if tour is not None and not (address.query or address.session or address.resume):
            spec, _ = spec_from_fields(spec, tour.fields(address.step))
        self.view: ExperimentView = view_type(self.name)(self.name, engine, owner=owner, spec=spec)
        self.view.link = link_to
        self.header = Header(
            self._hear, links=links(workbench), may_save=policy().saves, sizing_mode="stretch_width"
        )
        self.view.go = partial(setattr, self.header, "go")
        self.menu = engine_menu(engine, owner, lambda job: link_to(job.name, job.spec))
        self.player = TourPlayer(self.view, self.view.go)
        self.help = Help(engine, owner, workbench)
        self.view.select(selection)
        self.memory = Memory(self.view, self.base, self.desks, self.view.notices.post, self._warn)
        for note in notes:
            self.view.notices.post(note, bad=True)
        self.document = current_document()
        self._writing = self._started = False
        self._early: deque[dict[str, Any]] = deque(maxlen=50)
        self.view.param.watch(self._keep_address, "changed")
        self.view.runner.bar.param.watch(self._keep_time, "status")
        watch_engine(engine, self.header, self.document)
        self._tour, self._step = tours().get(address.tour), address.step
        self._plays = address.play
        self._is_first = address.says_nothing

    def page(self) -> pmui.Page:
        """Everything, ready to be served."""
        title = f"{self.workbench.title()} · Neural Explorer"
        self.view.heading.families = experiment_links(self.workbench, self.name)
        main = [self.view, self.player, self.help.dialog, *demo.stage()]
        template = opening(self.name, first=self._is_first)
        return shell([self.header, self.menu], main, title, template=template)

    def start(self) -> None:
        """What happens once the page is on screen: a tour, or the first run."""
        self.memory.save_soon()
        tour = self._tour
        here = tour is not None and tour.place(self._step) == self.name
        if tour is None or not here or tour.step(self._step).fields is None:
            self.view.restore_run()
        if tour is not None and here:
            self.player.start(tour, self._step, plays=self._plays, after=demo.after(tour.name))
        self._started = True
        while self._early:
            self._hear(self._early.popleft())
        self._relate()

    def _relate(self) -> None:
        """Which pages go with this one is known when all are loaded: not before the first run."""
        if self.document is None or self.document.session_context is None:
            self.view.heading.related = related_links(self.name)
            return

        def told(found: Future[list[dict[str, str]]]) -> None:
            when_unlocked(
                self.document, lambda: setattr(self.view.heading, "related", found.result())
            )

        loop = asyncio.get_running_loop()
        loop.run_in_executor(None, related_links, self.name).add_done_callback(told)

    def close(self) -> None:
        """The session has ended."""
        self.memory.save()
        self.view.close()

    def _opened(self, address: Address) -> tuple[Spec, dict[str, Any], list[str]]:
        if address.session:
            try:
                return self._from_session(SessionStore().load(address.session))
            except ExplorerError as error:
                return self.base, {}, [str(error)]
        if address.resume and self.desks is not None:
            try:
                self.desks.settle()
                left = self.desks.load()
                if left is not None and left.page(self.name) is not None:
                    return self._from_session(left)
            except ExplorerError as error:
                return self.base, {}, [str(error)]
        presets = registry.experiment(self.name).presets
        spec, notes = spec_from_query(address.query, presets.get(address.preset, self.base))
        if address.preset and address.preset not in presets:
            notes.append(f"there is no preset {shown_name(address.preset)}; this is the first one")
        return spec, address.view, notes

    def _from_session(self, session: Session) -> tuple[Spec, dict[str, Any], list[str]]:
        specs, notes = specs_from_session(session)
        if self.name not in specs:
            there = ", ".join(specs) or "nothing"
            notes.append(f"this session is about {there}, not {self.name}; open it there")
        return specs.get(self.name, self.base), session_selection(session, self.name), notes

    def _session(self, spec: Spec) -> Session:
        return session_from_specs(self.workbench, {self.name: spec}, self.view.selection())

    def _hear(self, message: dict[str, Any]) -> None:
        if self._is_served() and not self._started:
            self._early.append(message)  # the toolkit drops what changes before the page is there
            return
        act = {
            "help": self.help.toggle,
            "undo": self.memory.undo,
            "redo": self.memory.redo,
            "save": self._save,
            "bundle": lambda: self._bundle(message.get("drawn")),
            "keep": lambda: self._keep(str(message.get("title", ""))),
            "open": lambda: self._open(str(message.get("text", "")).encode(), message.get("name")),
            "dropped": lambda: self._dropped(message.get("data"), message.get("name")),
            "too-large": lambda: self._complain(refusal(message)),
        }.get(str(message.get("kind")))
        try:
            check_allowed(str(message.get("kind")))
            if act is not None:
                act()
        except ExplorerError as error:
            self._complain(str(error))

    def _warn(self, sentence: str) -> None:
        """A notice from outside the page's turn."""
        if self.document is not None and self._is_served():
            self.document.add_next_tick_callback(partial(self._complain, sentence))

    def _complain(self, sentence: str) -> None:
        self.view.notices.post(sentence, bad=True)

    def _save(self) -> None:
        text = session_to_bytes(self.whole_session()).decode()
        self.header.file = {"name": f"{self.workbench}-session.json", "text": text}

    def _dropped(self, data: Any, name: Any) -> None:
        if isinstance(data, bytes) and is_session(data):
            self._open(data, name)
        elif isinstance(data, bytes) and is_bundle(data):
            pn.state.execute(partial(self.open_bundle, data, name))
        elif isinstance(data, bytes):
            with said_with(name):
                self.header.go = link_from_file(data)

    def whole_session(self) -> Session:
        """Everything this browser has open, this page first.

        Raises:
            SpecError: knobs that do not fit together.
        """
        spec = self.view.controls.spec()
        mine = self.memory.saved_page()
        if self.desks is not None:
            self.desks.settle()
        there = self.desks.load() if self.desks is not None else None
        now = self._session(spec)
        others = [p for p in (there.pages if there else ()) if p.experiment != self.name]
        return now.model_copy(update={"pages": [mine or now.pages[0], *others]})

    def _keep(self, title: str) -> None:
        if self.desks is None:
            raise InputError("this browser has no list of sessions; save a session file instead")
        self.desks.keep(self.whole_session(), title)
        self.view.notices.post("The session is kept; the front page lists it.")

    def _bundle(self, drawn: Any) -> None:
        job = self.view.runner.job
        if self.view.result is None or job is None:
            raise InputError("There is nothing to bundle yet; press Run first.")
        run = Run(self.name, job.spec, self.view.result)
        self.header.hand_over(
            f"{self.name.replace('/', '-')}-{job.spec.digest()[:8]}.zip",
            bundle_from_runs(
                self.whole_session(),
                [run],
                device=str(self.engine.state.device),
                drawn=drawn_figures(drawn),
            ),
        )

    async def open_bundle(self, data: bytes, name: Any = "") -> None:
        """Open the session of a bundle; its data is read by a process of its own."""
        try:
            with said_with(name):
                session, notes = await asyncio.to_thread(session_from_bundle, data)
            for note in notes:
                self._complain(note)
            self._take(session)
        except ExplorerError as error:
            self._complain(str(error))

    def _open(self, data: bytes, name: Any) -> None:
        with said_with(name):
            session = session_from_bytes(data)
        self._take(session)

    def _take(self, session: Session) -> None:
        if self.desks is not None:
            self.memory.save()
            self.desks.open(session)
            if session.page(self.name) is None:
                self.header.go = resumed(session)
                return
        spec, selection, notes = self._from_session(session)
        self.view.take(spec)
        self.view.select(selection)
        self.view.restore_run()
        for note in notes or ["The session is open; the run repeats it exactly."]:
            self.view.notices.post(note, bad=bool(notes))

    def _keep_time(self, event: Any) -> None:
        job = self.view.runner.job
        if event.new == Status.DONE and job is not None:
            remember(self.name, job.spec, job.state, job.result)

    def _is_served(self) -> bool:
        return self.document is not None and self.document.session_context is not None

    def _keep_address(self, _event: Any) -> None:
        if self._writing or not self._is_served():
            return
        self._writing = True
        mine = weakref.ref(self)

        def write() -> None:
            page = mine()
            if page is not None:
                page._write_address()

        self.document.add_timeout_callback(write, 400)

    def _write_address(self) -> None:
        self._writing = False
        location = pn.state.location
        self.memory.look()
        if location is None:
            return
        try:
            location.search = "?" + self.query()
        except ExplorerError:
            return  # a knob is being edited; the address keeps the last good state

    def query(self) -> str:
        """The part of the address that leads back to what is shown."""
        spec = self.view.controls.spec()
        parts = [query_from_spec(spec, self.base, session=self._session(spec))]
        if self.name != registry.listed(self.workbench)[0]:
            parts.insert(0, "x=" + self.name.partition("/")[2])
        selection = self.view.selection()
        if selection and not parts[-1].startswith("session="):
            parts.append("view=" + quote(json.dumps(selection, separators=(",", ":"))))
        return "&".join(part for part in parts if part)
