r"""Agreement over bundles: the zone both would sign, its frontier, and the deals that solution concepts pick.

Gains are over the threat point. Bundles may be mixed (one part of the time or of the goods, the other the rest), so
the feasible set is the convex hull of the bundles and the threat point.

`nash`: $\max \prod_i g_i^{\alpha_i}$ (Nash 1950). `equal_gains`: the largest common gain in percent (Kalai 1977,
proportional). `kalai_smorodinsky`: gains in proportion to each side's best in the zone (Kalai and Smorodinsky 1975).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.errors import Problem, ShockError

CONCEPTS = ("nash", "equal_gains", "kalai_smorodinsky")
LEAST = 1e-7
"""Percent of spending: the accuracy of a solve."""


@dataclass(frozen=True)
class Agreement:
    """A point of the feasible set: a bundle, or a mixture of two.

    Attributes
    ----------
    status
        `solved`, or `empty_zone`: no bundle makes both better off than the threat.
    bundles, shares
        Rows of the bundles mixed, and their shares.
    gains
        (side,): percent over the threat point.
    """

    concept: str
    status: str
    bundles: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()
    gains: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Zone:
    """Gains of bundles over a threat point, two sides.

    Attributes
    ----------
    gains
        (bundle, 2): percent over the threat point.
    """

    gains: np.ndarray

    def __post_init__(self) -> None:
        if self.gains.ndim != 2 or self.gains.shape[1] != 2:
            raise ShockError([Problem("gains", f"shape {self.gains.shape} where (bundle, 2) is asked")])

    @property
    def inside(self) -> np.ndarray:
        """Rows of the bundles that make both better off."""
        with np.errstate(invalid="ignore"):
            rows: np.ndarray = np.flatnonzero((self.gains > LEAST).all(axis=1))
        return rows

    @property
    def frontier(self) -> np.ndarray:
        """Rows of the bundles on the upper right hull, from the first side's best to the second's."""
        rows = np.flatnonzero(np.isfinite(self.gains).all(axis=1))
        order = rows[np.lexsort((self.gains[rows, 1], self.gains[rows, 0]))[::-1]]
        hull: list[int] = []
        for row in order:
            if hull and self.gains[row, 1] <= self.gains[hull[-1], 1]:
                continue  # the last one is at least as good for both
            while len(hull) > 1 and not _turns_left(*self.gains[[hull[-2], hull[-1], row]]):
                hull.pop()
            hull.append(int(row))
        return np.array(hull, dtype=int)

    @property
    def empty(self) -> bool:
        """Whether no mixture makes both better off."""
        return self._best_common(np.ones(2)) <= LEAST

    def _edges(self) -> list[tuple[int, int, np.ndarray, np.ndarray]]:
        """Pieces of the frontier: rows and points; a single bundle is an edge to itself."""
        rows = self.frontier
        points = self.gains[rows]
        if len(rows) == 1:
            return [(int(rows[0]), int(rows[0]), points[0], points[0])]
        return [(int(rows[k]), int(rows[k + 1]), points[k], points[k + 1]) for k in range(len(rows) - 1)]

    def _best_common(self, gaps: np.ndarray) -> float:
        return max((s for *_, s in self._proportional(gaps)), default=-np.inf)

    def _proportional(self, gaps: np.ndarray) -> list[tuple[int, int, float, float]]:
        """On each edge the share and the largest `s` with gains >= s gaps."""
        out = []
        for a, b, p, q in self._edges():
            u, v = p / gaps, q / gaps
            shares = [0.0, 1.0]
            slope = (u[0] - v[0]) - (u[1] - v[1])
            if abs(slope) > 1e-15:
                shares.append(float(np.clip((v[1] - v[0]) / slope, 0.0, 1.0)))
            s, share = max((float((x * u + (1 - x) * v).min()), x) for x in shares)
            out.append((a, b, share, s))
        return out

    @property
    def ideal(self) -> np.ndarray:
        """(2,): the most each gets while the other loses nothing."""
        best = np.zeros(2)
        for k in range(2):
            for _, _, p, q in self._edges():
                for x in (0.0, 1.0, _cross(p[1 - k], q[1 - k])):
                    point = x * p + (1 - x) * q
                    if point[1 - k] >= -1e-12:
                        best[k] = max(best[k], point[k])
        return best

    def deal(self, concept: str, weights: Sequence[float] = (0.5, 0.5)) -> Agreement:
        """The deal of a solution concept.

        Raises
        ------
        ShockError
            For a concept without a name here, or weights that are none.
        """
        alpha = np.asarray(weights, dtype=float)
        if concept not in CONCEPTS or alpha.shape != (2,) or not (alpha > 0).all():
            raise ShockError(
                [Problem("deal", f"{concept} with weights {weights}", f"Concepts: {', '.join(CONCEPTS)}.")]
            )
        if self.empty:
            return Agreement(concept, "empty_zone")
        if concept == "nash":
            a, b, share = self._nash(alpha / alpha.sum())
        else:
            gaps = np.ones(2) if concept == "equal_gains" else self.ideal
            if not (gaps > LEAST).all():
                return Agreement(concept, "empty_zone")
            a, b, share, _ = max(self._proportional(gaps), key=lambda row: row[3])
        point = share * self.gains[a] + (1 - share) * self.gains[b]
        mixed = 1e-9 < share < 1 - 1e-9 and a != b
        bundles, shares = ((a, b), (share, 1 - share)) if mixed else ((a if share > 0.5 else b,), (1.0,))
        return Agreement(concept, "solved", bundles, tuple(map(float, shares)), tuple(map(float, point)))

    def _nash(self, alpha: np.ndarray) -> tuple[int, int, float]:
        best, found = -np.inf, (0, 0, 1.0)
        for a, b, p, q in self._edges():
            d = p - q
            shares = [0.0, 1.0]
            if abs(d[0] * d[1]) > 1e-30:  # alpha_1 d_1 / g_1 + alpha_2 d_2 / g_2 = 0
                x = -(alpha[0] * d[0] * q[1] + alpha[1] * d[1] * q[0]) / (d[0] * d[1])
                shares.append(float(np.clip(x, 0.0, 1.0)))
            for x in shares:
                g = x * p + (1 - x) * q
                if (g > 0).all() and (value := float((alpha * np.log(g)).sum())) > best:
                    best, found = value, (a, b, x)
        return found

    def distance(self, point: Sequence[float] | np.ndarray) -> dict[str, Any]:
        """How far a point lies inside the frontier.

        Returns
        -------
        `common_percent`: what both could still gain at once; `efficiency`: the point's gain over the gain at the
        frontier on the ray from the threat point, None where it leaves a side below its threat.
        """
        g = np.asarray(point, dtype=float)
        common = max((s for *_, s in Zone(self.gains - g)._proportional(np.ones(2))), default=0.0)
        efficiency = None
        if (g > LEAST).all():
            efficiency = 1.0 / max(s for *_, s in self._proportional(g))
        return {"common_percent": max(0.0, float(common)), "efficiency": efficiency}

    def weights_for(self, point: Sequence[float]) -> dict[str, Any]:
        r"""Bargaining weights of the first side at which no bundle nor mixture beats a point: a set, not a number.

        The Nash product is concave, so the point is its best over the hull exactly where no vertex $h$ raises it at
        the margin: $\alpha (h_1 - g_1)/g_1 + (1-\alpha)(h_2 - g_2)/g_2 \le 0$. The point counts as feasible.

        Returns
        -------
        `low`, `high` (None when the set is empty), `weak` (wider than 0.25), `why`.
        """
        g = np.asarray(point, dtype=float)
        if not (g > LEAST).all():
            return {"low": None, "high": None, "weak": None, "why": "a side is no better off than at its threat point"}
        low, high = 0.0, 1.0
        for a, b in self._ways_from(g) / g:
            if abs(a - b) <= 1e-12:
                if a > 1e-12:
                    low, high = 1.0, 0.0
                continue
            bound = b / (b - a)
            low, high = (max(low, bound), high) if a < b else (low, min(high, bound))
        if low > high + 1e-9:
            common = self.distance(g)["common_percent"] > LEAST
            why = "another bundle or mixture is better for both" if common else "for every weight another is preferred"
            return {"low": None, "high": None, "weak": None, "why": why}
        return {"low": float(low), "high": float(high), "weak": bool(high - low > 0.25), "why": ""}

    def rivalry_for(self, point: Sequence[float]) -> tuple[dict[str, Any], dict[str, Any]]:
        r"""For each side the rivalry weights, the other's being 0, that explain a point: a set, often an empty one.

        With weight $\omega$ side $i$ values a bundle at $g_i - \omega g_{rival}$. The weight explains the point when no
        bundle nor mixture is better for both under it, and the side itself would have signed:
        $\omega \ge \sup \Delta_i/\Delta_{rival}$ over what gives the rival more, and $g_i - \omega g_{rival} \ge 0$.

        Returns
        -------
        Each side's `low` and `high` (None: no end above), or `low` None with `why` where no weight does.
        """
        g = np.asarray(point, dtype=float)
        if not np.isfinite(g).all():
            nothing = {"low": None, "high": None, "why": "the terms have no answer"}
            return nothing, dict(nothing)
        ways = self._ways_from(g)
        return _explains(g[0], g[1], ways[:, 0], ways[:, 1]), _explains(g[1], g[0], ways[:, 1], ways[:, 0])

    def largest_rivalry(self) -> tuple[float | None, float | None]:
        """For each side the rivalry weight above which the zone is empty, the other's weight being 0.

        A bundle or mixture still tempts while own gain > weight x the rival's gain. Infinite where no weight empties
        it (something costs the rival nothing more and still pays); None where there is no zone at all.
        """
        if self.empty:
            return None, None
        ways = self._ways_from(np.zeros(2))
        return steepest(ways[:, 0], ways[:, 1]), steepest(ways[:, 1], ways[:, 0])

    def _ways_from(self, point: np.ndarray) -> np.ndarray:
        """(bundle, 2): from a point to every bundle, those left out that are no further than a solve is accurate."""
        ways = self.gains[np.isfinite(self.gains).all(axis=1)] - point
        out: np.ndarray = ways[np.abs(ways).max(axis=1) > LEAST]
        return out


def steepest(own: np.ndarray, rival: np.ndarray) -> float:
    """The largest own gain for one of the rival's over the mixtures of some moves that give the rival something.

    A linear programme with one constraint: its answer is at one move, or unbounded where two moves cancel for the rival
    and leave a gain.

    >>> steepest(np.array([1.0, 0.9]), np.array([2.0, -0.5])), steepest(np.array([1.0]), np.array([2.0]))
    (inf, 0.5)
    """
    up, down = rival > LEAST, rival < -LEAST
    if not up.any():
        return -np.inf
    if (own[~up & ~down] > LEAST).any():
        return np.inf
    left = own[up][:, None] * -rival[down][None, :] + own[down][None, :] * rival[up][:, None]
    if (left > LEAST * (np.abs(rival[up])[:, None] - rival[down][None, :])).any():
        return np.inf
    return float((own[up] / rival[up]).max())


def _explains(own: float, rival: float, own_ways: np.ndarray, rival_ways: np.ndarray) -> dict[str, Any]:
    low = max(0.0, steepest(own_ways, rival_ways))
    if own < -LEAST or rival < -LEAST:
        who = "this side" if own < -LEAST else "the other side"
        return {"low": None, "high": None, "why": f"{who} is worse off than without a deal"}
    if low == np.inf:
        return {"low": None, "high": None, "why": "at every weight another bundle or mixture is better for both"}
    return {"low": low, "high": max(low, own / rival) if rival > LEAST else None, "why": ""}


def _turns_left(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> bool:
    """Whether the way from a over b to c turns left (points run from right to left along the frontier)."""
    return bool((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0)


def _cross(p: float, q: float) -> float:
    """Share of p at which the mixture with q is zero, within 0 and 1."""
    return float(np.clip(q / (q - p), 0.0, 1.0)) if abs(q - p) > 1e-15 else 1.0
