"""The shared pieces of every workbench: theme, controls, timeline, tables, export, base."""
