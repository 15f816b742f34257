"""Published trade elasticities by name."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from detente.errors import Problem, UnknownName, WorldError, unknown

_FILE = "elasticities.json"


@cache
def _sets() -> dict[str, dict[str, Any]]:
    text = resources.files("detente").joinpath("data", "world", _FILE).read_text(encoding="utf-8")
    return dict(json.loads(text)["sets"])


def elasticity_sets() -> dict[str, dict[str, Any]]:
    """Every published set: `source` (citation), `key`, `notes`, `warnings`, and `theta` by sector.

    Examples
    --------
    >>> elasticity_sets()["uniform-4"]["theta"]["C26"]
    4.0
    """
    return copy.deepcopy(_sets())


def elasticity_set(name: str, sectors: Sequence[str]) -> npt.NDArray[np.float64]:
    """Trade elasticity theta of each sector (Armington sigma = theta + 1), dimensionless.

    Services are 4 in every set: none of them estimates services.

    Parameters
    ----------
    name
        A set of `elasticity_sets()`, such as `fontagne-2022`.
    sectors
        Codes among the 28 sectors of the embedded world.

    Returns
    -------
    array (sector,)

    Raises
    ------
    UnknownName
        No such set.
    WorldError
        Sectors without a published value: a world of other sectors needs an explicit array.

    Examples
    --------
    >>> elasticity_set("caliendo-parro-2015", ["C19", "SERV"]).tolist()
    [64.85, 4.0]
    """
    known = _sets()
    if name not in known:
        raise UnknownName([unknown("elasticity set", str(name), list(known), "elasticities")])
    theta = known[name]["theta"]
    missing = [str(s) for s in sectors if s not in theta]
    if missing:
        raise WorldError(
            [
                Problem(
                    f"elasticity set {name!r}",
                    f"has no value for sector {', '.join(missing)}: it is published by the 28 sectors "
                    f"{next(iter(theta))} to {list(theta)[-1]}",
                    "Give an explicit array with one value per sector, or weight the published values and say how.",
                )
            ]
        )
    return np.array([theta[s] for s in sectors], dtype=np.float64)
