"""Statistics, one way each: intervals, tests, families of tests, and how often intervals hold.

Whoever has units that were drawn independently takes `mean_over`; with pairs `paired`; with a
statistic that is no mean `bootstrap` (or `jackknife` where pairs share units); with a rate `rate`.
Units are what was drawn: neurons, seeds, animals, conditions. What belongs to one unit is told by
``groups`` and drawn together. All draws come from a seed and are the same on any machine.
"""

from engines.lab.statistics.covering import Coverage, coverage, held
from engines.lab.statistics.effects import cliffs_delta, standardised_mean, unpaired_z
from engines.lab.statistics.families import holm, max_statistic
from engines.lab.statistics.halves import around, halves
from engines.lab.statistics.intervals import Z_95, half_widths, mean_over, standard_error
from engines.lab.statistics.leaveout import jackknife
from engines.lab.statistics.nulls import p_against, z_against
from engines.lab.statistics.pairs import Paired, paired
from engines.lab.statistics.permutation import Permuted, permutation_test, sign_flip_test
from engines.lab.statistics.rates import rate, wilson
from engines.lab.statistics.resampling import bootstrap, curve_interval, mean_intervals
from engines.lab.statistics.series import autocorrelation, effective_n, series_warning

__all__ = [
    "Z_95",
    "Coverage",
    "Paired",
    "Permuted",
    "around",
    "autocorrelation",
    "bootstrap",
    "cliffs_delta",
    "coverage",
    "curve_interval",
    "effective_n",
    "half_widths",
    "halves",
    "held",
    "holm",
    "jackknife",
    "max_statistic",
    "mean_intervals",
    "mean_over",
    "p_against",
    "paired",
    "permutation_test",
    "rate",
    "series_warning",
    "sign_flip_test",
    "standard_error",
    "standardised_mean",
    "unpaired_z",
    "wilson",
    "z_against",
]
