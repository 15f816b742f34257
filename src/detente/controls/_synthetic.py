"""Made-up holdings that look like real ones, for trials and benchmarks; every row says that it is synthetic."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from detente.controls._cascade import UNIT
from detente.controls._csvfile import writing
from detente.errors import Problem, UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.controls._ownership import Ownership

    Ints = NDArray[np.int32]

SOURCE = "synthetic"


def synthetic(entities: int, holdings: int, *, seed: int = 0, unknown_share: float = 0.05) -> Ownership:
    """A seeded graph of holdings.

    Each entity has a few owners, whose shares come from a Dirichlet draw (concentrated: most firms have one large
    owner) and sum to at most one; owners are drawn with weights that follow a power law, so a few hold thousands;
    most holdings point from older to newer entities and one in two hundred points back, which makes cycles.

    Parameters
    ----------
    entities, holdings
        How many.
    seed
        The same seed gives the same graph.
    unknown_share
        Fraction of holdings whose share is not known.

    Returns
    -------
    `Ownership` whose entities are called `E0`, `E1`, ... and whose warnings say that it is synthetic.

    Examples
    --------
    >>> graph = synthetic(1000, 3000, seed=1)
    >>> graph
    <Ownership: 1,000 entities, 3,000 holdings>
    >>> graph.warnings[0]
    'Synthetic holdings, seed 1: no such firms exist.'
    """
    import numpy as np

    from detente.controls._ownership import _FIRST, _LAST, Ownership, _number

    if entities < 2 or holdings < 1 or entities > 2**31 - 2:
        raise UserError([Problem("--entities", "needs at least two entities and one holding")])
    owner, owned, low, high = arrays(entities, holdings, seed=seed, unknown_share=unknown_share)
    return Ownership(
        tuple(f"E{i}" for i in range(entities)), owner, owned, low, high,
        np.full(holdings, _number(_FIRST), np.int32), np.full(holdings, _number(_LAST), np.int32),
        np.zeros(holdings, np.int8), warnings=(f"Synthetic holdings, seed {seed}: no such firms exist.",),
    )  # fmt: skip


def arrays(entities: int, holdings: int, *, seed: int, unknown_share: float) -> tuple[Ints, Ints, Ints, Ints]:
    """Owner, owned, and the low and high ends in units of 1e-9, of such a graph."""
    import numpy as np

    draw = np.random.default_rng(seed)
    owned = draw.integers(1, entities, holdings, dtype=np.int32)
    # the square of a uniform draw favours the old: a power law of holdings per owner
    owner = (owned * draw.random(holdings) ** 2).astype(np.int32)
    back = draw.random(holdings) < 0.005
    owner[back] = draw.integers(0, entities, int(back.sum()), dtype=np.int32)
    owner = np.where(owner == owned, (owned + 1) % entities, owner).astype(np.int32)
    weights = draw.gamma(0.4, size=holdings) + 1e-9
    total = np.bincount(owned, weights=weights, minlength=entities)
    parts = weights / total[owned] * draw.uniform(0.6, 1.0, entities)[owned]
    shares = np.maximum(np.floor(parts * 1000) * (UNIT // 1000), UNIT // 1000).astype(np.int32)
    unknown = draw.random(holdings) < unknown_share
    return owner, owned, np.where(unknown, 0, shares).astype(np.int32), np.where(unknown, UNIT, shares).astype(np.int32)


def write(graph: Ownership, path: Path) -> None:
    """Write a made-up graph as a CSV file whose `source` column says synthetic."""
    with writing(path), path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["owner", "owned", "share", "source"])
        ends = zip(graph.owner.tolist(), graph.owned.tolist(), graph.low.tolist(), graph.high.tolist(), strict=True)
        for owner, owned, low, high in ends:
            share = f"{low / UNIT:.9f}".rstrip("0") if low == high else ""
            writer.writerow([graph.names[owner], graph.names[owned], share, SOURCE])
