"""The manual: pages written by hand and pages made from cards, specs and claims, as one site.

The app serves it under ``/manual/``; ``python -m explorer manual FOLDER`` writes the same pages as
files that need no server and no internet.
"""
