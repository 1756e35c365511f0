"""The view of `connectome/next_step`: the generic one, with a recording of one's own."""

from __future__ import annotations

from views.connectome.own_recording import OwnRecordingView

VIEW = OwnRecordingView
