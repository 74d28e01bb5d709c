"""The hand-off package: one ZIP with everything that a facility needs, and no clock in it."""

from fabdesign.export.bundle.content import Exported, Package, package_name, with_names
from fabdesign.export.bundle.suggest import suggested_format
from fabdesign.export.bundle.write import write_bundle

__all__ = ["Exported", "Package", "package_name", "suggested_format", "with_names", "write_bundle"]
