"""Whatever HTML comes in, only harmless HTML comes out."""

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from publishing.safe_html import MATHS, TAGS, plain_text
from publishing.safe_html import clean as clean_for

PARTS = st.sampled_from(
    [
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<svg>",
        "</svg>",
        "<math>",
        "<mtext>",
        "</math>",
        "<img",
        "src=x",
        "onerror=y>",
        "<a",
        "href='javascript:x'>",
        "</a>",
        "<p>",
        "<table>",
        "<tr>",
        "<td>",
        "<!--",
        "-->",
        "<noscript>",
        "<template>",
        "<title>",
        "<annotation-xml",
        "encoding=text/html>",
        "<iframe",
        "srcdoc=x>",
        "<div",
        "data-component=Choice>",
        "&lt;",
        '"',
        "'",
        ">",
        "<",
        "onclick=x",
        "href=x",
        "<form",
        "id=x>",
        "<input",
        "name=x>",
        "<mglyph>",
        "<malignmark>",
        "<xmp>",
        "<plaintext>",
    ]
) | st.text(max_size=5)


def clean(html: str, *anchors: str) -> str:
    """Clean what stands on a page without pictures and other notebooks."""
    return clean_for(html, picture=lambda _: None, link=lambda _: None, anchors=set(anchors)).html


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS | MATHS:
            self.wrong.append(tag)
        for name, value in attrs:
            if name.startswith(("on", "data-")) or name in ("style", "srcdoc", "srcset", "name"):
                self.wrong.append(name)
            if name == "id" and not (value or "").startswith("m-"):
                self.wrong.append(f"id {value}")
            if name in ("href", "src") and not (value or "").startswith(("#", "http", "mailto:")):
                self.wrong.append(f"{name} {value}")


@settings(max_examples=400)
@given(st.lists(PARTS, max_size=20).map("".join))
def test_only_what_is_allowed_comes_through(html: str) -> None:
    cleaned = clean(html)
    reader = Reader()
    reader.feed(cleaned)
    assert reader.wrong == []
    again = clean(cleaned)
    assert len(again) <= len(cleaned) + 200  # nothing hides in it that a second reading frees


def test_ids_and_links_of_a_notebook_cannot_pose_as_ours() -> None:
    html = '<h2 id="my-plan">ক</h2><a href="#my-plan">১</a><a href="#other">২</a>'
    cleaned = clean(html, "my-plan")
    assert 'id="m-my-plan"' in cleaned and 'href="#my-plan"' in cleaned
    assert 'href="#m-other"' in cleaned


def test_blocks_find_their_own_direction() -> None:
    cleaned = clean("<p>مرحبا</p><code>x</code>")
    assert cleaned == '<p dir="auto">مرحبا</p><code dir="ltr">x</code>'


def test_a_link_to_a_file_is_for_the_caller_to_place() -> None:
    html = '<a href="02-x.ipynb#a">১</a><a href="//x.ipynb">২</a><a href="a:b.ipynb">৩</a>'
    cleaned = clean_for(
        html, picture=lambda _: None, link=lambda path: f"#{len(path)}", anchors=set()
    ).html
    assert cleaned.count("href=") == 1 and 'href="#12"' in cleaned


def test_heading_and_question_are_read_apart() -> None:
    assert plain_text("<h1>ক</h1><h2>খ &amp; গ</h2><p>কী?</p><ul><li>এক</li></ul>") == (
        "খ & গ",
        "কী?\n• এক",
    )


def test_a_question_keeps_the_numbers_of_its_list() -> None:
    asked = '<p>কী?</p><ol start="3"><li>এক<ul><li>ক</li></ul></li><li><p>দুই</p></li></ol>'
    assert plain_text(asked, "bn")[1] == "কী?\n৩. এক\n• ক\n৪. দুই"
    assert plain_text(f'<ol start="{"9" * 5000}"><li>এক</li></ol>')[1] == "• এক"
