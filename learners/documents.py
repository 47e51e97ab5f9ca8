"""Documents of a person: looked into before they are kept, kept under a random name, removed so that it can be undone.

A file is what its first bytes and its inside say, and its name must say the same. Whatever could be two things at once,
or act when it is opened, is refused with the sentence that says what to do instead.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import puremagic
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Document, Learner
from learners.sending import one_at_a_time
from learners.states import DocumentKind
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Organisation, User
from partners.nir import SENTENCE, contains_nir

LARGEST = 10 * 1024 * 1024
QUOTA = 50  # documents kept with one person
LONGEST_NAME = 150
# Inside an office file: how much comes out is known before anything does.
MOST_MEMBERS, MOST_UNZIPPED, MOST_RATIO = 2_000, 100 * 1024 * 1024, 200
HEAD, TAIL = 4_096, 66_000  # where a browser looks for HTML, and where the end of a zip stands


class Format(NamedTuple):
    """A kind of file that is taken. `member`: what an office file must hold to be one."""

    mime: str
    endings: tuple[str, ...]
    start: bytes
    member: str = ""


ZIP = b"PK\x03\x04"
PNG = b"\x89PNG\r\n\x1a\n"
ODT = "application/vnd.oasis.opendocument.text"
OPEN_XML = "application/vnd.openxmlformats-officedocument."
FORMATS = (
    Format("application/pdf", (".pdf",), b"%PDF-"),
    Format("image/png", (".png",), PNG),
    Format("image/jpeg", (".jpg", ".jpeg"), b"\xff\xd8\xff"),
    Format(OPEN_XML + "wordprocessingml.document", (".docx",), ZIP, "word/document.xml"),
    Format(OPEN_XML + "spreadsheetml.sheet", (".xlsx",), ZIP, "xl/workbook.xml"),
    Format(ODT, (".odt",), ZIP, "content.xml"),
)
ACCEPT = ",".join(ending for one in FORMATS for ending in one.endings)
# What must not stand before the last ending: « cv.php.pdf » is two things.
OTHER_ENDING = re.compile(
    r"\.(?:exe|com|bat|cmd|scr|msi|m?js|vbs|ps1|sh|jar|php\d?|phtml|aspx?|jsp|cgi|pl|py|x?html?|svgz?|xml|zip|rar|7z|iso"
    r"|lnk|hta|[dpx](?:oc|pt|ls)m|xlsm|dll|apk|pdf|png|jpe?g|docx?|odt|xlsx?|gif|swf)\s*\.",
    re.IGNORECASE,
)
MARKUP = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe|\?php)", re.IGNORECASE)
ZIP_END = b"PK\x05\x06"
# Printer settings and numbered items are the only binaries that office programs put there by themselves.
ACTIVE_MEMBER = re.compile(
    r"vba|activex|(?<!printersettings\d)(?<!printersettings\d\d)(?<!item\d)\.bin$|\.(?:exe|dll|js|vbs|class|jar)$",
    re.IGNORECASE,
)


def examine(name: str, size: int, data: bytes) -> Format:
    """What a file of this name, size and content is. Raises Refused."""
    _check_name(name)
    if size > LARGEST:
        raise Refused(_("Ce fichier dépasse 10 Mo. Enregistrez-le en plus petit, ou en plusieurs parties."))
    if not data:
        raise Refused(_("Ce fichier est vide."))
    found = _look_into_zip(data) if data.startswith(ZIP) else _by_magic(data)
    if PurePosixPath(name).suffix.lower() not in found.endings:
        raise Refused(
            _("Le nom de ce fichier ne dit pas ce qu’il contient\u00a0: il devrait finir par «\u00a0%(ending)s\u00a0».")
            % {"ending": found.endings[0]}
        )
    return found


def _check_name(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise Refused(_("Le nom de ce fichier est trop long\u00a0: 150 caractères au plus."))
    if not name.isprintable() or "/" in name or "\\" in name:
        raise Refused(_("Le nom de ce fichier contient des signes qui ne s’affichent pas. Renommez-le."))
    if contains_nir(name.replace("_", "")):
        raise Refused(SENTENCE)
    if OTHER_ENDING.search(name):
        raise Refused(
            _("Le nom de ce fichier porte deux extensions. Gardez-en une seule, par exemple «\u00a0cv.pdf\u00a0».")
        )


def _not_taken() -> Refused:
    return Refused(
        _(
            "Ce format n’est pas accepté. Déposez un PDF, une image PNG ou JPEG, un document Word, OpenDocument ou Excel."
        )
    )


def _two_things() -> Refused:
    return Refused(
        _("Ce fichier contient autre chose que ce qu’il annonce. Enregistrez-le à nouveau depuis son logiciel.")
    )


def _by_magic(data: bytes) -> Format:
    """A PDF or an image: what the first bytes say, unless those who know all formats recognise another."""
    found = next((one for one in FORMATS if data.startswith(one.start)), None)
    if found is None:
        raise _not_taken()
    try:
        known = {match.mime_type for match in puremagic.magic_string(data[:HEAD])}
    except (puremagic.PureError, ValueError):
        known = set()
    if known and found.mime not in known:
        raise _not_taken()
    if MARKUP.search(data[:HEAD]) or ZIP_END in data[-TAIL:] or MARKUP.search(data[-HEAD:]) or not _ends(found, data):
        raise _two_things()
    return found


def _ends(found: Format, data: bytes) -> bool:
    """Whether the file ends where its format says it does, so that nothing can stand after it."""
    if found.start == PNG:
        return data.endswith(b"IEND\xaeB`\x82") and data.count(b"IEND\xaeB`\x82") == 1
    if found.mime == "application/pdf":
        return b"%%EOF" in data[-2_048:]
    return b"\xff\xd9" in data[-HEAD:]  # telephones write a few bytes after the end of a picture


def _look_into_zip(data: bytes) -> Format:
    """An office file: exactly one of those we take, that fills the whole file, opens safely and holds nothing that acts."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members, archive.comment, data)
            names = {member.filename for member in members}
            kind = archive.read("mimetype") if "mimetype" in names else b""
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
        raise Refused(_("Ce fichier est abîmé\u00a0: on ne peut pas l’ouvrir. Enregistrez-le à nouveau.")) from None
    likely = [one for one in FORMATS if one.member in names and (one.mime == ODT) == bool(kind)]
    if len(likely) != 1 or (kind and kind.strip() != ODT.encode()):
        raise _not_taken()
    return likely[0]


def _check_members(members: list[zipfile.ZipInfo], comment: bytes, data: bytes) -> None:
    unzipped = sum(member.file_size for member in members)
    heavy = len(members) > MOST_MEMBERS or unzipped > MOST_UNZIPPED or unzipped > MOST_RATIO * len(data)
    if heavy:
        raise Refused(_("Ce fichier est démesurément grand une fois ouvert. Enregistrez-le à nouveau."))
    if any(member.flag_bits & 1 for member in members):
        raise Refused(_("Ce fichier est protégé par un mot de passe. Enregistrez-le sans mot de passe."))
    if any(ACTIVE_MEMBER.search(member.filename) for member in members):
        raise Refused(_("Ce fichier contient des macros ou des objets actifs. Enregistrez-le en PDF."))
    alone = data.rfind(ZIP_END) == len(data) - 22 and not comment
    inside = all(not name.startswith("/") and ".." not in name.split("/") for name in (m.filename for m in members))
    if not (alone and inside and min((member.header_offset for member in members), default=1) == 0):
        raise _two_things()


# --- Verbs -------------------------------------------------------------------------------------------------------


def keep(*, learner: Learner, upload: Any, kind: str, by: User, organisation: Organisation) -> Document:
    """Keep a file with a person, in the name of an organisation. Raises Refused, and keeps nothing then."""
    if upload.size > LARGEST:
        examine(upload.name, upload.size, b"")
    data = upload.read()
    found = examine(upload.name, upload.size, data)
    made = Document(
        learner=learner, organisation=organisation, added_by=by, kind=DocumentKind(kind), name=upload.name,
        mime=found.mime, size=len(data), sha256=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip
    made.file.save(upload.name, ContentFile(data), save=False)
    try:
        made.full_clean()
        _write(made, by=by)
    except BaseException:
        made.file.storage.delete(str(made.file.name))
        raise
    return made


@transaction.atomic
def _write(made: Document, *, by: User) -> None:
    one_at_a_time(made.learner_id)  # of two files at once, one waits to be counted
    kept = Document._base_manager.filter(learner=made.learner_id, removed_at=None)
    _refuse_over_quota(kept.count())
    if kept.filter(sha256=made.sha256).exists():
        raise Refused(_("Ce fichier est déjà parmi les documents de cette personne."))
    made.save()
    _note("add_document", made, by=by, organisation=made.organisation_id, kind=str(made.kind), size=made.size)


def _refuse_over_quota(kept: int) -> None:
    if kept >= QUOTA:
        raise Refused(
            _("Cette personne a déjà %(n)d documents, le plus que Relais en garde. Retirez-en un d’abord.")
            % {"n": QUOTA}
        )


@transaction.atomic
def remove(*, document: Document, by: User) -> None:
    """Take a document away from everybody; `restore` puts it back."""
    one_at_a_time(document.learner_id)
    if Document._base_manager.filter(pk=document.pk, removed_at=None).update(removed_at=timezone.now()):
        _note("remove_document", document, by=by)


@transaction.atomic
def restore(*, document: Document, by: User) -> None:
    """Put back what was removed. Raises Refused when there is no room any more."""
    one_at_a_time(document.learner_id)
    _refuse_over_quota(Document._base_manager.filter(learner=document.learner_id, removed_at=None).count())
    if Document._base_manager.filter(pk=document.pk).exclude(removed_at=None).update(removed_at=None):
        _note("restore_document", document, by=by)


def note_read(*, document: Document, by: User) -> None:
    """Say in the journal who opened a document, before it leaves."""
    _note("read_document", document, by=by)


def _note(verb: str, document: Document, *, by: User, organisation: int | None = None, **data: Any) -> None:
    """In the name of the organisation of whoever acts: their own among those they work for."""
    mine = by.organisation_ids
    acting = organisation or (document.organisation_id if document.organisation_id in mine else next(iter(mine), None))
    record(verb, document, by=by, organisation=acting, learner=document.learner_id, **data)
