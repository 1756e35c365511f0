"""Every number that Zhang, Goldstein & Levin 2024 print, held against our own runs.

`targets` says what is printed where, `conditions` which runs answer it, `samples` what is read
off them, `verdicts` how the two are compared, `page` puts it together.
"""
