"""What a test cell's outputs are worth: the one rule for publishing, grading and instant checks.

nbgrader gives full points for almost any output. Here whatever is not a finite number from 0 to
the points counts for nothing and is doubted: a person has to look. What is believed is worth what
nbgrader gives for it.
"""

import ast
import math
from collections.abc import Mapping, Sequence
from typing import Any

CUT_OFF = ("TimeoutError", "DeadKernelError", "MemoryError")
"""Errors that say: a limit was met, the test did not come to its end."""

Outputs = Sequence[Mapping[str, Any]]


def score(outputs: Outputs, points: float) -> float | str:
    """Return what a test cell's outputs score, or in words why they score nothing that counts.

    A test that ends without a value and without an error has asserted, and scores full points.
    """
    if any(output["output_type"] == "error" for output in outputs):
        return 0.0
    if any(output["output_type"] == "stream" and output["name"] == "stderr" for output in outputs):
        return "stderr"
    results = [output for output in outputs if output["output_type"] == "execute_result"]
    if not results:
        shown = [output for output in outputs if output["output_type"] == "stream"]
        return str(shown[0].get("text", ""))[:60] if shown else points
    words = str(results[-1].get("data", {}).get("text/plain", ""))
    try:
        value = ast.literal_eval(words)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return words[:60]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return words[:60]
    return float(value) if math.isfinite(value) and 0 <= value <= points else words[:60]


def doubt(outputs: Outputs, points: float) -> str | None:
    """Return why a test's outcome cannot be believed, as a code, or None.

    A failed `assert` or any other exception is an outcome, worth 0; so is passing without a word,
    worth all the points.
    """
    errors = [output["ename"] for output in outputs if output["output_type"] == "error"]
    if errors:
        return "test-did-not-end" if errors[-1] in CUT_OFF else None
    if any(output.get("name") == "stderr" for output in outputs):
        return "test-wrote-warning"
    return "test-gave-no-score" if isinstance(score(outputs, points), str) else None
