"""Messages passed along edges, step by step: blocks that are exact, and one that has learnt."""
