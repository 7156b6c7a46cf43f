"""What a trainer puts on a page: one widget class per Vue component."""

from widgets.action_plan import ActionPlan
from widgets.clip import Clip
from widgets.hand_in import Feedback, HandIn
from widgets.home import Catalogue, CoursePage, Home, Library, Portfolio, SharedWork
from widgets.quiz import Choice, Match, MultiChoice, Order
from widgets.reflection import Reflection
from widgets.sharing import Gallery, PeerShare

__all__ = [
    "ActionPlan",
    "Catalogue",
    "Choice",
    "Clip",
    "CoursePage",
    "Feedback",
    "Gallery",
    "HandIn",
    "Home",
    "Library",
    "Match",
    "MultiChoice",
    "Order",
    "PeerShare",
    "Portfolio",
    "Reflection",
    "SharedWork",
]
