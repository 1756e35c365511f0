"""Known answers of what is asked beyond: counts that others published, cells of torch, routes."""

from __future__ import annotations

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Counts of SCAN, torch's LSTM, and a route that is set by hand."""
    scan = "Lake and Baroni 2018, arXiv 1711.00350, length split"
    return (
        KnownAnswer("commands of SCAN", scan, 20_910.0, 0.0, lambda: float(len(_lengths()))),
        KnownAnswer("commands of up to 22 actions", scan, 16_990.0, 0.0,
                    lambda: float(sum(n <= 22 for n in _lengths()))),
        KnownAnswer("actions of the longest command", scan, 48.0, 0.0,
                    lambda: float(max(_lengths()))),
        KnownAnswer("an LSTM less torch's, largest miss", "torch.nn.LSTM", 0.0, 1e-6, lstm_miss),
        KnownAnswer("sums that modules get wrong when the route is set by hand: input, as many "
                    "increments as the second addend, then hold", "arithmetic", 0.0, 0.0,
                    wrong_by_hand),
        KnownAnswer("commands that a grammar written by hand gets wrong",
                    "the language, rule by rule", 0.0, 0.0, misread),
    )  # fmt: skip


def _lengths() -> list[int]:
    from engines.diagrams.beyond.commands import language

    return [len(done) for _, done in language()]


def lstm_miss() -> float:
    """Two cells side by side, seven steps of five examples."""
    import torch
    from torch import nn

    from engines.diagrams.beyond.cells import Lstm

    draw = torch.Generator().manual_seed(0)
    cells, x = Lstm(2, 3, 4, draw), torch.randn(2, 5, 7, 3, generator=draw)
    off = 0.0
    with torch.no_grad():
        state = cells.start(2, 5)
        for step in range(7):
            state = cells.step(cells.reads(x[:, :, step]), state)
        n = cells.n_hidden
        # Torch's gates stand in the order in, forget, new, out.
        order = [*range(2 * n), *range(3 * n, 4 * n), *range(2 * n, 3 * n)]
        for net in range(2):
            theirs = nn.LSTM(3, n, batch_first=True)
            weights = (cells.reads.weight[net].T, cells.recalls.weight[net].T,
                       cells.reads.bias[net, 0], cells.recalls.bias[net, 0])  # fmt: skip
            for name, ours in zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), weights,
                                  strict=True):  # fmt: skip
                theirs.get_parameter(f"{name}_l0").copy_(ours[order])
            said = theirs(x[net])[0][:, -1]
            off = max(off, float((state[0][net] - said).abs().max()))
    return off


def wrong_by_hand() -> float:
    """Of all 100 sums."""
    import torch
    from torch.nn import functional as fn

    from engines.diagrams.beyond.asked import TOP
    from engines.diagrams.beyond.sums import N_NUMBERS, N_TURNS, routed

    wrong = 0
    for one in range(TOP + 1):
        for other in range(TOP + 1):
            turns = [0, *[1] * other, *[2] * (N_TURNS - 1 - other)]
            gates = fn.one_hot(torch.tensor(turns), 3).float()
            first = fn.one_hot(torch.tensor(one), N_NUMBERS).float()
            wrong += int(routed(gates, first).argmax()) != one + other
    return float(wrong)


def misread() -> float:
    """Of all commands."""
    from engines.diagrams.beyond.commands import TURNS, WALKS, language
    from engines.diagrams.beyond.inducing import Meaning, meaning

    lexicon = {word: Meaning("alone", (action,), 1, 0) for word, action in WALKS.items()}
    lexicon |= {word: Meaning("behind", (turn, "x"), 1, 3) for word, turn in TURNS.items()}
    lexicon |= {
        "turn": Meaning("alone", (), 1, 0),
        "opposite": Meaning("between", ("y", "y", "x"), 1, 3),
        "around": Meaning("between", ("y", "x"), 4, 3),
        "twice": Meaning("behind", ("x",), 2, 2),
        "thrice": Meaning("behind", ("x",), 3, 2),
        "and": Meaning("between", ("x", "y"), 1, 1),
        "after": Meaning("between", ("y", "x"), 1, 1),
    }
    return float(sum(meaning(command, lexicon) != done for command, done in language()))
