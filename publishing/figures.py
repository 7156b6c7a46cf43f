"""Makes figures of matplotlib speak: their titles become text, and their letters may be Bangla.

`load_ipython_extension` runs in the trainer's kernel, `bring_letters` before it starts, both in the
confined process. Imports nothing of ours.
"""

from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent.parent / "widgets" / "frontend" / "dist" / "page"
FONT = "noto-sans-bengali-bengali-400-*.woff2"
FIRST, SECOND = "DejaVu Sans", "Noto Sans Bengali"  # matplotlib's own has no Bangla


def load_ipython_extension(shell: Any) -> None:
    """Let a figure's plain text be its title and those of its charts: the renderer takes it for
    the picture's text alternative. Called by IPython; imports no matplotlib by itself."""
    shown_by_ipython = shell.display_formatter.format

    def shown(item: Any, *kinds: Any, **more: Any) -> Any:
        data, about = shown_by_ipython(item, *kinds, **more)
        if type(item).__module__ == "matplotlib.figure" and "text/plain" in data:
            data["text/plain"] = _titles(item) or data["text/plain"]
        return data, about

    # A printer of figures would be forgotten as soon as matplotlib's backend starts.
    shell.display_formatter.format = shown


def bring_letters(home: Path) -> None:
    """Put the page's Bangla font where matplotlib looks for fonts, and have it used."""
    found = next(FONTS.glob(FONT), None)
    if found is None:  # the frontend is not built: figures have no Bangla
        return
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    fonts = home / ".local" / "share" / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    font = TTFont(found)
    font.flavor = None
    font.save(fonts / "bangla.ttf")
    settings = f"font.family: {FIRST}, {SECOND}\nsvg.fonttype: path\n"
    (home / "matplotlibrc").write_text(settings, "utf-8")


def _titles(figure: Any) -> str:
    titles = [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]
    return " · ".join(title.strip() for title in titles if title.strip())
