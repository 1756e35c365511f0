"""Many runs of one array: the generic pictures beside the array's own controls."""

from views.sorting.many import ManyView

VIEW = ManyView
