"""Reading grey images, dose planes and drawings by grey level back into values and their meaning."""

from fabdesign.check.grey.read import GreyRead, read_grey

__all__ = ["GreyRead", "read_grey"]
