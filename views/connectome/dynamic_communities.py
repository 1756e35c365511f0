"""The view of `connectome/dynamic_communities`: the generic one, with animals of one's own."""

from __future__ import annotations

from views.connectome.own_recording import OwnRecordingView

VIEW = OwnRecordingView
