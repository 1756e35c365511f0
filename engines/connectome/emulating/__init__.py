"""Recurrent networks that emulate a hidden Markov chain: how they learn, switch and are cut."""
