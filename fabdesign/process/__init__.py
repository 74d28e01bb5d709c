"""What machines can make, and the level table this gives at a wavelength."""

from fabdesign.process.candidates import even_slice_um
from fabdesign.process.level_table import LevelTable, full_turn_um, ideal_table
from fabdesign.process.levels import PrintedIndex, level_table, printed_index
from fabdesign.process.library import list_profiles, load_profile, profile_text
from fabdesign.process.marked import Marked, Spread
from fabdesign.process.profile import Profile

__all__ = [
    "LevelTable",
    "Marked",
    "PrintedIndex",
    "Profile",
    "Spread",
    "even_slice_um",
    "full_turn_um",
    "ideal_table",
    "level_table",
    "list_profiles",
    "load_profile",
    "printed_index",
    "profile_text",
]
