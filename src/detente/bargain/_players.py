"""Who plays, with which instruments, wanting what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.errors import Problem, ShockError
from detente.trade import Instruments, Objective, TradeModel, choose_instruments, members, union_objective


@dataclass(frozen=True)
class Player:
    """An economy or a union of them, what it sets, and its objective.

    Attributes
    ----------
    name
        An economy or a group (`EU27`), one player with one external tariff.
    partners, sectors
        On whom and on what it sets them; None: all other players, all goods.
    uniform
        `"sectors"`: one rate for each partner; `"partners"`: one for each sector; None: all apart.
    objective
        What it wants; None: real income.
    instruments
        `tariffs`, `export_taxes`, `export_ceilings`: one or several kinds; `{kind: sectors}`; or sets made by
        `import_tariffs`, `export_taxes` and `export_ceilings`.
    rent
        Who gets the rent of its ceilings: `exporter`, `importer` or `nobody`.
    """

    name: str
    partners: Sequence[str] | None = None
    sectors: Sequence[str] | str | None = None
    uniform: str | None = None
    objective: Objective | None = None
    instruments: str | Mapping[str, Any] | Sequence[str | Instruments] = "tariffs"
    rent: str = "exporter"


def seat(
    players: Sequence[str | Player],
    model: TradeModel,
    *,
    uniform: str | None = None,
    instruments: str | Mapping[str, Any] | Sequence[str] = "tariffs",
    rent: str = "exporter",
) -> tuple[list[Player], list[Instruments], list[dict[str, Any]]]:
    """Players with their instruments and the weights of their objectives; all problems at once.

    `uniform`, `instruments` and `rent` hold for players given by name only.

    Raises
    ------
    ShockError
        If fewer than two play, or one economy plays twice.
    """
    common: dict[str, Any] = {"uniform": uniform, "instruments": instruments, "rent": rent}
    listed = [p if isinstance(p, Player) else Player(p, **common) for p in players]
    taken: Mapping[str, str] = {}
    problems = []
    if len(listed) < 2:
        problems.append(Problem("players", "a game needs two players or more", "Name them: players=['USA', 'CHN']."))
    for player in listed:
        for code in members(player.name, model):
            if code in taken:
                problems.append(Problem("players", f"{code} plays twice, in {taken[code]} and {player.name}"))
            taken = {**taken, code: player.name}
    if problems:
        raise ShockError(problems)
    names = [p.name for p in listed]
    tools = [
        choose_instruments(
            model, p.name, p.partners if p.partners is not None else [n for n in names if n != p.name], p.sectors,
            uniform=p.uniform, instruments=p.instruments, rent=p.rent,
        )
        for p in listed
    ]  # fmt: skip
    return listed, tools, [union_objective(p.name, model, p.objective).seeds(model) for p in listed]
