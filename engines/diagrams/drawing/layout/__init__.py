"""Where everything goes: columns from the order of operations, heights from who is above whom."""
