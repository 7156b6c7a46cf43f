"""Measure the promises: `python -m bench [PART ...]` prints a table and writes `latest.json`.

A part is a module of this folder with a function `measure() -> list[Row]`. Parts that are not
asked for keep the rows of their last run in `latest.json`. `load`, which takes an hour, runs only
if it is asked for.
"""

import argparse
import importlib
import json
import sys
from pathlib import Path

from bench.rows import Row, as_json, table

PARTS = ("page", "memory", "saves", "grading", "library", "publishing", "live", "offline", "copies")
LONG = ("load",)
LATEST = Path(__file__).with_name("latest.json")


def main() -> int:
    """Run the parts that were asked for (all without a name) and keep their rows."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    known = (*PARTS, *LONG)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of: {', '.join(known)}")
    chosen = parser.parse_args().parts or list(PARTS)
    if unknown := [part for part in chosen if part not in known]:
        parser.error(f"no such part: {', '.join(unknown)}; there are: {', '.join(known)}")
    kept = json.loads(LATEST.read_text()) if LATEST.exists() else {}
    for part in chosen:
        print(f"Measuring {part} ...", file=sys.stderr, flush=True)
        rows: list[Row] = importlib.import_module(f"bench.{part}").measure()
        kept[part] = as_json(rows)
        print(table(part, rows))
    LATEST.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
