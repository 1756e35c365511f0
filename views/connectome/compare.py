"""The view of `connectome/compare`: its pictures two abreast."""

from __future__ import annotations

from views.connectome.grid import GridView

VIEW = GridView
