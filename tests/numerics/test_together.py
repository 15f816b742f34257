"""One compiled batch against a loop, the block of adjoints against single ones, and first-order responses."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from test_ceiling_laws import capped
from test_equilibrium_laws import NESTS, TIGHT, costs, setting, war

import detente.model as m
from detente.model._map import Pace, start, step
from detente.model._wedges import wedges
from sample_worlds import random_accounts

PACE = Pace(0.4, 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("nest", NESTS)
def test_vmap_equals_a_loop(nest):
    """Members of three structures, in one order; 1e-10 on every result."""
    b, p = setting(random_accounts(8, taxes=True), nest)
    shocks = [war(b, 0.07 * k) for k in range(5)]
    shocks.insert(2, capped(b, 0.6))
    shocks.append(war(b)._replace(export_tax=jnp.full_like(b.tariff, 0.05)))
    together = m.solve_together(b, p, shocks, options=TIGHT, size=3)
    for shock, found in zip(shocks, together, strict=True):
        alone = m.solve(b, p, shock, options=TIGHT)
        assert found.solved
        one, two = (m.outcomes(b, p, shock, s.state) for s in (alone, found))
        for name in ("real_income_percent", "gdp_percent", "trade", "premium_percent"):
            np.testing.assert_allclose(np.asarray(two[name]), np.asarray(one[name]), atol=1e-10, err_msg=name)


def test_a_member_that_cannot_be_solved_leaves_the_batch_alone():
    b, p = setting(random_accounts(8, tariffs=False))
    found = m.solve_together(b, p, [war(b), costs(b, 1e6), war(b, 0.5)], options=TIGHT)
    assert [s.status for s in found] == ["solved", "no_equilibrium", "solved"]


@pytest.mark.parametrize("nest", NESTS)
def test_a_block_of_adjoints_is_each_players_gradient_in_its_own_tariffs(nest):
    b, p = setting(random_accounts(4, taxes=True), nest)
    shock = war(b)
    state = m.solve(b, p, shock, options=TIGHT).state
    rng = np.random.default_rng(1)
    seeds = {"real_income_percent": np.eye(4)[:3], "sector_income_percent": rng.uniform(0, 1, (3, 4, 3))}
    owner = np.array([0, 1, 2, -1])
    size = sum(x.size for x in state)
    found = m.own_slopes(b, p, shock, state, seeds, owner, np.zeros((3, size)), 1e-11)
    again = m.own_slopes(b, p, shock, state, seeds, owner, found.adjoints, 1e-11)
    for player in range(3):
        value, by, _ = m.gradient(b, p, shock, state, {k: v[player] for k, v in seeds.items()})
        assert float(found.values[player]) == pytest.approx(value, rel=1e-12)
        for slopes in (found, again):
            np.testing.assert_allclose(slopes.tariff[:, player], by.tariff[:, player], rtol=1e-8, atol=1e-9)
    assert float(jnp.abs(found.tariff[:, 3]).max()) == 0.0


@pytest.mark.parametrize("nest", NESTS)
def test_a_small_shock_is_answered_as_the_linearised_model_says(nest):
    """dx = (I - G_x)^-1 G_p dp by dense algebra, against the difference of two equilibria and against the adjoint."""
    b, p = setting(random_accounts(6, taxes=True), nest)
    shock, rng = war(b), np.random.default_rng(3)
    direction = jnp.asarray(rng.normal(size=b.tariff.shape))
    x, unravel = ravel_pytree(m.solve(b, p, shock, options=TIGHT).state)

    def moved(x, tariff):
        s = shock._replace(tariff=tariff)
        return ravel_pytree(step(b, p, s, wedges(b, p, s), unravel(x), PACE)[0])[0]

    def income(x, tariff):
        return m.outcomes(b, p, shock._replace(tariff=tariff), unravel(x))["real_income_percent"]

    jacobian = jax.jacfwd(moved)(x, shock.tariff)
    pushed = jax.jvp(lambda t: moved(x, t), (shock.tariff,), (direction,))[1]
    dx = np.linalg.solve(np.eye(x.size) - np.asarray(jacobian), np.asarray(pushed))
    response = np.asarray(jax.jvp(income, (x, shock.tariff), (jnp.asarray(dx), direction))[1])
    eps = 1e-5
    ends = []
    for sign in (1, -1):
        s = shock._replace(tariff=shock.tariff + sign * eps * direction)
        ends.append(np.asarray(m.outcomes(b, p, s, m.solve(b, p, s, options=TIGHT).state)["real_income_percent"]))
    np.testing.assert_allclose((ends[0] - ends[1]) / (2 * eps), response, rtol=1e-6, atol=1e-6)
    for n in range(4):
        _, by, _ = m.gradient(b, p, shock, unravel(x), {"real_income_percent": np.eye(4)[n]})
        assert float((by.tariff * direction).sum()) == pytest.approx(response[n], rel=1e-8, abs=1e-9)


def primitives(jaxpr):
    """Names of every primitive in a program, inner programs included."""
    for equation in jaxpr.eqns:
        yield equation.primitive.name
        for value in equation.params.values():
            for inner in value if isinstance(value, (tuple, list)) else (value,):
                inner = getattr(inner, "jaxpr", inner)
                if hasattr(inner, "eqns"):
                    yield from primitives(inner)


def test_compiled_programs_never_call_back_to_the_host():
    """What would keep them from an accelerator: the solve, the gradient, the block of adjoints, the batch."""
    b, p = setting(random_accounts(2), "short")
    shock, state = capped(b, 0.6), start(b, capped(b, 0.6))
    seed = {"real_income_percent": np.eye(4)[0]}
    size = sum(x.size for x in state)
    several = {"real_income_percent": np.eye(4)}
    programs = {
        "solve": jax.make_jaxpr(lambda s: m._solve._accelerate(b, p, shock, s, 1e-10, 50.0, PACE, 5, 80))(state),
        "polish": jax.make_jaxpr(lambda s: m._solve._polish(b, p, shock, s, 1e-10, PACE))(state),
        "gradient": jax.make_jaxpr(lambda s: m._adjoint._gradient(b, p, shock, s, seed))(state),
        "own_slopes": jax.make_jaxpr(
            lambda s: m.own_slopes(b, p, shock, s, several, np.arange(4), np.zeros((4, size)), 1e-9)
        )(state),
        "outcomes": jax.make_jaxpr(lambda s: m.outcomes(b, p, shock, s))(state),
    }
    for name, program in programs.items():
        used = set(primitives(program.jaxpr))
        assert "while" in used or name == "outcomes", name
        assert not [u for u in used if "callback" in u or "infeed" in u or "outfeed" in u], name
