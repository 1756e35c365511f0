"""Two conditions, run by run: the generic pictures beside the array's own controls."""

from views.sorting.many import ManyView

VIEW = ManyView
