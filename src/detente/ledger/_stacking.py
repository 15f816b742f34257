"""The `stacking` block of a measure's file: read and checked."""

from __future__ import annotations

from detente.ledger._fields import Fields
from detente.ledger._records import Condition, Stacking
from detente.ledger._words import LAYERS, METALS, OPERATORS

KEYS = ("group", "operator", "of", "rank", "exempts", "metal", "limit", "conditional")
CONDITION_KEYS = ("class", "use", "default", "average", "chosen", "below", "note")
_ACTS_ON = ("replaces", "lifts_only", "floor", "cap")


def stacking_of(top: Fields, imposer: str) -> Stacking | None:
    """The block, None where the file has none; what is wrong goes to the document's problems."""
    if not top.has("stacking"):
        return None
    fields = Fields(top.document, top.data["stacking"], ("stacking",), "stacking", KEYS)
    operator = fields.one_of("operator", OPERATORS, "stacking operator")
    block = Stacking(
        group=fields.text("group"),
        operator=operator,
        of=fields.texts("of"),
        rank=_rank(fields),
        exempts=_layers(fields, imposer),
        metal=fields.one_of("metal", METALS, "metal", "") if fields.has("metal") else "",
        limit=fields.rate("limit") or 0.0,
        conditions=_conditions(fields),
    )
    _agree(fields, block)
    return block


def _rank(fields: Fields) -> int:
    value = fields.data.get("rank")
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        fields.problem(("rank",), f"'rank' must be a whole number from 1, not {value!r}", "1 takes the value first.")
        return 0
    return value


def _layers(fields: Fields, imposer: str) -> tuple[str, ...]:
    known, out = LAYERS.get(imposer, ()), []
    for name in fields.texts("exempts"):
        if name in known:
            out.append(name)
        else:
            fields.problem(("exempts",), f"{name!r} is not a layer of {imposer}", f"Layers: {', '.join(known)}.")
    return tuple(out)


def _conditions(fields: Fields) -> tuple[Condition, ...]:
    out: list[Condition] = []
    for i, data in enumerate(fields.items("conditional")):
        entry = Fields(fields.document, data, ("stacking", "conditional", i), "a condition", CONDITION_KEYS)
        default = _share(entry, "default", 0.0)
        condition = Condition(
            kind=entry.text("class", ""),
            use=entry.text("use", ""),
            default=default,
            average=_share(entry, "average", default),
            chosen=_share(entry, "chosen", 1.0 if entry.has("class") else 0.0),
            below=_share(entry, "below", 0.0) if entry.has("below") else None,
            note=entry.text("note", ""),
        )
        if not condition.kind and not condition.use:
            entry.problem((), "a condition needs 'class' or 'use'", "Name the class of rows, or the use that decides.")
        if any(c.kind == condition.kind and c.use == condition.use for c in out):
            entry.problem((), f"two conditions for class {condition.kind!r}", "Keep one.")
        out.append(condition)
    return tuple(out)


def _share(fields: Fields, key: str, default: float) -> float:
    value = fields.data.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        fields.problem((key,), f"{key!r} must be a share from 0 to 1, not {value!r}", "60 % is 0.6.")
        return default
    return float(value)


def _agree(fields: Fields, block: Stacking) -> None:
    """What the keys of a block ask of each other."""
    if block.operator in _ACTS_ON and not block.of:
        fields.problem((), f"'{block.operator}' needs 'of'", "Name the measures it acts on.")
    if block.operator == "exclusive_ranked" and not block.rank:
        fields.problem((), "'exclusive_ranked' needs 'rank'", "1 takes the value first.")
    if block.operator == "exempts" and not block.exempts:
        fields.problem((), "'exempts' needs 'exempts'", "Name the layers that the value it takes is freed of.")
    if block.operator == "content_split" and not block.metal:
        fields.problem((), "'content_split' needs 'metal'", f"One of {', '.join(METALS)}.")
    if block.operator == "cap" and not fields.has("limit"):
        fields.problem((), "'cap' needs 'limit'", "The rate that the duties together may come to.")
    if block.operator == "conditional" and not block.conditions and block.group:
        fields.problem(
            (), "'conditional' needs 'conditional'", "Say which class or use it depends on, and the default."
        )
