"""Live pages: what a reader's kernel costs, beside the stock one in the same run."""

from bench import kernels
from bench.rows import Row


def measure() -> list[Row]:
    """Compare kernels."""
    return kernels.rows()
