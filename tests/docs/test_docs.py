"""Docs that run: doctests of every module, the README's words, the commands' page, the vocabulary."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import runpy
from pathlib import Path

import pytest

import detente
from detente.vocabulary import words

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(m.name for m in pkgutil.walk_packages(detente.__path__, "detente."))


@pytest.mark.parametrize("name", MODULES)
def test_doctests(name):
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.failed == 0


def test_every_command_is_on_its_page_as_its_help_says():
    page = runpy.run_path(str(ROOT / "tools" / "build_docs.py"))["page"]()
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == page, "run python tools/build_docs.py"


def test_readme_links_lead_somewhere():
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_readme_examples_exist():
    for name in re.findall(r"examples/[\w-]+\.yaml", (ROOT / "README.md").read_text(encoding="utf-8")):
        assert (ROOT / name).is_file()


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda p: p.stem)
def test_examples_run(path):
    assert detente.run(path).status == "solved"


def test_vocabulary_has_one_meaning_each():
    lines = (ROOT / "src/detente/data/vocabulary.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(lines) == len(words())
    for word in words().values():
        assert word.meaning
        assert word.kind


def test_public_names_are_these():
    assert set(detente.__all__) == {
        "__version__", "Ledger", "Regime", "World", "elasticity_set", "TradeModel", "Shock", "Ceiling", "Equilibrium",
        "Closure", "optimal_tariffs", "nash_tariffs", "Scenario", "Run", "run", "Brief",
    }  # fmt: skip
    for name in detente.__all__:
        assert getattr(detente, name)


def test_every_data_file_is_in_the_licence_list():
    text = (ROOT / "DATA_LICENSES.md").read_text(encoding="utf-8")
    data = ROOT / "src" / "detente" / "data"
    missing = [
        str(p.relative_to(data))
        for p in sorted(data.rglob("*"))
        if p.is_file() and not any(part in text for part in (str(p.relative_to(data)), *_folders(p, data)))
    ]
    assert not missing


def _folders(path: Path, data: Path) -> list[str]:
    """Patterns that may stand for a file: its folder with a star."""
    parts = path.relative_to(data).parts
    return [f"{'/'.join(parts[:k])}/**" for k in range(1, len(parts))] + [f"{'/'.join(parts[:-1])}/*{path.suffix}"]
