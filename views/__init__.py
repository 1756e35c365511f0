"""Pictures and knobs: what people see of an engine. Nothing here computes.

Any other folder named ``views`` on the import path adds its pictures to ours.
"""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
