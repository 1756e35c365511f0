"""The view of `connectome/communities`: its numbers above its pictures."""

from __future__ import annotations

from views.connectome.grid import GridView

VIEW = GridView
