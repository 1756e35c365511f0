"""Constants of the published fly model, in mV above rest and in ms.

Shiu et al. 2024, Nature 634:210: rest -52, threshold -45 mV, tau 20 and 5 ms, refractory 2.2 ms,
delay 1.8 ms, 0.275 mV per synapse.
"""

from __future__ import annotations

THRESHOLD_MV, RESET_MV = 7.0, 0.0


TAU_M_MS, TAU_S_MS, REFRACTORY_MS, DELAY_MS = 20.0, 5.0, 2.2, 1.8
