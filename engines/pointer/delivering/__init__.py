"""Capacitated vehicle routing: many short tours from one depot, built, improved and solved."""
