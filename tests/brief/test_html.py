"""The brief as a page: what it shows is what the brief says, and nothing that was there is lost."""

from __future__ import annotations

import html.parser
import re

import pytest

from detente.brief import Brief, save_html
from detente.brief._html import Page
from detente.cli import run
from detente.errors import UserError

pytest.importorskip("altair")
pytest.importorskip("vl_convert")


class Outline(html.parser.HTMLParser):
    """Tags that open and close, and the text of headings and cells."""

    VOID = ("meta", "br", "path", "rect", "line", "image", "use", "stop", "link")

    def __init__(self):
        super().__init__()
        self.open, self.heads, self.cells, self.tags = [], [], [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
            if tag in ("h1", "h2"):
                self.heads.append("")
            if tag == "td":
                self.cells.append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("h1", "h2"):
            self.heads[-1] += data
        if "td" in self.open:
            self.cells[-1] += data


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    article = folder / "article.txt"
    article.write_text(
        "Norway is far away. <script>alert(1)</script> The US cut its tariffs on Chinese goods from 145% to 30%.\n",
        encoding="utf-8",
    )
    brief = Brief(on="2025-05-14", read=article)
    place = save_html(brief, folder / "brief.html")
    return brief, place.read_text(encoding="utf-8")


def test_it_is_well_formed_and_needs_nothing_from_outside(page):
    _, text = page
    outline = Outline()
    outline.feed(text)
    assert not outline.open
    assert {"svg", "table"} <= outline.tags
    assert "script" not in outline.tags
    assert not re.findall(r"(?:src|href)=[\"']?https?://", text)


def test_tables_say_what_the_brief_says(page):
    brief, text = page
    outline = Outline()
    outline.feed(text)
    assert outline.heads[0] == "United States and China on 2025-05-14"
    for direction in ("USA<-CHN", "CHN<-USA"):
        assert f"{100 * brief.tariffs[direction]['average']:.1f}" in outline.cells
    for row in brief.deadlines:
        assert row["measure"] in outline.cells
    income = brief.impact["horizons"]["long"]["real_income_percent"]["USA"]
    assert f"{income:+.2f}" in outline.cells


def test_an_article_can_say_anything(page):
    brief, text = page
    assert any(c["to"] == 0.3 for c in brief.article["claims"])
    assert "<script" not in text


def test_markup_of_a_line_becomes_tags():
    sheet = Page()
    sheet.print("[bold]Head[/bold]")
    sheet.print("\n[bold]Part[/bold]: of it")
    sheet.print("  \\[not markup] <b>")
    sheet.print("[bold]Section[/bold]")
    assert sheet.parts == [
        "<h1>Head</h1>",
        "<p><strong>Part</strong>: of it</p>",
        '<p class="aside">[not markup] &lt;b&gt;</p>',
        "<h2>Section</h2>",
    ]


def test_a_page_that_cannot_be_written_leaves_what_was_there(page, tmp_path, monkeypatch):
    brief, _ = page
    place = tmp_path / "brief.html"
    place.write_text("old", encoding="utf-8")
    place.chmod(0o600)
    monkeypatch.setattr(Page, "document", lambda self, title: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_html(brief, place)
    assert [p.name for p in tmp_path.iterdir()] == ["brief.html"]
    assert place.read_text(encoding="utf-8") == "old"
    monkeypatch.setattr(Page, "document", lambda self, title: "a \ud800 b")
    save_html(brief, place)
    assert place.read_text(encoding="utf-8") == "a &#55296; b"
    assert place.stat().st_mode & 0o777 == 0o600
    for wrong, says in ((tmp_path / "none" / "brief.html", "there is no folder"), (tmp_path, "is no plain file")):
        with pytest.raises(UserError, match=says):
            save_html(brief, wrong)


def test_without_altair_the_page_says_so(page, monkeypatch):
    from detente.brief import _figures, _html
    from detente.errors import Problem

    def missing():
        raise UserError([Problem("figure", "Altair is not there")])

    monkeypatch.setattr(_figures, "_altair", missing)
    assert _html._figure(page[0]) == '<p class="aside">No figure: Altair is not there.</p>'


def test_a_day_that_is_none_writes_no_page(tmp_path, capsys):
    assert run(["brief", "--on", "2025-13-01", "--html", str(tmp_path / "brief.html")]) == 2
    assert not list(tmp_path.iterdir())
    assert "--on" in capsys.readouterr().err
