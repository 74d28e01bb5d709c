"""Reading grey images, dose planes and drawings by grey level back into levels."""

from fabdesign.check.grey.compare import GreyComparison, compare_grey
from fabdesign.check.grey.files import GreyCheck, GreyResult, check_grey_files, device_heights_um
from fabdesign.check.grey.read import GreyRead, is_grey_file, read_grey

__all__ = [
    "GreyCheck",
    "GreyComparison",
    "GreyRead",
    "GreyResult",
    "check_grey_files",
    "compare_grey",
    "device_heights_um",
    "is_grey_file",
    "read_grey",
]
