import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.documents import read
from kg.documents.html import read_html
from kg.documents.markdown import read_markdown
from kg.documents.metadata import Metadata, edtf_date, from_line, front_matter
from kg.documents.text import read_text
from kg.errors import DocumentError
from kg.model import BlockKind

LONG = (
    "The minister said on Monday that the consul had been recalled from the capital and that nobody would be sent in her place before May."
)
WRAPPED = "The minister said on Monday that the consul had been\nrecalled from the capital, and that nobody would be sent\nin her place.\n"


def shown(content, kind=BlockKind.PARAGRAPH):
    return [content.text[b.start : b.end] for b in content.blocks if b.kind is kind]


def text(words: str):
    return read_text(words.encode(), "a.txt")


def markdown(words: str):
    return read_markdown(words.encode(), "a.md")


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_the_text_is_the_file_without_its_mark(mark, encoding):
    words = "Größe 😀 «é»\r\nAnd\rmore\n"
    assert read_text(mark + words.encode(encoding), "a.txt").text == words


def test_each_line_of_a_file_of_long_lines_is_a_paragraph():
    assert shown(text(f"{LONG}\n{LONG}\n\n{LONG}")) == [LONG, LONG, LONG]


def test_a_wrapped_paragraph_is_one_block():
    assert shown(text(f"{WRAPPED}\n{WRAPPED}")) == [WRAPPED.strip()] * 2


def test_line_ends_of_any_system_part_paragraphs():
    for end in ("\n", "\r\n", "\r"):
        content = text(f"{WRAPPED}\n{WRAPPED}".replace("\n", end))
        assert shown(content) == [WRAPPED.strip().replace("\n", end)] * 2


def test_a_line_that_had_room_is_not_wrapped():
    assert shown(text(f"Lima\nPeru\n\n{WRAPPED}\nIn short:\n- one thing\n- another thing\n")) == [
        "Peru",
        WRAPPED.strip(),
        "In short:",
        "one thing",
        "another thing",
    ]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("A Title", "A Title"),
        ("“Exodus”: a Myth?", "“Exodus”: a Myth?"),
        ("FOR IMMEDIATE RELEASE\n\nLima, 3 May 2016\n\nThe Real Title", "The Real Title"),
        ("By Ana Ruiz\n\nA Title", "A Title"),
        ("It happened in May.", None),
        ("Dear reader,", None),
    ],
)
def test_the_first_short_line_is_the_title(head, title):
    content = text(f"{head}\n\n{LONG}\n")
    assert content.metadata.title == title
    assert shown(content, BlockKind.TITLE) == ([title] if title else [])


def test_front_matter_is_data_and_no_block():
    matter = '---\nTitle: "One: two"\npublisher: The Post\nby: [Ana Ruiz, Tom Lee]\npublished: 3 May 2016\nurl: http://x.org/\nn: 1\n---\n'
    for reader, name in ((read_text, "a.txt"), (read_markdown, "a.md")):
        content = reader(f"{matter}\n{LONG}\n".encode(), name)
        assert content.metadata == Metadata("One: two", "The Post", "Ana Ruiz, Tom Lee", "2016-05-03", "http://x.org/")
        assert shown(content) == [LONG]
        assert content.text.startswith(matter)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_front_matter_ends_behind_its_last_line(end):
    words = f"---\ntitle: A: b\ndate: 2016-13-01\n---\n{LONG}".replace("\n", end)
    known, start = front_matter(words)
    assert (known, words[start:]) == (Metadata(title="A: b"), LONG)


@pytest.mark.parametrize(
    "words",
    [
        "---\ntitle: no end\n\nText.",
        "---\nJust a rule above, and one below.\n---\nText.",
        "\n---\ntitle: late\n---\nText.",
        "---\n" + "[" * 5000 + "\n---\nText.",
    ],
)
def test_what_is_no_front_matter_stays_text(words):
    assert front_matter(words) == (Metadata(), 0)


def test_yaml_builds_no_objects():
    known, _ = front_matter("---\ntitle: !!python/object/apply:os.getcwd []\nauthor: 1984\n---\nText.")
    assert known == Metadata(author="1984")


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("2016-05-12", "2016-05-12"),
        ("2016-05", "2016-05"),
        ("2016", "2016"),
        ("2016-05-12T09:00:00+10:00", "2016-05-12"),
        ("12 May 2016", "2016-05-12"),
        ("May 12th, 2016", "2016-05-12"),
        ("Thu, 1 Sep 2016", "2016-09-01"),
        ("May 2016", "2016-05"),
        ("13/6/2016", "2016-06-13"),
        ("6/13/2016", "2016-06-13"),
        ("5/6/2016", "2016"),
        ("5.5.2016", "2016-05-05"),
        ("31 February 2016", None),
        ("2016-02-30", None),
        ("12 May", None),
        ("yesterday", None),
        ("", None),
        ("about 1990 people in May", None),
    ],
)
def test_a_date_is_read_only_as_far_as_it_is_certain(words, date):
    assert edtf_date(words) == date


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("By Ana Ruiz", Metadata(author="Ana Ruiz")),
        ("By Ana Ruiz, Lima, 12 May 2016", Metadata(author="Ana Ruiz", date="2016-05-12")),
        ("by Ana Ruiz and Tom Lee | 12 May 2016", Metadata(author="Ana Ruiz and Tom Lee", date="2016-05-12")),
        ("By Jean-Paul de la Croix – May 2016", Metadata(author="Jean-Paul de la Croix", date="2016-05")),
        ("Published: 12 May 2016 10:33 GMT", Metadata(date="2016-05-12")),
        ("Posted on May 12, 2016", Metadata(date="2016-05-12")),
        ("Lima, 12 May 2016", Metadata(date="2016-05-12")),
        ("By the end of May 2016", Metadata()),
        ("By 12 May 2016 all had left.", Metadata()),
        ("The consul left on 12 May 2016.", Metadata()),
        ("Published by the ministry", Metadata()),
    ],
)
def test_a_line_at_the_head_tells_author_and_date(line, known):
    assert from_line(line) == known


def test_markdown_blocks_leave_the_marks_out():
    content = markdown(
        "# A *title* #\n\nOne\nparagraph.\n\n## Part ##\n\n> quoted\n\n- an item\n  goes on\n- **all bold**\n  1. inner\n\n"
        "```\ncode\n```\n\n<!-- hidden -->\n\n<div>\nshown\n</div>\n\n*a* and *b*\n\n***all of it***\n"
    )
    assert shown(content, BlockKind.TITLE) == ["A *title*"]
    assert shown(content, BlockKind.HEADING) == ["Part"]
    assert shown(content) == ["One\nparagraph.", "quoted", "an item\n  goes on", "all bold", "inner", "shown", "*a* and *b*", "all of it"]


def test_a_page_gives_its_article_and_metadata():
    page = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>A day in Lima | The Post</title>
    <meta name="author" content="Ana Ruiz"><meta property="og:site_name" content="The Post">
    <meta property="article:published_time" content="2016-05-12T09:00:00Z"></head>
    <body><nav><a href="/">Home</a></nav><article><h1>A day in Lima</h1><p>{LONG}</p><h2>Later</h2><p>{LONG} &amp; so on.</p>
    <ul><li>one item</li><li>another</li></ul></article><script>x()</script></body></html>"""
    content = read_html(page.encode(), "a.html")
    assert content.metadata == Metadata("A day in Lima", "The Post", "Ana Ruiz", "2016-05-12")
    assert shown(content, BlockKind.TITLE) == ["A day in Lima"]
    assert shown(content, BlockKind.HEADING) == ["Later"]
    assert shown(content) == [LONG, f"{LONG} & so on.", "one item", "another"]


def test_a_page_without_an_article_gives_what_is_visible():
    page = b"<head><style>p{}</style><title>T</title><body><div>Ana Ruiz <b>left</b>.<div>Tom &lt;stayed&gt;.</div><script>x</script>"
    assert shown(read_html(page, "a.html")) == ["Ana Ruiz left.", "Tom <stayed>."]


def test_deep_nesting_is_read_all_the_same():
    page = "<div>" * 20_000 + LONG + "</div>" * 20_000
    assert shown(read_html(page.encode(), "a.html")) == [LONG]


def test_a_declared_encoding_is_believed():
    page = '<meta charset="iso-8859-1"><p>Ana “Ruiz” é</p>'.encode("cp1252")
    assert shown(read_html(page, "a.html")) == ["Ana “Ruiz” é"]


@pytest.mark.parametrize("reader", [read_text, read_markdown, read_html])
@settings(deadline=None)
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=300).map(lambda t: t.encode("utf-8", "surrogatepass"))))
def test_any_bytes_are_read_or_refused_in_one_line(reader, data):
    try:
        content = reader(data, "a")
    except DocumentError as error:
        assert "\n" not in str(error)
    else:
        content.text.encode()


@pytest.mark.parametrize(
    ("head", "known"),
    [
        ("By Aino Salo, Harbour Messenger\nSaturday, 15 June 2024", ("2024-06-15", "Aino Salo", "Harbour Messenger")),
        ("The Harbour Page | Courts | November 28, 2025", ("2025-11-28", None, "The Harbour Page")),
        ("Issue 88, Sunday 21 September 2025, by Aino Salo", ("2025-09-21", "Aino Salo", None)),
        ("LAGOS, Nov 19, 2025 (Delta Wire) - The bank has closed its branch in the port, officials said.", ("2025-11-19", None, "Delta Wire")),
        ("SOFIA, 6 November 2025 /Danube Agency/ - The consul has been told to leave, officials said.", ("2025-11-06", None, "Danube Agency")),
        ("On 6 November 2025 the consul was told to leave the country, and nobody said why he had to.", (None, None, None)),
        ("The bridge opened between 3 May 2019 and 4 June 2019.", (None, None, None)),
    ],
)
def test_the_lines_at_the_head_of_a_text_tell_date_author_and_outlet(tmp_path, head, known):
    path = tmp_path / "story.md"
    path.write_text(f"# A story of the port\n\n{head}\n\nNothing else happened in the port that day.\n", encoding="utf-8")
    [document] = read([path])
    assert (document.date, document.author, document.outlet) == known


def test_the_last_line_of_a_wire_tells_who_reported(tmp_path):
    path = tmp_path / "wire.md"
    path.write_text("# A story\n\nNothing happened.\n\n(Reporting by Aino Salo in Lagos; editing by Tom Berg)\n", encoding="utf-8")
    [document] = read([path])
    assert document.author == "Aino Salo"
