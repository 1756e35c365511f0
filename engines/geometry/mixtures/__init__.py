"""Mixtures of experts: how they learn, and how eight of them become fewer."""
