"""Compute engines: numpy in, numpy out. Nothing here knows the page.

Any other folder named ``engines`` on the import path adds its workbenches to ours.
"""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
