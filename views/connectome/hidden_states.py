"""The view of `connectome/hidden_states`: the generic one, with spikes of one's own."""

from __future__ import annotations

from views.connectome.own_recording import OwnRecordingView

VIEW = OwnRecordingView
