"""What a fragment that is no page tells a trainer."""

import pytest

from publishing.fragments import why_it_failed


@pytest.mark.parametrize(
    ("said", "rule", "facts"),
    [
        ("ValueError: no", "cell-failed", {"reason": "ValueError: no"}),
        ("ModuleNotFoundError: No module named 'bokeh'", "package-missing", {"name": "bokeh"}),
        (
            "URLError: <urlopen error [Errno -3] Temporary failure in name resolution>",
            "network-missing",
            {"reason": "URLError: <urlopen error [Errno -3] Temporary failure in name resolution>"},
        ),
        (
            "ConnectError: [Errno 101] Network is unreachable",
            "network-missing",
            {"reason": "ConnectError: [Errno 101] Network is unreachable"},
        ),
    ],
)
def test_an_error_is_found_with_its_cure(said: str, rule: str, facts: dict[str, str]) -> None:
    assert why_it_failed(said) == (rule, facts)
