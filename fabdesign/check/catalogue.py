"""Every finding by its id, in a few words: for documentation and for reports of what was looked for."""

from __future__ import annotations

from collections.abc import Mapping

from fabdesign.check.rules import rules

_FILES: Mapping[str, str] = {
    "assembly.gap": "the distance before a layer is not the design's",
    "assembly.obstructed": "columns in the aperture hold other than the layers",
    "assembly.shifted": "a layer lies sideways of the others",
    "assembly.trapped": "resin cannot leave a cavity",
    "base.thickness": "the base is thicker or thinner than the optics assumed",
    "bundle.altered": "a file of a package was changed",
    "bundle.checks": "the record of checks contradicts the files",
    "bundle.design": "the design in a package is damaged, or another one",
    "bundle.geometry": "the geometry in a package cannot be read back",
    "bundle.manifest": "the manifest of a package was changed",
    "bundle.missing": "a package lacks a file",
    "bundle.repacked": "a package was packed again by another program",
    "bundle.stray": "a package holds a file that it does not list",
    "bundle.sums": "the list of hashes of a package was changed",
    "bundle.tables": "the table of levels contradicts the design",
    "bundle.unread": "a file of a package is proved by its hash alone",
    "chain.altered": "another program has saved the image",
    "chain.cell": "the cell of a mask file has another name",
    "chain.header": "the header names no design",
    "chain.layers": "the header names another number of layers",
    "chain.no-record": "an image without the record of its scale",
    "chain.other-design": "the header names another design",
    "chain.record": "the record inside an image is not the one beside it",
    "compensation.missing": "the record of a compensation is not beside the file",
    "compensation.other": "the record beside the file is of another compensation",
    "compensation.undone": "a compensation was undone, with its uncertainty",
    "compensation.wrong": "the file is compensated otherwise than its record says",
    "geometry.base-not-flat": "the bottom of the base is not one plane",
    "geometry.bodies": "the relief falls into several solids",
    "geometry.degenerate": "triangles without area",
    "geometry.hole": "pixels without material",
    "geometry.inner-face": "faces inside the solid",
    "geometry.inside-out": "faces look inwards",
    "geometry.normals": "stored normals contradict the corners",
    "geometry.off-lattice": "corners between lattice points",
    "geometry.open": "edges without exactly two opposite faces",
    "geometry.tilted": "faces neither horizontal nor vertical",
    "geometry.volume": "the volume is not that of the pixels",
    "grey.depth": "an image has another number of bits",
    "heights.perturbed": "pixels keep their level but not its height",
    "job.hanging": "lines of a job over a gap",
    "job.partial": "pixels that a job writes in part or twice",
    "job.stray": "lines of a job off the pixel borders",
    "job.uneven": "slices of a job unevenly spaced",
    "layer.missing": "no file for a layer",
    "layer.repeated": "two files for one layer",
    "layer.swapped": "the file shows another layer",
    "levels.altered": "pixels with another level",
    "levels.unlike": "the relief is no layer of the design",
    "masks.extra": "shapes on layers that are no masks",
    "masks.mark-on-optic": "marks over the optic",
    "masks.no-level": "masks that together spell no level",
    "masks.off-grid": "mask shapes off the pixel borders",
    "masks.outside": "mask shapes beside the optic",
    "masks.overlap": "pixels that a mask draws twice",
    "masks.table": "the layer table contradicts the notes in the file",
    "model.thick-invalid": "the one-way model of the relief does not hold",
    "model.thin-invalid": "the thin-layer model does not hold",
    "optics.not-simulated": "the file cannot be simulated",
    "optics.other-machine": "the design scores otherwise than when it was made",
    "optics.predictions": "predictions differ from the design's",
    "orientation.f-mark": "the F beside the optic is turned",
    "orientation.mirrored": "the layer is mirrored",
    "orientation.on-side": "the layer lies on its side",
    "orientation.rotated": "the layer is rotated",
    "orientation.turned-over": "about which axis a layer was turned over",
    "orientation.upside-down": "the relief faces down",
    "pixels.count": "another number of pixels than the layer has",
    "pixels.resampled": "every pixel was divided, or several became one",
    "position.shifted": "the layer lies elsewhere in space",
    "record.optics": "the record is for another wavelength or index",
    "relief.inverted": "the relief is the design's negative",
    "scale.height": "heights are scaled",
    "scale.lateral": "pixels are scaled",
    "scale.resolution": "an image names another pixel size",
    "scale.unit": "the file names another unit",
    "scale.uniform": "everything is scaled, as by a wrong unit",
}


def finding_titles() -> dict[str, str]:
    """What each finding is about, by id: those of files, and the rules of processes.

    >>> finding_titles()["scale.uniform"]
    'everything is scaled, as by a wrong unit'
    """
    return dict(sorted({**_FILES, **{rule.id: rule.title for rule in rules().values()}}.items()))
