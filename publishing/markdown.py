"""A trainer's Markdown as HTML: nbconvert's, with formulas as MathML, footnotes, plain headings.

Works in the confined process. What it makes may still hold anything: `safe_html` cleans it.
"""

import re
from html import escape
from typing import Any

from latex2mathml.converter import convert
from mistune.plugins import import_plugin
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from publishing.texts import in_digits

PLUGINS = (*MarkdownWithMath.DEFAULT_PLUGINS, "footnotes")


def to_html(source: str, cell: Any) -> str:
    """Return the HTML of a cell's Markdown, its attached pictures as `data:` addresses."""
    plugins = [import_plugin(name) for name in PLUGINS]
    return str(MarkdownWithMath(PageMarkdown(cell), plugins=plugins).render(source))


class PageMarkdown(IPythonRenderer):  # type: ignore[misc]
    """Renders one cell. Its footnotes are told from other cells' by the cell's number."""

    def __init__(self, cell: Any) -> None:
        super().__init__(escape=False, attachments=cell.get("attachments", {}))
        self._number = cell.metadata.get("pathshala_number", 0)
        self._language = cell.metadata.get("lang", "en")

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        words = re.sub(r"<[^>]*>|[\"'<>&]", "", text).split()
        return f'<h{level} id="{"-".join(words)}">{text}</h{level}>\n'

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        tag = "th" if head else "td"
        stands = f' align="{align}"' if align else ""
        return f"<{tag}{stands}>{text}</{tag}>\n"

    def task_list_item(self, text: str, checked: bool = False) -> str:
        return f"<li>{'☑' if checked else '☐'} {text.removeprefix('<p>').removesuffix('</p>')}</li>"

    def footnote_ref(self, key: str, index: int) -> str:
        return (
            f'<sup id="{self._note(index)}-mark">'
            f'<a href="#{self._note(index)}">[{self._digits(index)}]</a></sup>'
        )

    def footnotes(self, text: str) -> str:
        return f'<div class="notes"><ol>{text}</ol></div>'

    def footnote_item(self, text: str, key: str, index: int) -> str:
        back = f' <a href="#{self._note(index)}-mark">↩ {self._digits(index)}</a>'
        inside = text.strip()
        whole = f"{inside[:-4]}{back}</p>" if inside.endswith("</p>") else inside + back
        return f'<li id="{self._note(index)}">{whole}</li>'

    def block_math(self, body: str) -> str:
        return self._maths(body, "block")

    def inline_math(self, body: str) -> str:
        return self._maths(body, "inline")

    def latex_environment(self, name: str, body: str) -> str:
        return self._maths(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")

    def _maths(self, body: str, display: str) -> str:
        try:
            return str(convert(body, display=display))
        except Exception:  # the library raises its own kinds, IndexError and more
            return f"<code>{escape(body)}</code>"

    def _note(self, index: int) -> str:
        return f"note-{self._number}-{index}"

    def _digits(self, number: int) -> str:
        return in_digits(number, self._language)
