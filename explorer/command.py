"""The command line: options, ``verify``, and the start of the app."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from explorer.settings import LOOPBACK, Demo, Reach, Settings

_DESCRIPTION = """\
Neural Explorer: workbenches for people who study how computation arises in networks.
Without a command it serves the app to this machine's browser."""

_EPILOG = """\
environment:
  EXPLORER_SCHEDULER   address of an existing dask cluster (tls://host:port) to compute on
  EXPLORER_CACHE       folder for cached results    EXPLORER_DATA   folder for saved sessions
  EXPLORER_PASSWORD    of a demo that other machines can reach
"""


def parser() -> argparse.ArgumentParser:
    """Every option of ``launch.py`` and ``python -m explorer``."""
    top = argparse.ArgumentParser(
        prog="launch.py",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--port", type=int, default=5006, help="port to serve on; 0 is any free one")
    top.add_argument(
        "--no-browser",
        action="store_true",
        help="do not open a browser; the address is printed on a line of its own",
    )
    top.add_argument(
        "--device",
        default="auto",
        help="where engines compute: auto, cpu, cuda:N or mps (default: auto)",
    )
    top.add_argument(
        "--memory-gib",
        type=float,
        default=None,
        help="memory each engine worker may use (default: half of this machine's)",
    )
    top.add_argument(
        "--deadline-s", type=float, default=3600.0, help="longest time one job may take"
    )
    _add_demo(top.add_argument_group("for a stage or an exhibit"))
    commands = top.add_subparsers(dest="command", metavar="command")
    verify = commands.add_parser(
        "verify", help="recompute published and closed-form numbers on this machine"
    )
    verify.add_argument("workbench", nargs="?", help="only this workbench, say: sorting")
    verify.add_argument("--full", action="store_true", help="also the slow ones")
    verify.add_argument(
        "--mutate",
        action="store_true",
        help="break rules on purpose, in a scratch copy, and see that each is noticed",
    )
    first = commands.add_parser(
        "first", help="compute anew what pages show before their own runs have answered"
    )
    first.add_argument("page", nargs="*", help="only these, say: home sorting/run")
    manual = commands.add_parser("manual", help="write the manual as pages that need no server")
    manual.add_argument("folder", type=Path, help="where they are written")
    return top


def _add_demo(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--demo",
        action="store_true",
        help="large type, a playlist of tours, no uploads, no saving, back to the start by itself",
    )
    group.add_argument("--tours", default="", help="the playlist, say: own-will,rich-club")
    group.add_argument(
        "--idle-s", type=float, default=120.0, help="seconds without a touch until it begins again"
    )
    group.add_argument(
        "--budget-s", type=float, default=120.0, help="seconds of computing for each visitor"
    )
    group.add_argument("--zoom", type=float, default=1.2, help="how much larger the kiosk is")
    group.add_argument("--uploads", action="store_true", help="visitors may bring files")
    group.add_argument(
        "--host",
        default=LOOPBACK,
        help="the name or address by which other machines reach this one; needs TLS and a password",
    )
    group.add_argument("--tls-cert", default="", help="file of the certificate (PEM)")
    group.add_argument("--tls-key", default="", help="file of its key (PEM)")


def _settings(options: argparse.Namespace) -> Settings:
    """The command line and the password, which never stands on it.

    Raises:
        ValueError: a value that cannot be meant.
    """
    password = os.environ.get("EXPLORER_PASSWORD", "") if options.demo else ""
    demo = Demo(
        tours=tuple(name.strip() for name in options.tours.split(",") if name.strip()),
        idle_s=options.idle_s,
        budget_s=options.budget_s,
        uploads=options.uploads,
        zoom=options.zoom,
    )
    return Settings(
        port=options.port,
        browser=not options.no_browser,
        device=options.device,
        memory_gib=options.memory_gib,
        deadline_s=options.deadline_s,
        reach=Reach(options.host, password, options.tls_cert, options.tls_key),
        demo=demo if options.demo else None,
    )


def run(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit status."""
    options = parser().parse_args(arguments)
    if options.command == "verify" and options.mutate:
        from explorer.mutants import mutate

        return mutate(options.workbench, out=sys.stdout)
    if options.command == "verify":
        from explorer.verify import verify

        return verify(options.workbench, full=options.full, out=sys.stdout)
    if options.command == "first":
        from explorer.first import first

        return first(options.page, out=sys.stdout)
    if options.command == "manual":
        from explorer.manual.site import write

        return write(options.folder, out=sys.stdout)
    from explorer.app import serve

    try:
        settings = _settings(options)
    except ValueError as error:
        parser().error(str(error))
    return serve(settings)
