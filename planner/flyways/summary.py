"""What an analysis of a flyway found, in sentences for planners."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.records import listed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.flyways.analysis import Flyway, Level
    from planner.flyways.zones import Candidate, Closing

_MOST_NAMES = 8


def summary_text(flyway: Flyway) -> str:
    """Write the summary: facts, connection, critical sites, gaps, sensitivity, limits."""
    paragraphs = [
        _heading(flyway),
        "\n".join(_facts(flyway)),
        "\n".join(_connection(flyway)),
        "\n".join(_critical(flyway)),
        "\n".join(_gaps(flyway)),
        "\n".join(_sensitivity(flyway)),
        _LIMITS,
    ]
    return "\n\n".join(part for part in paragraphs if part) + "\n"


_LIMITS = (
    "A flight is possible here where the geodesic between two sites is no longer than the "
    "range; wind, weather and what a site can feed are not looked at. Every site may be "
    "rested at, whatever its role. Only sites that are known are in the network: a gap may be "
    "a gap in knowledge."
)


def _heading(flyway: Flyway) -> str:
    season = f", {flyway.season}" if flyway.season else ""
    return f"Flyway: {flyway.title}{season}"


def _facts(flyway: Flyway) -> list[str]:
    roles = [role for site in flyway.sites for role in (site.roles or ("unknown",))]
    counts = {role: roles.count(role) for role in dict.fromkeys(roles)}
    told = listed([f"{count} {role}" for role, count in sorted(counts.items())])
    lines = [f"{len(flyway.sites)} sites by role: {told}.", flyway.flight.told]
    if not flyway.season:
        lines.append("Which sites serve on the way north or south is not known: one network.")
    return [*lines, *flyway.notes]


def _connection(flyway: Flyway) -> list[str]:
    found = flyway.value.measures
    if not found.possible > 0:
        return ["There is no pair of a breeding and a wintering site: only parts are told."]
    parts = int(found.part.max()) + 1
    lines = [
        f"At {flyway.value.range_km:g} km the sites are in {_counted(parts, 'part')}; "
        f"{100 * found.connected_share:.0f} % of the pairs of a breeding and a wintering site "
        "are joined by flights."
    ]
    worst = flyway.bottleneck()
    if worst is not None and np.isfinite(worst[0]):
        ends = np.argwhere(np.isclose(flyway.distance_km, worst[0], rtol=1e-12, atol=0))
        leg = ""
        if len(ends):
            a, b = (flyway.sites[int(at)].name for at in ends[0])
            leg = f", from {a} to {b}"
        lines.append(
            f"The longest flight that must be flown, so that every breeding and every "
            f"wintering site is served, is {worst[0]:.0f} km{leg}."
        )
    if len(found.cut):
        lines.append(
            f"At most {_counted(len(found.cut), 'route')} can be flown that share no site; the "
            f"loss of {_names(flyway, found.cut)} would leave no route at all."
        )
    return lines


def _critical(flyway: Flyway) -> list[str]:
    found = flyway.value.measures
    if not found.possible > 0:
        return []
    critical = np.flatnonzero(found.critical)
    if not len(critical):
        lines = ["No single site is critical: the loss of one parts no pair of other sites."]
    else:
        parted = found.pairs.percent(found.pairs.connector)
        critical = critical[np.argsort(-parted[critical], kind="stable")]
        lines = ["Critical sites, whose loss parts breeding from wintering sites elsewhere:"]
        lines += [
            f"- {flyway.sites[int(at)].name} ({flyway.sites[int(at)].shown_roles}; "
            f"{flyway.sites[int(at)].status}): parts {parted[at]:.1f} % of the joined pairs"
            for at in critical
        ]
    longer = found.lengthening
    far = [int(at) for at in np.argsort(-longer, kind="stable") if longer[at] > 0.5]
    lines += [
        f"- Without {flyway.sites[at].name} "
        + (
            f"the longest needed flight is {longer[at]:.0f} km longer."
            if np.isfinite(longer[at])
            else "no pair of a breeding and a wintering site is left."
        )
        for at in far[:_MOST_NAMES]
    ]
    return lines


def _gaps(flyway: Flyway) -> list[str]:
    level = flyway.value
    lines = []
    for at, gap in enumerate(level.gaps):
        a, b = flyway.sites[gap.first].name, flyway.sites[gap.second].name
        share = 100 * gap.gain / level.measures.possible if level.measures.possible > 0 else 0
        lines.append(
            f"Gap {at + 1}: {gap.length:.0f} km from {a} to {b}, longer than one flight. "
            f"{_counted(gap.stones, 'resting place')} would close it and join "
            f"{share:.0f} % of all pairs."
        )
        closing = level.closings[at] if at < len(level.closings) else None
        if closing is not None:
            lines += _closing(level, closing)
    return lines


def _closing(level: Level, closing: Closing) -> list[str]:
    lines = []
    for zone in closing.zones:
        if not zone.area_km2 > 0:
            lines.append(
                f"  Place {zone.stone}: flights of {level.range_km:g} km leave no room."
            )
            continue
        land = listed([f"{iso3} {km2:,.0f} km2" for iso3, km2 in zone.land_km2.items()])
        where = f"; land in it: {land}" if land else "; no land of the base map lies in it"
        names = [_candidate(site) for site in zone.sites[:_MOST_NAMES]]
        more = "" if len(zone.sites) <= _MOST_NAMES else " and more"
        known = (
            f" {_counted(len(zone.sites), 'known place')} in it: {listed(names)}{more}."
            if names
            else " No site of the catalogue or of another migrant lies in it."
        )
        lines.append(
            f"  Place {zone.stone} must lie somewhere in a zone of {zone.area_km2:,.0f} km2"
            f"{where}.{known}"
        )
    if closing.chain:
        chain = listed([_candidate(site) for site in closing.chain])
        lines.append(f"  The fewest known places that close it: {chain}.")
    if closing.chain or any(zone.sites for zone in closing.zones):
        lines.append("  Whether birds of this flyway rest at any of these places is not known.")
    return lines


def _sensitivity(flyway: Flyway) -> list[str]:
    if len(flyway.levels) < 2:
        return []
    lines = ["What depends on the flight range:"]
    for level in flyway.levels:
        found = level.measures
        critical = np.flatnonzero(found.critical)
        joined = (
            f"{100 * found.connected_share:.0f} % of pairs joined"
            if found.possible > 0
            else "no pairs"
        )
        parts = _counted(int(found.part.max()) + 1, "part")
        lines.append(
            f"- {level.range_km:g} km: {parts}, {joined}, "
            f"{_counted(len(critical), 'critical site')}"
            + (f" ({_names(flyway, critical)})" if len(critical) else "")
            + _widest_gap(flyway, level)
        )
    every = [set(np.flatnonzero(level.measures.critical)) for level in flyway.levels]
    always = set.intersection(*every)
    if always:
        names = _names(flyway, np.array(sorted(always)))
        lines.append(f"Critical at every one of these ranges: {names}.")
    elif any(every):
        lines.append("No site is critical at all of these ranges.")
    return lines


def _widest_gap(flyway: Flyway, level: Level) -> str:
    if not level.gaps:
        return ""
    gap = max(level.gaps, key=lambda gap: gap.length)
    a, b = flyway.sites[gap.first].name, flyway.sites[gap.second].name
    told = f"{gap.length:.0f} km from {a} to {b}"
    if len(level.gaps) == 1:
        return f"; 1 gap: {told}"
    return f"; {len(level.gaps)} gaps, the widest {told}"


def _names(flyway: Flyway, at: NDArray[np.integer]) -> str:
    names = [flyway.sites[int(site)].name for site in at[:_MOST_NAMES]]
    if len(at) > _MOST_NAMES:
        names.append(f"{len(at) - _MOST_NAMES} more")
    return listed(names)


def _candidate(site: Candidate) -> str:
    return site.name if site.kind == "catalogue" else f"{site.name} (known for {site.kind})"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
