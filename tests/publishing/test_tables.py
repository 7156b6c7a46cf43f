"""Tables of Markdown and of pandas, as a phone and a screen reader want them."""

from publishing.safe_html import clean
from publishing.tables import present_tables


def presented(html: str, language: str = "bn") -> str:
    safe = clean(html, picture=lambda _: None, link=lambda _: None, anchors=set()).html
    return present_tables(safe, language)


def rows(count: int, cells: str) -> str:
    return f"<tbody>{f'<tr>{cells}</tr>' * count}</tbody>"


def test_a_small_table_stands_in_the_text() -> None:
    html = presented("<table><thead><tr><th>ধাপ</th><th>মিনিট</th></tr></thead></table>")
    assert 'role="region"' not in html
    assert html.count('scope="col"') == 2


def test_a_wide_table_scrolls_in_a_region_of_its_own_name() -> None:
    wide = f"<table>{rows(1, '<td>ক</td>' * 3)}</table>"
    html = presented(
        wide + wide.replace("<table>", "<table><caption>কত <b>জন</b> &amp; কে</caption>")
    )
    opening = '<div class="scrolling" role="region" aria-label="{}" tabindex="0"><table>'
    assert opening.format("সারণি ১") in html
    assert opening.format("সারণি ২: কত জন &amp; কে") in html
    assert 'aria-label="Table 1"' in presented(wide, "en")


def test_a_long_table_keeps_its_head_in_sight() -> None:
    assert 'class="scrolling long"' in presented(f"<table>{rows(13, '<td>ক</td>')}</table>")


def test_a_header_says_for_what_and_an_empty_one_is_none() -> None:
    html = presented(
        '<table><thead><tr><th></th><th colspan="2">কে</th></tr></thead>'
        '<tbody><tr><th rowspan="2">১</th><td>রিনা</td></tr><tr><th>২</th></tr></tbody></table>'
    )
    assert "<th></th>" not in html and '<td dir="auto"></td>' in html
    for scope in ("colgroup", "rowgroup", "row"):
        assert f'scope="{scope}"' in html


def test_numbers_stand_under_each_other() -> None:
    html = presented("<table><tr><td>১,২৩৪</td><td>-0.5 %</td><td>৩ জন</td></tr></table>")
    assert html.count('class="number"') == 2
    late = f"<table><tr><td>1{' ' * 50_000}x</td></tr></table>"
    assert 'class="number"' not in presented(late)  # and it takes no minutes to say so


def test_a_table_in_a_table_is_one_region() -> None:
    inner = "<table><tr><td>ক</td></tr></table>"
    html = presented(f"<table>{rows(1, '<td>খ</td>' * 3 + f'<td>{inner}</td>')}</table><p>শেষ</p>")
    assert html.count('role="region"') == 1 and html.endswith('<p dir="auto">শেষ</p>')


def test_what_a_header_is_called_cannot_break_out() -> None:
    html = presented('<table><tr><th id="a>&quot;<img onerror=x>">ক</th></tr></table>')
    assert "<img" not in html
