"""The vocabulary of trainers: `from pathshala import Clip, Reflection, Choice`."""

from widgets import *  # noqa: F403 - the vocabulary of widgets, and nothing else
from widgets import __all__ as __all__
