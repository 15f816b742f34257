"""`World`: balanced accounts of the world economy with named axes."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from detente.errors import Problem, WorldError

if TYPE_CHECKING:
    from detente.world._items import Item

Array = npt.NDArray[np.float64]
_ARRAYS = ("trade", "tariffs", "input_shares", "value_added_shares", "final_shares", "input_taxes")


@dataclass(frozen=True, eq=False, repr=False)
class World:
    r"""Accounts of the world economy in one year: who buys what from whom, and how it is made.

    With importer n, exporter i, sectors j and k::

        spending     S_nj = sum_i X_nij (1 + t_nij)
        output       Y_ik = sum_n X_nik
        costs        Y_ik = value added + inputs:  v_ik + sum_j g_ijk = 1
        input use    U_nj = sum_k g_njk / (1 + tau_nk) Y_nk
        final demand F_nj = S_nj - U_nj >= 0

    Attributes
    ----------
    name, year, unit
        What the world is called, the year of its flows, the unit of its money ("USD million, 2022").
    economies, sectors
        Names of the axes. Economies of the embedded worlds are ISO 3166 alpha-3 codes.
    trade
        X, (sector, importer, exporter), money: what the producer receives, before duty, at basic prices;
        the diagonal is home sales.
    tariffs
        t, (sector, importer, exporter), fractions of that value.
    input_shares
        g, (economy, input sector, using sector): purchases of an input as a share of the user's gross output,
        at the purchaser's cost (duty and input tax included).
    value_added_shares
        v, (economy, using sector); with `input_shares` they sum to one.
    final_shares
        (economy, sector): shares of final demand, duty included; sum to one.
    input_taxes
        tau, (economy, using sector): other net product taxes on inputs, a fraction of their duty-paid value;
        the revenue is rebated to income. Negative where subsidies outweigh taxes.
    record
        How the accounts were made: sources, years, every adjustment with its size.

    Examples
    --------
    Two economies, one good, no duties: each makes 100 and buys 20 of it abroad.

    >>> import numpy as np
    >>> trade = np.array([[[80.0, 20.0], [20.0, 80.0]]])
    >>> w = World.from_arrays(trade, np.zeros((1, 2, 2)), ["home", "abroad"], ["good"])
    >>> w.output.tolist(), w.deficit.tolist()
    ([[100.0], [100.0]], [0.0, 0.0])
    """

    name: str
    year: int
    unit: str
    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    trade: Array
    tariffs: Array
    input_shares: Array
    value_added_shares: Array
    final_shares: Array
    input_taxes: Array
    record: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key in _ARRAYS:
            array = np.array(getattr(self, key), dtype=np.float64, order="C")
            array.flags.writeable = False
            object.__setattr__(self, key, array)

    # ---- ways to make one -------------------------------------------------------------------------------

    @classmethod
    def load(cls, name: str = "default") -> World:
        """Load an embedded world: `default` (81 economies x 28 sectors, 2022) or `g20-2019` (20 x 20 sections).

        Raises
        ------
        UnknownName
            No such world; the message has close matches.
        WorldError
            A file is missing, damaged, or not the one its record describes.
        """
        from detente.world._load import load

        return load(name)

    @classmethod
    def from_arrays(
        cls,
        trade: npt.ArrayLike,
        tariffs: npt.ArrayLike,
        economies: Sequence[str],
        sectors: Sequence[str],
        input_shares: npt.ArrayLike | None = None,
        value_added_shares: npt.ArrayLike | None = None,
        final_shares: npt.ArrayLike | None = None,
        *,
        input_taxes: npt.ArrayLike | None = None,
        name: str = "custom",
        year: int | None = None,
        unit: str = "USD million",
        tolerance: float = 1e-6,
    ) -> World:
        """Build a world from arrays, refusing accounts that do not close.

        Parameters
        ----------
        trade, tariffs
            (sector, importer, exporter): value before duty, and duty as a fraction of it.
        economies, sectors
            Names of the axes, any labels without repeats.
        input_shares, value_added_shares
            (economy, input sector, using sector) and (economy, using sector). Without inputs, value added is all
            of cost; without value added, it is what inputs leave.
        final_shares
            (economy, sector). Derived from spending less input use when absent; must equal it when given.
        input_taxes
            (economy, using sector), fractions; zero when absent.
        year
            Year of the flows; 0 stands for "not said".
        tolerance
            Largest gap accepted, as a share of the economy's spending (of one, for cost shares). Gaps
            within it are closed: cost shares are rescaled to sum to one, final shares taken from the accounts.

        Raises
        ------
        WorldError
            Every problem found, at once.
        """
        from detente.world._from_arrays import build

        return build(
            cls,
            {
                "trade": trade,
                "tariffs": tariffs,
                "input_shares": input_shares,
                "value_added_shares": value_added_shares,
                "final_shares": final_shares,
                "input_taxes": input_taxes,
            },
            economies,
            sectors,
            name=name,
            year=year,
            unit=unit,
            tolerance=tolerance,
        )

    def aggregate(
        self,
        economies: Mapping[str, Sequence[str]] | None = None,
        sectors: Mapping[str, Sequence[str]] | None = None,
    ) -> World:
        """Sum economies or sectors into groups; what is not mentioned keeps its own name.

        Levels are summed and shares derived from them again; tariffs are weighted by trade, so that
        revenue is preserved. Trade among merged economies becomes home sales (and keeps its duty). A group
        stands where its first member stood.

        Parameters
        ----------
        economies, sectors
            Name of a group -> names of its members.

        Raises
        ------
        WorldError
            Unknown members, members in two groups, empty groups and clashing names, all at once.

        Examples
        --------
        >>> import numpy as np
        >>> w = World.from_arrays(np.ones((1, 3, 3)), np.zeros((1, 3, 3)), ["a", "b", "c"], ["good"])
        >>> w.aggregate(economies={"rest": ["b", "c"]}).trade.tolist()
        [[[1.0, 2.0], [2.0, 4.0]]]
        """
        from detente.world._aggregate import aggregate

        return aggregate(self, economies or {}, sectors or {})

    def split(self, item: Item | str) -> World:
        """Split a good out of its sector: the item becomes the last sector, the parent keeps the rest.

        Suppliers' totals are met exactly; importers get it by what its users buy of the parent; users buy it in
        place of the parent; item and rest are made the same way and bear the same duty. Accounts still close,
        and summing the two gives the world back.

        Parameters
        ----------
        item
            The name of an embedded item (`detente.world.item_names()`), or an `Item`.

        Raises
        ------
        UnknownName, WorldError
            No such item; suppliers, users or parent the world lacks; an item too large for its parent.

        Examples
        --------
        >>> w = World.load().split("rare-earth-magnets")
        >>> w.sectors[-1], round(float(w.trade[-1].sum()))
        ('rare-earth-magnets', 15000)
        """
        from detente.world._split import split

        return split(self, item)

    @property
    def parents(self) -> Mapping[str, str]:
        """Sector each split item came out of, by item."""
        return dict(self.record.get("parents", {}))

    # ---- accounts derived from them ---------------------------------------------------------------------

    @cached_property
    def output(self) -> Array:
        """Gross output at basic prices, (economy, sector)."""
        return np.ascontiguousarray(self.trade.sum(axis=1).T)

    @cached_property
    def spending(self) -> Array:
        """Spending including duty, (economy, sector)."""
        return np.ascontiguousarray((self.trade * (1.0 + self.tariffs)).sum(axis=2).T)

    @cached_property
    def value_added(self) -> Array:
        """Value added at basic prices, (economy,)."""
        return np.asarray((self.value_added_shares * self.output).sum(axis=1))

    @cached_property
    def tariff_revenue(self) -> Array:
        """Duties collected, (economy,)."""
        return np.asarray((self.trade * self.tariffs).sum(axis=(0, 2)))

    @cached_property
    def input_flows(self) -> Array:
        """Purchases of inputs with duty, before input tax, (economy, input sector, using sector)."""
        return self.input_shares / (1.0 + self.input_taxes)[:, None, :] * self.output[:, None, :]

    @cached_property
    def input_tax_revenue(self) -> Array:
        """Net product taxes on inputs other than duties, (economy,)."""
        return np.asarray((self.input_flows.sum(axis=1) * self.input_taxes).sum(axis=1))

    @cached_property
    def input_use(self) -> Array:
        """Purchases of each good as an input, with duty, before input tax, (economy, sector)."""
        return np.asarray(self.input_flows.sum(axis=2))

    @cached_property
    def final_demand(self) -> Array:
        """Spending less input use, with duty, (economy, sector)."""
        return self.spending - self.input_use

    @cached_property
    def income(self) -> Array:
        """Value added + duties + input taxes, (economy,)."""
        return self.value_added + self.tariff_revenue + self.input_tax_revenue

    @cached_property
    def deficit(self) -> Array:
        """Final demand less income, (economy,): positive when a transfer is received. Equals imports less exports."""
        return np.asarray(self.final_demand.sum(axis=1)) - self.income

    # ---- checks and faces -------------------------------------------------------------------------------

    def gaps(self) -> dict[str, float]:
        """Worst relative gap of each account identity."""
        from detente.world._check import gaps

        return gaps(self)

    def check(self, tolerance: float = 1e-10) -> dict[str, float]:
        """Worst relative gap of each account identity, when none exceeds `tolerance`.

        Raises
        ------
        WorldError
            Naming every identity whose gap exceeds `tolerance`.
        """
        found = self.gaps()
        # written so that a NaN fails too
        bad = [
            Problem(
                self.name,
                f"the identity {key!r} is off by {gap:.3g}, more than {tolerance:g}",
                "Rebalance the accounts, or build the world with World.from_arrays, which names the cells.",
            )
            for key, gap in found.items()
            if not gap <= tolerance
        ]
        if bad:
            raise WorldError(bad)
        return found

    def __repr__(self) -> str:
        return (
            f"<World {self.name!r}: {len(self.economies)} economies x {len(self.sectors)} sectors, {self.unit}; "
            f"value added {self.value_added.sum():,.0f}>"
        )

    def _repr_html_(self) -> str:
        largest = np.argsort(-self.value_added)[:5]
        rows = "".join(
            f"<tr><td>{html.escape(self.economies[i])}</td><td>{self.value_added[i]:,.0f}</td>"
            f"<td>{self.deficit[i]:,.0f}</td></tr>"
            for i in largest
        )
        return (
            f"<p>{html.escape(repr(self)[1:-1])}</p><table><thead><tr><th>economy</th><th>value added</th>"
            f"<th>deficit</th></tr></thead><tbody>{rows}</tbody></table>"
        )
