"""What trainers' notebooks draw and tabulate, note and link, as it stands on the published page."""

import re
from pathlib import Path

from publishing.storing import Published
from publishing.versions import Publisher, publish
from store.queries.modules import get_current
from tests.publishing.writing import code, plan, words, write_course, write_notebook


def published(publisher: Publisher, folder: Path) -> tuple[Published, dict[str, str]]:
    """Publish, and read the pages by language."""
    result = publish(publisher, folder)[0]
    with publisher.database.read() as session:
        pages: dict[str, str] = get_current(session, "trial/spare-time").pages
    return result, {each: publisher.artifacts.read(pages[each]).decode() for each in pages}


FIGURE = """
import matplotlib.pyplot as plt
figure, axes = plt.subplots(figsize=(3, 2))
axes.bar(["আগে", "পরে"], [6, 21])
axes.set_title("কতজন শিক্ষার্থী কথা বলেছে")
"""


def test_figures_and_tables_of_trainers_code_arrive_with_their_words(
    publisher: Publisher, tmp_path: Path
) -> None:
    alt = {"bn": "দুটি দণ্ড: ৬ আর ২১ জন", "en": "Two bars: 6 and 21 pupils"}
    folder = write_course(
        tmp_path / "trial",
        code("import pandas\n%config InlineBackend.figure_formats = ['png']"),
        code(FIGURE + "plt.show()"),
        code("%config InlineBackend.figure_formats = ['svg']"),
        code(FIGURE, pathshala={"alt": alt}),
        code(
            "pandas.DataFrame({'আগে': [6], 'পরে': [21.5], 'স্কুল': ['ক']}, index=['ক্লাস ৪'])",
            pathshala={"caption": {"bn": "কথা বলা", "en": "Who spoke"}},
        ),
        code("plt.plot([1, 2])\nplt.show()"),
    )
    result, pages = published(publisher, folder)
    assert result.verdict == "instant"
    rules = [(each["cell"], each["rule"]) for each in result.findings]
    assert [rule for rule in rules if rule[1] != "step-missing"] == [(6, "picture-without-words")]
    pictures = dict(re.findall(r'<img[^>]* src="[^"]*\.(png|svg)" alt="([^"]*)"', pages["bn"]))
    assert pictures["png"] == "কতজন শিক্ষার্থী কথা বলেছে"
    assert f'alt="{alt["bn"]}"' in pages["bn"] and f'alt="{alt["en"]}"' in pages["en"]
    for part in (
        'role="region" aria-label="Table 1: Who spoke" tabindex="0"',
        ">Who spoke</caption>",
        'scope="col">আগে</th>',
        'scope="row">ক্লাস ৪</th>',
        'class="number">21.5</td>',
    ):
        assert part in pages["en"], part
    assert "style" not in pages["en"] and 'border="' not in pages["en"]


def test_notes_lists_and_scripts_of_markdown_keep_their_sense(
    publisher: Publisher, tmp_path: Path
) -> None:
    source = """# শিরোনাম

এক কথা।[^১] Another.[^b]

1. এক
   - দুই
     - তিন

- مرحبا بكم
- স্বাগতম

- [x] করা হয়েছে

| ধাপ | মিনিট |
|---|--:|
| দেখা | ৪ |

[^১]: প্রথম টীকা
[^b]: second
"""
    folder = write_course(
        tmp_path / "trial", words(source, "bn"), words("আরও।[^১]\n\n[^১]: অন্য টীকা", "bn")
    )
    _, pages = published(publisher, folder)
    html = pages["bn"]
    for part in (
        '<sup id="m-note-1-1-mark"><a href="#m-note-1-1"',
        ">[২]</a>",
        '<div class="notes"><ol',
        'id="m-note-2-1"',
        "☑ করা হয়েছে",
        '<td align="right" dir="auto" class="number">৪</td>',
    ):
        assert part in html, part
    assert len(set(re.findall(r' id="([^"]+)"', html))) == len(re.findall(r' id="([^"]+)"', html))


def test_notebooks_of_a_course_lead_to_each_others_pages(
    publisher: Publisher, tmp_path: Path
) -> None:
    entries = [
        {"notebook": "01-spare-time.ipynb", "title": "এক"},
        {"notebook": "02-group-work.ipynb", "title": "দুই"},
    ]
    source = (
        "[ক](02-group-work.ipynb) [খ](./02-group-work.ipynb#my-plan) "
        "[গ](02-group-work.ipynb#শেষ-কথা) [ঘ](03-none.ipynb) [ঙ](../../etc/passwd)"
    )
    folder = write_course(tmp_path / "trial", words(source), modules=entries)
    write_notebook(folder / "02-group-work.ipynb", words("## শেষ কথা"), plan())
    result, pages = published(publisher, folder)
    address = "{{portal}}courses/trial/group-work"
    links = re.findall(r'href="([^"]*)"', pages["bn"])
    assert links[:2] == [address, f"{address}#my-plan"]
    assert links[2].startswith(f"{address}#m-%E0%A6%B6") and len(links) == 3
    lost = [each["message"]["en"] for each in result.findings if each["rule"] == "link-lost"]
    assert len(lost) == 2 and "03-none.ipynb" in lost[0]
