"""A demo: who comes in, what visitors may do, what follows what."""

from __future__ import annotations

import asyncio
import http.client
import re
import ssl
import threading
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from distributed.security import Security

from engines.contract import ExplorerError, InputError
from engines.running import registry
from engines.running.compute import InProcess, Job
from explorer import demo, kiosk
from explorer.entrance import TRIES, WINDOW_S, Entrance
from explorer.quota import REFILLED_S, Metered
from explorer.server import safe_serve
from explorer.settings import Demo, Reach, Settings
from explorer.tours import TourPlayer, tours
from views.kit.components import Downloads, Upload
from views.kit.policy import NO_UPLOADS, Policy, check_allowed, policy, set_policy

WORD = "correct horse battery"


@pytest.fixture
def playing():
    """A demo with two tours."""
    demo.start_demo(Demo(tours=("own-will", "rich-club")))
    yield
    demo.start_demo(None)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of nobody and its key, as files."""
    folder = tmp_path_factory.mktemp("tls")
    made = Security.temporary()
    paths = {}
    for name, text in (("cert", made.tls_scheduler_cert), ("key", made.tls_scheduler_key)):
        paths[name] = folder / f"{name}.pem"
        paths[name].write_text(text)
    return str(paths["cert"]), str(paths["key"])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"host": "192.168.1.7"}, "needs --tls-cert and --tls-key and a password"),
        ({"host": "192.168.1.7", "password": WORD}, "needs --tls-cert"),
        ({"host": "0.0.0.0"}, "the one name or IPv4 address"),
        ({"host": "a b"}, "the one name"),
        ({"host": "evil.test/x"}, "the one name"),
        ({"tls_cert": "there.pem"}, "go together"),
        ({"tls_cert": "nowhere.pem", "tls_key": "nowhere.key"}, "there is no file nowhere.pem"),
    ],
)
def test_other_machines_need_tls_and_a_password(fields, said):
    with pytest.raises(ValueError, match=said):
        Reach(**fields)


def test_a_name_and_a_password_belong_to_a_demo():
    with pytest.raises(ValueError, match="start it with --demo"):
        Settings(reach=Reach(password=WORD))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"idle_s": 1}, "--idle-s must be at least 10"),
        ({"budget_s": 0}, "--budget-s must be at least 1"),
        ({"zoom": 9}, "--zoom must be 0.5 to 3"),
        ({"idle_s": float("nan")}, "--idle-s"),
    ],
)
def test_times_that_cannot_be_meant(fields, said):
    with pytest.raises(ValueError, match=said):
        Demo(**fields)


def test_a_tour_there_is_none_of_is_named():
    with pytest.raises(ValueError, match="there is no tour 'nowhere'; there are: "):
        demo.start_demo(Demo(tours=("nowhere",)))
    assert demo.demo() is None


def test_a_password_opens_and_guessing_stops():
    now = [0.0]
    entrance = Entrance(WORD, clock=lambda: now[0])
    assert entrance.opens(WORD, "a")
    for _ in range(TRIES):
        assert not entrance.waits("a")
        assert not entrance.opens("guess", "a")
    assert entrance.waits("a")
    assert not entrance.waits("b")
    now[0] = WINDOW_S + 1
    assert not entrance.waits("a")
    with pytest.raises(ValueError, match="at least 8"):
        Entrance("short")


def test_over_tls_only_the_password_leads_in(certificate):
    """Over the wire: a stranger sees the form, a wrong word stays outside, the right one enters."""
    reach = Reach("localhost", WORD, *certificate)
    started, ended = threading.Event(), []
    found: dict[str, object] = {}

    async def main() -> None:
        server = safe_serve({"/": lambda: "inside"}, reach=reach)
        stop = asyncio.Event()
        found.update(server=server, stop=stop, loop=asyncio.get_running_loop())
        started.set()
        await stop.wait()
        server.stop()

    thread = threading.Thread(target=lambda: ended.append(asyncio.run(main())), daemon=True)
    thread.start()
    assert started.wait(20)
    port = found["server"].port  # type: ignore[attr-defined]
    assert found["server"].url.startswith(f"https://localhost:{port}/")  # type: ignore[attr-defined]
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE

    def ask(method: str, path: str, body: str = "", **headers: str):
        wire = http.client.HTTPSConnection("localhost", port, timeout=10, context=trusting)
        wire.request(method, path, body or None, headers)
        answer = wire.getresponse()
        return answer, answer.read().decode()

    here = {"Origin": f"https://localhost:{port}"}
    form = {"Content-Type": "application/x-www-form-urlencoded", **here}
    answer, _ = ask("GET", "/")
    assert (answer.status, answer.headers["Location"]) == (302, "/enter")
    answer, page = ask("GET", "/enter")
    assert answer.status == 200
    assert "type='password'" in page
    answer, _ = ask("POST", "/enter", urlencode({"password": WORD}))
    assert answer.status == 405  # without an origin nobody may ask
    elsewhere = {**form, "Origin": "https://evil.test"}
    assert ask("POST", "/enter", urlencode({"password": WORD}), **elsewhere)[0].status == 403
    assert ask("POST", "/", "x=1", **form)[0].status == 405
    answer, page = ask("POST", "/enter", urlencode({"password": "wrong one"}), **form)
    assert answer.status == 403
    assert "Set-Cookie" not in answer.headers
    answer, _ = ask("POST", "/enter", urlencode({"password": WORD}), **form)
    assert answer.status == 303
    cookies = answer.headers.get_all("Set-Cookie") or []
    assert len(cookies) == 2
    assert all(re.search("secure", c, re.I) and re.search("httponly", c, re.I) for c in cookies)
    key = "; ".join(cookie.partition(";")[0] for cookie in cookies)
    assert ask("GET", "/healthz", Cookie=key)[0].status == 200
    found["loop"].call_soon_threadsafe(found["stop"].set)  # type: ignore[attr-defined]
    thread.join(20)
    assert ended


def test_the_playlist_goes_round(playing):
    assert demo.after("") == "./sorting?tour=own-will&play=1"
    assert demo.after("own-will") == "./connectome?tour=rich-club&play=1"
    assert demo.after("rich-club") == demo.after("")
    assert demo.after("draw-a-hull") == demo.after("")  # not of the playlist
    assert demo.stage_values()["n_tours"] == 2


def test_at_a_desk_there_is_no_stage_and_all_is_allowed():
    assert demo.stage() == []
    assert demo.after("own-will") == ""
    assert policy() == Policy()
    check_allowed("open")


def test_visitors_bring_and_take_nothing(playing):
    came: list[bytes] = []
    upload = Upload(lambda _name, data: came.append(data))
    upload.content = b"1,2"
    upload._handle_msg({"kind": "text", "text": "3,4"})
    assert not came
    assert (upload.note, upload.visible) == (NO_UPLOADS, False)
    assert not Downloads(lambda _id: None).visible
    for kind in ("open", "dropped", "save", "keep"):
        with pytest.raises(InputError, match="This demo"):
            check_allowed(kind)
    check_allowed("undo")
    set_policy(Policy(uploads=True, saves=False))
    upload.content = b"5,6"
    assert came == [b"5,6"]


class FakeEngine:
    """Knows one result already."""

    def __init__(self, known: tuple = ()) -> None:
        self.asked: list = []
        self.state = "its own"
        self.results = SimpleNamespace(may_have=lambda job: job.spec in known)

    def submit(self, spec, **who):
        self.asked.append(spec)
        return Job(registry.name_of(type(spec)), spec, who["owner"], who["view"])


def test_a_visitor_has_seconds_that_come_back():
    experiment = registry.experiment("sorting/ensemble")
    spec = experiment.default()
    seconds = experiment.seconds(spec)
    now = [0.0]
    engine = FakeEngine()
    metered = Metered(engine, budget_s=1.5 * seconds, clock=lambda: now[0])
    metered.admit("page", "visitor")
    metered.admit("other page", "visitor")
    metered.submit(spec, owner="page")
    with pytest.raises(ExplorerError, match="wait about"):
        metered.submit(spec, owner="other page")
    metered.submit(spec, owner="somebody else's")
    now[0] = REFILLED_S / 3 + 1
    metered.submit(spec, owner="other page")
    assert len(engine.asked) == 3
    assert metered.state == "its own"


def test_what_is_known_costs_nothing_and_what_is_too_long_is_refused():
    experiment = registry.experiment("sorting/ensemble")
    spec = experiment.default()
    metered = Metered(FakeEngine(known=(spec,)), budget_s=experiment.seconds(spec) / 2)
    for _ in range(5):
        metered.submit(spec, owner="a")
    with pytest.raises(ExplorerError, match="ask for less"):
        metered.submit(spec, owner="a", recompute=True)


def test_a_tour_plays_and_is_paused(playing):
    from views.kit.catalog import view_type

    name = "sorting/run"
    view = view_type(name)(name, InProcess(), spec=registry.experiment(name).default())
    player = TourPlayer(view, print)
    quiet = tours()["own-will"].model_copy(
        update={
            "steps": tuple(s.model_copy(update={"fields": None}) for s in tours()["own-will"].steps)
        }
    )
    player.start(quiet, plays=True, after=demo.after("own-will"))
    assert player.plays
    assert player.after.endswith("play=1")
    player._handle_msg({"kind": "plays", "plays": False})
    assert not player.plays
    player._handle_msg({"kind": "go", "by": 1})
    assert player.step == 1
    player.end()
    assert not player.plays


def test_the_kiosk_fills_the_screen_with_an_address_that_works_once():
    line = kiosk.command("chromium", "http://127.0.0.1:1/?token=x", "/tmp/p", 1.2)
    assert line[0] == "chromium"
    assert {"--kiosk", "--force-device-scale-factor=1.2"} <= set(line)
    assert line[-1] == "--app=http://127.0.0.1:1/?token=x"
