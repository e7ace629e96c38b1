from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import documents
from kg.documents.content import Content
from kg.documents.html import read_html
from kg.documents.markdown import read_markdown
from kg.documents.text import read_text
from kg.model import Block, BlockKind, Table

SEED = Path(__file__).parents[2] / "shared" / "seed"
LONG = (
    "The minister said on Monday that the consul had been recalled from the capital and that nobody would be sent in her place before May."
)
INTRO = f"{LONG} The table below gives the numbers."


def text(*lines: str, between: str = "\n\n") -> Content:
    return read_text(between.join([INTRO, *lines, LONG]).encode(), "a.txt")


def rows(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def blocks_of(content: Content, kind: BlockKind) -> list[Block]:
    return [block for block in content.blocks if block.kind is kind]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("2001|2002|2003|583|1,138|1,281", "2001 583|2002 1,138|2003 1,281"),
        ("2001|2002|2003|1138|1281|1894", "2001 1138|2002 1281|2003 1894"),
        ("2001|583|2002|1894|2003|2018", "2001 583|2002 1894|2003 2018"),
        ("Prior to 1970 1|1970-1979|1980 2|485|59|63 3", "Prior to 1970 485|1970-1979 59|1980 63"),
        ("France|Germany|Spain 2|Italy|12%|9.5%|n/a|7%", "France 12%|Germany 9.5%|Spain n/a|Italy 7%"),
        ("France*|Germany†|Spain¹|12|9|3²", "France 12|Germany 9|Spain 3"),
        ("France|12|Germany|9|Spain|3", "France 12|Germany 9|Spain 3"),
        ("Q1 2015|Q2 2015|Q3 2015|$1.2m|$900k|€ 3", "Q1 2015 $1.2m|Q2 2015 $900k|Q3 2015 € 3"),
        ("Quarter 1|Quarter 2|Quarter 3|7|8|9", "Quarter 1 7|Quarter 2 8|Quarter 3 9"),
        ("January|February|March|12|14|15", "January 12|February 14|March 15"),
        ("0-14|15-64|65+|12|14|15", "0-14 12|15-64 14|65+ 15"),
        ("2010|2011|2012|1 234|12 345|1 234 567", "2010 1 234|2011 12 345|2012 1 234 567"),
        ("A|B|C|1|2|3|5%|6%|7%", "A 1 5%|B 2 6%|C 3 7%"),
        ("A|B|C|1|5%|2|6%|3|7%", "A 1 5%|B 2 6%|C 3 7%"),
        ("2001|2002|2003|1|2|3|2004|2005|7|8", "2001 1|2002 2|2003 3|2004 7|2005 8"),
        ("2001|2002|2003|1|2|3|4|5|6|2004|2005|7|8|9|10", "2001 1 4|2002 2 5|2003 3 6|2004 7 9|2005 8 10"),
    ],
)
def test_labels_and_figures_one_a_line_are_paired(cells, expected):
    content = text(*cells.split("|"))
    [table] = content.tables
    assert [" ".join(row) for row in rows(table)] == expected.split("|")
    assert not table.header
    assert content.text[slice(*table.caption)] == "The table below gives the numbers."
    assert len(blocks_of(content, BlockKind.TABLE)) == 1
    assert len(blocks_of(content, BlockKind.PARAGRAPH)) == 2


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("Year|Arrivals|2001|2002|2003|583|600|700", "Year Arrivals|2001 583|2002 600|2003 700"),
        ("Year|2001|2002|2003|Arrivals|583|600|700", "Year Arrivals|2001 583|2002 600|2003 700"),
        ("Country|2014|2015|France|12|13|Spain|5|6|Italy|7|8", "Country 2014 2015|France 12 13|Spain 5 6|Italy 7 8"),
        ("2014|2015|France|12|13|Spain|5|6|Italy|7|8", " 2014 2015|France 12 13|Spain 5 6|Italy 7 8"),
        ("Country|2014|France|12|Spain|5|Italy|7", "Country 2014|France 12|Spain 5|Italy 7"),
    ],
)
def test_names_of_columns_are_found(cells, expected):
    [table] = text(*cells.split("|")).tables
    assert [" ".join(row) for row in rows(table)] == expected.split("|")
    assert table.header


@pytest.mark.parametrize(
    "cells",
    [
        "2001|2002|2003|2004|5|6|7",  # which year has no figure?
        "2001|2002|2003|5|6|7|8",
        "Country|Population|France|Germany|Spain|67|83|47",  # or is France the name of a column?
    ],
)
def test_an_open_table_is_no_prose_and_gives_no_pairs(cells):
    content = text(*cells.split("|"))
    assert not content.tables
    assert len(blocks_of(content, BlockKind.TABLE)) == 1
    assert len(blocks_of(content, BlockKind.PARAGRAPH)) == 2


@pytest.mark.parametrize(
    "lines",
    [
        ["Ana Ruiz", "Consul", "Tom Lee", "Ambassador"],
        ["In 1990 he left.", "In 1991 he came back.", "In 1992 he died."],
        ["2001", "2002", "2003", "2004", "2005", "2006"],
        ["One sentence.  Another one.", "A third.  And a fourth."],
        ["12 May", "Lima"],
    ],
)
def test_short_lines_alone_are_no_table(lines):
    content = text(*lines)
    assert not content.tables
    assert not blocks_of(content, BlockKind.TABLE)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Year   Arrivals  Share", "2013   1,502     12%", "2014   1,397     11%"], "Year/Arrivals/Share|2013/1,502/12%|2014/1,397/11%"),
        (["Name\tPost\tCity", "Ana Ruiz\tConsul\tLima", "Tom Lee\tEnvoy\tOslo"], "Name/Post/City|Ana Ruiz/Consul/Lima|Tom Lee/Envoy/Oslo"),
        (["         2013  2014", "France   12    13", "South Korea  14  15"], "/2013/2014|France/12/13|South Korea/14/15"),
    ],
)
def test_aligned_lines_are_rows(lines, expected):
    content = text(*lines, between="\n")
    [table] = content.tables
    assert ["/".join(row) for row in rows(table)] == expected.split("|")
    assert table.header


def test_lines_that_end_in_figures_are_rows():
    [table] = text("Prior to 1970 1 485", "1971 9", "1972 12", "1973 14", between="\n").tables
    assert rows(table) == [["Prior to 1970", "485"], ["1971", "9"], ["1972", "12"], ["1973", "14"]]


def test_a_named_line_is_the_caption():
    content = text("Table 1: Arrivals by year", "2001", "583", "2002", "612", "2003", "700", "Source: the ministry")
    [table] = content.tables
    assert content.text[slice(*table.caption)] == "Table 1: Arrivals by year"
    assert len(table.rows) == 3


def test_a_markdown_table_keeps_its_cells():
    content = read_markdown(f"{INTRO}\n\n| Year | **N** |\n|---|--:|\n| 2001 1 | 1,138 |\n| x \\| y | |\n".encode(), "a.md")
    [table] = content.tables
    assert rows(table) == [["Year", "N"], ["2001", "1,138"], ["x \\| y", ""]]
    assert table.header
    assert content.text[slice(*table.caption)] == "The table below gives the numbers."


def test_a_flattened_table_in_markdown_is_one_block():
    content = read_markdown("\n\n".join([INTRO, "2001", "2002", "2003", "583", "600", "700", LONG]).encode(), "a.md")
    assert [rows(table) for table in content.tables] == [[["2001", "583"], ["2002", "600"], ["2003", "700"]]]
    assert [b.kind.value for b in content.blocks] == ["paragraph", "table", "paragraph"]


def test_a_html_table_has_its_own_caption():
    table_tag = (
        "<table><caption>Arrivals</caption><tr><th>Year</th><th>N</th></tr><tr><td>2001<sup>1</sup></td><td>583</td></tr>"
        "<tr><td>2002</td><td></td></tr></table>"
    )
    content = read_html(f"<html><body><article><h1>T</h1><p>{INTRO}</p>{table_tag}<p>{LONG}</p></article></body></html>".encode(), "a.html")
    [table] = content.tables
    assert rows(table) == [["Year", "N"], ["2001", "583"], ["2002", ""]]
    assert table.header
    assert content.text[slice(*table.caption)] == "Arrivals"


def page(inner: str) -> Content:
    return read_html(f"<html><body><article><h1>T</h1><p>{INTRO}</p>{inner}<p>It ends here.</p></article></body></html>".encode(), "a.html")


@pytest.mark.parametrize("line", ["<p>{}</p>", "{}<br>"])
def test_lines_in_cells_are_rows_and_years_go_on_below(line):
    columns = ["1990 1 1991 1992", "5 6 7", "1993 1994 1995", "1,200 8 n/a"]
    cells = [column.replace(" 1 ", "|").replace(" ", "|") for column in columns]
    cells[0] = cells[0].replace("1990|", "1990 1|", 1)
    content = page(
        "<table><tr>" + "".join(f"<td>{''.join(line.format(c) for c in cell.split('|'))}</td>" for cell in cells) + "</tr></table>"
    )
    [table] = content.tables
    assert rows(table) == [["1990", "5"], ["1991", "6"], ["1992", "7"], ["1993", "1,200"], ["1994", "8"], ["1995", "n/a"]]
    check(content)


def test_columns_that_only_look_alike_stay_apart():
    head = "<tr><th>Born</th><th>Children</th><th>Died</th><th>Age</th></tr>"
    body = "".join(f"<tr><td>{1900 + n}</td><td>3</td><td>{1980 + n}</td><td>80</td></tr>" for n in range(4))
    [table] = page(f"<table>{head}{body}</table>").tables
    assert {len(row) for row in table.rows} == {4}


def test_a_table_of_prose_is_prose():
    content = page(f"<table><tr><td><p>{LONG} {LONG}</p><p>{LONG} So be it.</p></td></tr></table>")
    assert not content.tables
    assert [content.text[b.start : b.end] for b in blocks_of(content, BlockKind.PARAGRAPH)][1:3] == [f"{LONG} {LONG}", f"{LONG} So be it."]


@pytest.mark.skipif(not SEED.is_dir(), reason="the article is not in the repository")
def test_the_table_of_the_first_article_is_read():
    [document] = documents.read([SEED])
    [table] = document.tables
    pairs = dict(rows(table))
    assert len(table.rows) == len(pairs) == 28
    assert [pairs[label] for label in ("Prior to 1970", "1970-1979", "2000", "2001", "2014")] == ["485", "59", "312", "583", "1,276"]
    assert document.text[slice(*table.caption)].startswith("The table below")
    assert sum(b.kind is BlockKind.TABLE for b in document.blocks) == 1


def check(content: Content) -> None:
    """What holds of every document: blocks in order, cells in blocks of tables, words where the offsets say."""
    ends = [0]
    for block in content.blocks:
        assert ends[-1] <= block.start < block.end <= len(content.text)
        assert content.text[block.start : block.end].strip()
        ends.append(block.end)
    for table in content.tables:
        cells = [cell for row in table.rows for cell in row]
        assert all(content.text[cell.start : cell.end] == cell.text for cell in cells)
        [block] = [b for b in content.blocks if b.kind is BlockKind.TABLE and b.start <= cells[0].start <= b.end]
        assert all(block.start <= cell.start <= cell.end <= block.end for cell in cells)
        assert table.caption is None or 0 <= table.caption[0] < table.caption[1] <= len(content.text)


CELLS = [
    "2001",
    "2002",
    "2003",
    "2004",
    "Prior to 1970 1",
    "France",
    "Spain 2",
    "South Korea",
    "583",
    "1,138",
    "12%",
    "n/a",
    "-",
    "9 1",
    "*",
]
LINES = st.sampled_from(
    [*CELLS, INTRO, "A title", "By Ana Ruiz, 12 May 2016", "# Head", "> quote", "- item", "1. item", "a  b", "c\t12", "", "", " "]
)
MARKED = st.sampled_from(
    ["| a | b |", "|---|---|", "| 1 | **2** |", "```", "***x***", "<div>", "</div>", "---", "a: b", "\\|", "|", "Head\n===", "*a* _b_"]
)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("reader", [read_text, read_markdown])
@settings(deadline=None)
@given(
    lines=st.lists(
        st.one_of(LINES, MARKED, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)), max_size=40
    )
)
def test_offsets_hold_whatever_the_lines(reader, end, lines):
    check(reader(("x" + end.join(lines)).encode("utf-8", "replace"), "a"))


@settings(deadline=None)
@given(cells=st.lists(st.sampled_from(CELLS), max_size=40))
def test_offsets_hold_for_any_run_of_cells(cells):
    check(text(*cells))


@settings(deadline=None)
@given(
    parts=st.lists(
        st.sampled_from(["<p>", "</p>", "<br>", "<table>", "<tr>", "<td>", "<sup>1</sup>", "<ul>", "<li>", "<h2>", INTRO, *CELLS]),
        max_size=30,
    )
)
def test_offsets_hold_in_any_page(parts):
    check(read_html(("<html><body><article>" + "".join(parts)).encode(), "a.html"))
