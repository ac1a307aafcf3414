"""What the fictional city's prose says of approvals, command, calls, clocks and warnings, written down by hand.

From tests/plans/yunling/prose.md, section by section, before there was any YAML. Nothing here is read from the plan.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "plans" / "yunling"

OFFICER, SECOND = "shift_leader", "shift_officer"
DIRECTOR, MAYOR_IN_CHARGE, BUREAU, HEAD = "centre_director", "deputy_mayor", "bureau_chief", "head_commander"
CHAIR, FIRST_CHAIR, PROVINCE = "committee_chair", "committee_first_chair", "province_duty_leader"
COUNTY = "county_duty_leader"


class Agree(NamedTuple):
    """Who must agree, in order; who is asked when nobody answers; and who lays it before them, and before whom."""

    decide: tuple[str, ...]
    sign: tuple[str, ...] = ()
    upward: tuple[str, ...] = ()
    proposal: tuple[str, str] | None = None


TO_COMMITTEE = ("accident_hq", "emergency_committee")

# 7.2 to 7.5
LEVELS: Mapping[str, Agree] = {
    "IV": Agree((DIRECTOR,), (BUREAU,), (HEAD,)),
    "III": Agree((MAYOR_IN_CHARGE, BUREAU), (HEAD,), (CHAIR,)),
    "II": Agree((CHAIR, FIRST_CHAIR), (CHAIR,), (FIRST_CHAIR,), TO_COMMITTEE),
    "I": Agree((FIRST_CHAIR, CHAIR), (FIRST_CHAIR,), (PROVINCE,), TO_COMMITTEE),
}
# 7.3-03, 7.4-03, 7.5-03: at IV the county keeps command; above, the highest who is there.
COMMANDERS: Mapping[str, tuple[str, ...]] = {
    "IV": (),
    "III": (MAYOR_IN_CHARGE,),
    "II": (HEAD, MAYOR_IN_CHARGE),
    "I": (CHAIR, HEAD, MAYOR_IN_CHARGE),
}
# 10.2-01
SCENE_ENDS: Mapping[str, tuple[str, ...]] = {
    "IV": (DIRECTOR,),
    "III": (MAYOR_IN_CHARGE, BUREAU),
    "II": (CHAIR,),
    "I": (FIRST_CHAIR,),
}

# 7.2-05: and environment for chemicals and fireworks, housing for construction.
CALLED_IV = {"site_county", "site_township", "safety_bureau", "fire_rescue", "police_force", "health_board"}
TOLD_IV = {"roads_office", "utilities_office", "publicity_office", "treasury", "expert_roster"}
# 7.3-05: the enterprise and all members but finance.
CALLED_III = CALLED_IV | {
    "plant", "environment_office", "housing_office", "roads_office", "utilities_office", "publicity_office",
    "expert_roster",
}  # fmt: skip
# 7.4-05, 7.5-05
CALLED_II = CALLED_III | {"emergency_committee", "city_hall", "treasury"}
CALLED_I = CALLED_II | {"party_committee"}
CALLED: Mapping[str, set[str]] = {"IV": CALLED_IV, "III": CALLED_III, "II": CALLED_II, "I": CALLED_I}

# 8.2: the monitoring group for chemicals and fireworks only; at IV there is no on-site headquarters (8.1-01).
GROUPS = {"group_rescue", "group_treatment", "group_cordon", "group_support", "group_information"}
LEADS: Mapping[str, str] = {
    "group_rescue": "fire_rescue",
    "group_treatment": "health_board",
    "group_cordon": "police_force",
    "group_monitoring": "environment_office",
    "group_support": "site_county",
    "group_information": "command_centre",
}


class Limit(NamedTuple):
    """From when it counts and how long it is, in minutes; by which leg, to whom."""

    starts: str
    minutes: int
    leg: str
    to: str


HOUR, DAY = 60, 24 * 60
# 5.1-01, 5.1-02
_BELOW = {
    "plant-report": Limit("heard", 30, "any", "site_county"),
    "county-report": Limit("heard", HOUR, "any", "command_centre"),
}
# Order 493 art. 10.
_SIDE = {
    "side-police": Limit("received", 2 * HOUR, "any", "police_force"),
    "side-human-resources": Limit("received", 2 * HOUR, "any", "labour_bureau"),
    "side-trade-union": Limit("received", 2 * HOUR, "any", "labour_union"),
    "side-procuratorate": Limit("received", 2 * HOUR, "any", "prosecutors"),
}
# 5.2-01, 5.2-02
_EVERY = {
    **_BELOW,
    **_SIDE,
    "phone-party": Limit("received", 20, "phone", "party_committee"),
    "phone-government": Limit("received", 20, "phone", "city_hall"),
    "paper-government": Limit("received", 40, "paper", "city_hall"),
}
_SERIOUS = {
    **_EVERY,
    "phone-province": Limit("received", 20, "phone", "province_emergency"),
    "paper-party": Limit("received", 40, "paper", "party_committee"),
    "paper-province": Limit("received", 40, "paper", "province_emergency"),
}
# 5.3-01; the daily one and the one twice a day are the national order's.
_MAJOR = {
    **_SERIOUS,
    "city-follow-up-major": Limit("received", 3 * HOUR, "paper", "city_hall"),
    "follow-up-major": Limit("received", DAY // 2, "paper", "city_hall"),
}
CLOCKS: Mapping[str, Mapping[str, Limit]] = {
    "IV": {
        **_EVERY,
        "own-government": Limit("received", 2 * HOUR, "paper", "city_hall"),
        "follow-up": Limit("received", DAY, "paper", "city_hall"),
    },
    "III": {
        **_SERIOUS,
        "city-follow-up": Limit("received", 6 * HOUR, "paper", "city_hall"),
        "follow-up": Limit("received", DAY, "paper", "city_hall"),
    },
    "II": _MAJOR,
    "I": _MAJOR,
}
# 5.2-03
NEIGHBOURS = Limit("received", 20, "any", "neighbouring_cities")


class Colour(NamedTuple):
    """One colour: the grade that is expected, who determines it, what it sets going beside the colours below."""

    grade: str
    agree: Agree
    owes: Mapping[str, str]
    """Who owes what."""


# 4.1 and 4.3
WARNINGS: Mapping[str, Colour] = {
    "blue": Colour(
        "IV", Agree((DIRECTOR,), upward=(HEAD,)), {"patrol-more": "site_county", "check-contacts": "command_centre"}
    ),
    "yellow": Colour(
        "III",
        Agree((MAYOR_IN_CHARGE, BUREAU), upward=(HEAD,)),
        {"teams-stand-by": "safety_bureau", "equipment-forward": "fire_rescue", "beds-ready": "health_board"},
    ),
    "orange": Colour(
        "II",
        Agree((HEAD,), upward=(CHAIR,)),
        {"move-residents": "site_county", "close-roads": "police_force"},
    ),
    "red": Colour("I", Agree((CHAIR,), upward=(FIRST_CHAIR,), proposal=TO_COMMITTEE), {"stop-work": "site_county"}),
}
VALID_HOURS = 24
CONTENT = ("kind", "colour", "valid-from", "valid-until", "area", "notes", "advice", "hotline", "issuer", "issued-at")
PUBLISHER = "warning_centre"

# 7.1-01, in minutes.
PACE = (5, 10, 15, 12 * HOUR)

# 9.1: by grade, who publishes and who approves the text.
RELEASES: Mapping[str, tuple[str, str]] = {
    "IV": ("site_county", DIRECTOR),
    "III": ("press_office", HEAD),
    "II": ("press_office", CHAIR),
    "I": ("press_office", CHAIR),
}
