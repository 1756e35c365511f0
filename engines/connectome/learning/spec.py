"""A wiring whose lesions come after learning."""

from __future__ import annotations

from engines.connectome.wiring.spec import WiringSpec


class LearnerSpec(WiringSpec):
    """Which wiring learns whole, and what is cut out of it when it has learnt."""

    @property
    def wiring(self) -> WiringSpec:
        """The wiring alone, whole."""
        names = set(WiringSpec.model_fields) - {"lesion", "lesion_fraction", "lesion_seed"}
        return WiringSpec(**{name: getattr(self, name) for name in names})

    @property
    def is_cut(self) -> bool:
        """Whether anything is lesioned."""
        return bool(self.lesion or self.lesion_fraction)

    @property
    def learnt(self) -> str:
        """Names what is learnt: equal for specs that differ in lesions alone."""
        whole = {"lesion": "", "lesion_fraction": 0.0, "lesion_seed": 0}
        return self.model_copy(update=whole).to_json()
