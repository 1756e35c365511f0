"""Who is connected to whom: the tables, their catalogue, and the graph of what is chosen."""
