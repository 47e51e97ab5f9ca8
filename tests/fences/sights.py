"""Who may see which marks: data, by persona, by person and by class of field. What is not granted here is forbidden."""

from __future__ import annotations

from tests.canaries import Mark
from tests.world import COHORTS, USERS

IDENTITY = frozenset({"identity"})
PATH = IDENTITY | {"contacts", "path"}
WHOLE = PATH | {"documents"}

# Persona → person → classes of field. `own` writes, `read` does not; the sets say what is read.
OWN, READ, SHARED, NAMED = "own", "read", "shared", "named"
CLASSES = {OWN: WHOLE, READ: WHOLE, SHARED: PATH, NAMED: IDENTITY}
PEOPLE: dict[str, dict[str, str]] = {
    # An adviser: whom she follows; whom she let go of less than thirty days ago.
    "amina": {"followed": OWN, "referred": OWN, "objected": OWN, "ended": OWN, "enrolled": READ, "leaving": READ},
    # The manager of the same organisation: its every person, and whoever is shared with it.
    "mona": {
        "followed": OWN, "colleague": OWN, "referred": OWN, "objected": OWN, "ended": OWN,
        "enrolled": READ, "leaving": READ, "shared": SHARED, "named": SHARED,
    },
    "rita": {},  # a reader reads figures
    # The training body: whom it holds, and whom it is shown, no further than it is shown.
    "coline": {
        "enrolled": OWN, "named": OWN, "hosted": OWN, "proposed": OWN, "referred": SHARED, "limited": NAMED,
    },
    "theo": {"enrolled": READ},  # who entered with his own team
    "elsa": {"hosted": NAMED},  # whom her firm hosts, by name and dates
    "farid": {"named": NAMED},  # entrants under the agreement that says so
    "sam": {"far": OWN},
    "pia": {},  # the platform: nobody
    "anonymous": {},
}  # fmt: skip
LINKS = {"ines": {"referred": PATH}, "hana": {"proposed": IDENTITY}}  # who came in by a personal link

AGREEMENTS = {
    "coline": {"plain", "nominative"}, "theo": {"plain", "nominative"}, "farid": {"plain", "nominative"}, "sam": {"far"},
    "pia": {"plain", "nominative", "far"},  # the platform keeps them
}  # fmt: skip
SEEN_COHORTS = {
    "coline": {"team", "named", "quiet", "rated", "open"},
    "theo": {"team", "rated"},  # where he assesses
    "amina": {"team", "named"},  # where her organisation refers
    "mona": {"team", "named"},
    "rita": {"team", "named"},
    "farid": {"team", "named"},
    "sam": {"far"},
}
# Reports carry figures; names only under a nominative agreement, for its funder and for who sees the whole body.
REPORTS = {"coline": {"plain", "nominative"}, "theo": {"plain"}, "farid": {"plain", "nominative"}, "sam": {"far"}}
IMPORTS = {"mona": {"ml"}, "sam": {"body_far"}}
# Of their organisation: to its managers, and to who sees the person.
MESSAGES = {"amina": {"followed"}, "mona": {"followed"}, "sam": {"far"}}
GLASSES = {"mona": {"ml"}, "sam": {"body_far"}, "pia": {"ml", "body_far"}}
# What persons ask by themselves: to who answers in the training body, and to who typed it.
REQUESTS = {"coline": {"asked"}, "sam": {"typed"}, "amina": {"typed"}}
# Where and when persons are received: to who leads or teaches, to who referred them, and to the person.
SLOTS = {
    "coline": {"team"}, "theo": {"team"}, "amina": {"team"}, "mona": {"team"}, "ines": {"team"}, "sam": {"far"},
}  # fmt: skip
APPOINTMENTS = {
    "coline": {"referred"},
    "amina": {"referred"},
    "mona": {"referred"},
    "ines": {"referred"},
    "sam": {"far"},
}
TYPISTS = {"amina": "ml", "mona": "ml", "coline": "body", "sam": "body_far"}  # who writes for somebody, in whose name
# What anybody may read of a body that trains, without an account.
TRAINS = ("body", "body_far")
OPEN_PLACES = {"organisation.name", "organisation.phone", "organisation.email", "programme.title", "programme.skills"}
PERSONAS = (*USERS, "pia", "anonymous", *LINKS)
WALKERS = tuple(persona for persona in PERSONAS if persona not in {"bruno", "dana"})  # those two only hold persons

COLLEAGUES = {persona: {key for key, (of, *_) in USERS.items() if of == USERS[persona][0]} for persona in USERS}
COLLEAGUES["pia"] = {*USERS, "pia"}


def may_see(persona: str, mark: Mark) -> bool:
    """Whether this mark may stand on a page shown to this persona."""
    owner, kind = mark.owner, mark.kind
    if kind in WHOLE:
        if persona in LINKS:
            return kind in LINKS[persona].get(owner, ())
        return kind in CLASSES.get(PEOPLE.get(persona, {}).get(owner, ""), ())
    if kind.startswith("text:"):  # free text stays in the organisation that wrote it
        return persona in USERS and USERS[persona][0] == kind.removeprefix("text:") and owner in PEOPLE[persona]
    if kind == "account":
        return owner in COLLEAGUES.get(persona, ())
    if kind == "public" or (owner in TRAINS and mark.place in OPEN_PLACES):
        return True
    if kind in ("directory", "catalogue", "colleague"):  # partners, offers and professionals know one another by name
        return persona != "anonymous"
    granted = {
        "request": REQUESTS, "agreement": AGREEMENTS, "cohort": SEEN_COHORTS, "import": IMPORTS, "glass": GLASSES, "message": MESSAGES,
        "slot": SLOTS,
    }.get(kind)  # fmt: skip
    return bool(granted) and owner in granted.get(persona, ())


assert set(SEEN_COHORTS["coline"]) < set(COHORTS)
