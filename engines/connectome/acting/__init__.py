"""Acting for reward: places, moves, and networks that learn which move is worth most."""
