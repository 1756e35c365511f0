"""Liquids: spiking neurons whose plasticity an astrocyte watches, and what their activity tells."""
