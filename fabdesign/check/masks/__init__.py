"""From mask polygons back to heights; nothing is shared with the exporter but the words of the format."""

from fabdesign.check.masks.plan import MaskPlan, PlannedMask, plan_of_notes, plan_of_table
from fabdesign.check.masks.read import read_masks

__all__ = ["MaskPlan", "PlannedMask", "plan_of_notes", "plan_of_table", "read_masks"]
