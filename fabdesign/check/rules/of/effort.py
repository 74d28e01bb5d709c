"""What a job costs: write time, triangles and bytes against what the machine and its software take."""

from __future__ import annotations

from collections.abc import Iterator

from fabdesign.check.finding import Finding, error
from fabdesign.check.rules.registry import Rule, source_of
from fabdesign.check.write_time import design_write_time
from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.relief import count_vertices, layer_lattice, make_relief

STL_HEADER, STL_TRIANGLE = 84, 50


def check_time(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error where writing takes longer than a job may."""
    limit = profile.limits.max_write_h
    if limit is None:
        return
    times = design_write_time(design, profile)
    hours = sum(time.total_s for time in times) / 3600
    if hours > limit.value:
        unknown = sorted({name for time in times for name in time.unknown})
        without = f" without {', '.join(unknown)}" if unknown else ""
        yield error(
            "print.time",
            f"Writing takes at least {hours:.3g} h{without}; a job may take {limit.value:.4g} h.",
            value=hours,
            limit=limit.value,
            unit="h",
            limit_source=source_of(profile, "limits.max_write_h", limit),
            hint="Print the layers one by one, use fewer pixels, or thicker slices.",
        )


def check_size(design: Design, profile: Profile) -> Iterator[Finding]:
    """An error where even the smallest STL of a layer has more triangles or bytes than the software takes."""
    most, megabytes = profile.limits.max_triangles, profile.limits.max_file_mb
    if "stl" not in profile.machine.accepts or (most is None and megabytes is None):
        return
    try:
        relief = make_relief(design, profile)
        counts = [count_vertices(layer_lattice(relief, k, exact=True)).floor for k in range(design.layers)]
    except ConfigError as refused:
        yield error("print.size", refused.message, hint=refused.hint)
        return
    for layer, triangles in enumerate(counts):
        size_mb = (STL_HEADER + STL_TRIANGLE * triangles) / 1e6
        for key, limit, value, unit in (
            ("limits.max_triangles", most, float(triangles), "triangles"),
            ("limits.max_file_mb", megabytes, size_mb, "MB"),
        ):
            if limit is not None and value > limit.value:
                yield error(
                    "print.size",
                    f"The STL of this layer has at least {value:.6g} {unit}; the software takes "
                    f"{limit.value:.6g}.",
                    layer=layer,
                    value=value,
                    limit=float(limit.value),
                    unit=unit,
                    limit_source=source_of(profile, key, limit),
                    hint="Split the layer, or write 3MF or job text.",
                )


RULES = (
    Rule("print.time", "write time of all layers", check_time, "limits.max_write_h"),
    Rule(
        "print.size",
        "triangles and bytes of a solid",
        check_size,
        "limits.max_triangles, limits.max_file_mb",
    ),
)
