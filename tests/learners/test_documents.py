"""Documents: what is taken, what is refused and why, who reads them, how they leave and come back."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as deep
from hypothesis import strategies as st

from learners import access, documents
from learners.documents import LARGEST, QUOTA, examine
from learners.models import Document, Responsibility, Sharing
from partners.lifecycle import Refused
from partners.models import Event
from tests.learners import files
from tests.makers import learner, member, organisation, training_body
from tests.people import person

TRUE = {
    "cv.pdf": files.PDF, "photo.png": files.PNG, "photo.JPG": files.JPEG, "scan.jpeg": files.JPEG, "lettre.docx": files.DOCX,
    "suivi.xlsx": files.XLSX, "lettre.odt": files.odt(), "CV de Sacha v1.2 (été).pdf": files.PDF, "attestation n° 3, mai.pdf": files.PDF,
}  # fmt: skip
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
# What is sent, under which name, and the words of the refusal.
FALSE = {
    "html under a pdf's name": ("cv.pdf", b"<html><script>alert(1)</script>", "format"),
    "svg": ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>', "format"),
    "svg under an image's name": ("logo.png", b'<?xml version="1.0"?><svg onload="x"/>', "format"),
    "program": ("cv.pdf", b"MZ" + bytes(200), "format"),
    "the test virus": ("cv.pdf", EICAR, "format"),
    "old office": ("cv.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "format"),
    "archive": ("pieces.zip", files.office("readme.txt"), "format"),
    "empty": ("cv.pdf", b"", "vide"),
    "image under a pdf's name": ("cv.pdf", files.PNG, "Le nom"),
    "text document under a workbook's name": ("cv.xlsx", files.DOCX, "Le nom"),
    "two extensions": ("cv.php.pdf", files.PDF, "deux extensions"),
    "two extensions, the first hidden by spaces": ("cv.exe   .pdf", files.PDF, "deux extensions"),
    "two true extensions": ("cv.html.png", files.PNG, "deux extensions"),
    "no extension": ("cv", files.PDF, "Le nom"),
    "social-security number": ("1 85 05 78 006 084 36.pdf", files.PDF, "sécurité sociale"),
    "social-security number with dashes": ("cv_1-85-05-78-006-084.pdf", files.PDF, "sécurité sociale"),
    "social-security number with underscores": ("1_85_05_78_006_084_36.pdf", files.PDF, "sécurité sociale"),
    "signs that do not show": ("cv\u202efdp.pdf", files.PDF, "ne s’affichent pas"),
    "a very long name": ("c" * 160 + ".pdf", files.PDF, "trop long"),
    "pdf and zip": ("cv.pdf", files.PDF + files.office("index.html"), "autre chose"),
    "pdf and html": ("cv.pdf", b"%PDF-1.4 <html><script>alert(1)</script>\n%%EOF", "autre chose"),
    "pdf without end": ("cv.pdf", b"%PDF-1.4 nothing", "autre chose"),
    "png and zip": ("photo.png", files.PNG + files.office("a"), "autre chose"),
    "png and more": ("photo.png", files.PNG + b"<script>x</script>", "autre chose"),
    "jpeg and html": ("photo.jpg", files.JPEG[:20] + b"<script>alert(1)</script>" + files.JPEG[20:], "autre chose"),
    "jpeg and zip": ("photo.jpg", files.JPEG + files.office("a"), "autre chose"),
    "office with something after": ("lettre.docx", files.DOCX + b"<script>x</script>", "autre chose"),
    "office that climbs": ("lettre.docx", files.office("word/document.xml", **{"../../etc/x.xml": b"x"}), "autre chose"),
    "two office files in one": ("lettre.docx", files.office("word/document.xml", **{"xl/workbook.xml": b"x"}), "format"),
    "macros": ("lettre.docx", files.office("word/document.xml", **{"word/vbaProject.bin": b"x"}), "macros"),
    "objects": ("suivi.xlsx", files.office("xl/workbook.xml", **{"xl/embeddings/oleObject1.bin": b"x"}), "macros"),
    "program inside": ("lettre.docx", files.office("word/document.xml", **{"word/embeddings/a.exe": b"x"}), "macros"),
    "bomb": ("lettre.docx", files.bomb(), "démesurément"),
    "password": ("lettre.docx", files.locked(), "mot de passe"),
    "broken zip": ("lettre.docx", files.DOCX[: len(files.DOCX) // 2], "abîmé"),
}  # fmt: skip


@pytest.mark.parametrize("name", TRUE)
def test_what_professionals_send_is_taken(name):
    assert examine(name, len(TRUE[name]), TRUE[name]).mime


@pytest.mark.parametrize("case", FALSE)
def test_anything_else_is_refused_with_a_reason(case):
    name, data, reason = FALSE[case]
    with pytest.raises(Refused, match=reason):
        examine(name, len(data), data)


def test_what_weighs_more_than_ten_megabytes_is_refused_before_it_is_read():
    with pytest.raises(Refused, match="10 Mo"):
        examine("cv.pdf", LARGEST + 1, b"")


@deep(max_examples=300, deadline=None)
@given(name=st.text(max_size=60), data=st.binary(max_size=300) | st.sampled_from([files.PDF, files.DOCX, files.PNG]))
def test_no_file_makes_it_stumble(name, data):
    try:
        found = examine(name, len(data), data)
    except Refused:
        return
    assert name.lower().endswith(found.endings)


@deep(max_examples=200, deadline=None)
@given(at=st.integers(0, len(files.DOCX) - 1), byte=st.integers(0, 255), cut=st.integers(0, 40))
def test_a_spoilt_office_file_is_refused_or_read_never_a_crash(at, byte, cut):
    data = bytearray(files.DOCX)
    data[at] = byte
    spoilt = bytes(data[: len(data) - cut])
    try:
        examine("lettre.docx", len(spoilt), spoilt)
    except Refused as reason:
        assert str(reason)


# --- Pages -------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def known(body, coline):
    return learner(body, by=coline, first_name="Inès", last_name="Fictive")


def send(client, person, data=files.PDF, name="CV d’Inès.pdf", kind="cv"):
    upload = SimpleUploadedFile(name, data, content_type="text/html")
    return client.post(f"/personnes/{person.pk}/documents/nouveau/", {"file": upload, "kind": kind})


def kept_files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()] if media.exists() else []


def test_a_document_is_kept_under_a_random_name_and_said_in_the_journal(client, known, coline, media):
    client.force_login(coline)
    assert send(client, known).status_code == 302
    [document] = Document.objects.filter(learner=known)
    assert (document.mime, document.size, document.name) == ("application/pdf", len(files.PDF), "CV d’Inès.pdf")
    assert document.sha256 == hashlib.sha256(files.PDF).hexdigest()
    [path] = kept_files(media)
    assert path.name == Path(document.file.name).name
    assert "CV" not in str(path)
    assert path.stat().st_mode & 0o077 == 0
    event = Event.objects.get(verb="add_document")
    assert (event.actor, event.organisation_id, event.learner_id) == (coline, known.holder_id, known.pk)
    assert event.data == {"kind": "cv", "size": len(files.PDF)}


def test_a_refusal_is_said_on_the_page_and_keeps_nothing(client, known, coline, media):
    client.force_login(coline)
    for name, data in (("cv.pdf", b"<html>"), ("1 85 05 78 006 084 36.pdf", files.PDF)):
        answer = send(client, known, data, name)
        assert answer.status_code == 422
        assert "error-summary" in answer.content.decode()
    assert client.post(f"/personnes/{known.pk}/documents/nouveau/", {"kind": "cv"}).status_code == 422
    assert send(client, known, kind="inconnu").status_code == 422
    assert not Document.objects.exists()
    assert kept_files(media) == []
    assert "1 85 05" not in str(list(Event.objects.values()))


def test_a_file_is_served_shut_and_each_reading_is_written_down(client, known, coline):
    client.force_login(coline)
    send(client, known)
    document = Document.objects.get()
    url = f"/personnes/{known.pk}/documents/{document.pk}/"
    answer = client.get(url)
    assert b"".join(answer.streaming_content) == files.PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''CV%20d%E2%80%99In%C3%A8s.pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "script-src" not in answer["Content-Security-Policy"]
    client.get(url)
    assert Event.objects.filter(verb="read_document", learner_id=known.pk, actor=coline).count() == 2
    assert client.post(url).status_code == 405


def test_nothing_serves_what_is_kept_by_its_address(client, known, coline):
    client.force_login(coline)
    send(client, known)
    name = Document.objects.get().file.name
    for url in (f"/media/{name}", f"/{name}", f"/static/{name}", f"/static/../media/{name}"):
        assert client.get(url).status_code == 404


def test_removing_can_be_undone_and_hides_at_once(client, known, coline, media):
    client.force_login(coline)
    send(client, known)
    document = Document.objects.get()
    url = f"/personnes/{known.pk}/documents/{document.pk}/"
    assert client.get(url + "retirer/").status_code == 405
    client.post(url + "retirer/")
    assert client.get(url).status_code == 404
    page = client.get(f"/personnes/{known.pk}/").content.decode()
    assert "Documents retirés (1)" in page
    assert url + "remettre/" in page
    client.post(url + "remettre/")
    assert client.get(url).status_code == 200
    assert len(kept_files(media)) == 1
    assert [event.verb for event in Event.objects.filter(subject_type="learners.document").order_by("pk")] == [
        "add_document", "remove_document", "restore_document", "read_document",
    ]  # fmt: skip


def test_the_same_file_is_kept_once_and_there_is_an_end_to_it(client, known, coline, media):
    client.force_login(coline)
    assert send(client, known).status_code == 302
    answer = send(client, known, name="autre.pdf")
    assert answer.status_code == 422
    assert "déjà parmi les documents" in answer.content.decode()
    shape = Document.objects.get()
    for n in range(QUOTA - 1):
        Document.objects.create(
            learner=known, organisation=shape.organisation, added_by=coline, kind="cv", name=f"{n}.pdf", file="x", mime="x",
            size=1, sha256=f"{n}",
        )  # fmt: skip
    answer = send(client, known, files.PNG, "photo.png")
    assert answer.status_code == 422
    assert f"déjà {QUOTA} documents" in answer.content.decode()
    assert len(kept_files(media)) == 1


def test_a_write_that_fails_leaves_no_file_behind(known, coline, media, monkeypatch):
    monkeypatch.setattr(documents, "_note", lambda *args, **data: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        documents.keep(
            learner=known,
            upload=SimpleUploadedFile("cv.pdf", files.PDF),
            kind="cv",
            by=coline,
            organisation=known.holder,
        )
    assert kept_files(media) == []
    assert not Document.objects.exists()


# --- Who ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def stored(known, coline):
    upload = SimpleUploadedFile("Canari médical.pdf", files.PDF)
    return documents.keep(learner=known, upload=upload, kind="cv", by=coline, organisation=known.holder)


def urls(stored) -> list[str]:
    base = f"/personnes/{stored.learner_id}/documents/"
    return [f"{base}nouveau/", f"{base}{stored.pk}/", f"{base}{stored.pk}/retirer/", f"{base}{stored.pk}/remettre/"]


def partner(known, scope):
    """A manager of another organisation with which the person is shared so."""
    other = organisation()
    Sharing.objects.create(learner=known, organisation=other, scope=scope, basis="referral", since="2026-01-05")
    return member(other, role="manager")


@pytest.mark.parametrize("scope", ["identity", "path"])
def test_who_was_not_given_the_documents_does_not_know_of_any(client, known, stored, scope):
    client.force_login(partner(known, scope))
    for url in urls(stored):
        assert {client.get(url).status_code, client.post(url).status_code} <= {404, 405}
    assert "Canari" not in client.get(f"/personnes/{known.pk}/").content.decode()
    stored.refresh_from_db()
    assert stored.removed_at is None


def test_who_was_given_the_documents_reads_and_changes_nothing(client, known, stored):
    client.force_login(partner(known, "documents"))
    new, file, remove, restore = urls(stored)
    assert client.get(file).status_code == 200
    assert [client.post(url).status_code for url in (new, remove, restore)] == [403, 403, 403]
    page = client.get(f"/personnes/{known.pk}/").content.decode()
    assert "Canari médical.pdf" in page
    assert "Retirer" not in page
    stored.refresh_from_db()
    assert stored.removed_at is None


def test_strangers_find_nothing_nor_does_another_person_s_address(client, known, stored, sam, coline, body):
    client.force_login(sam)
    assert [client.get(url).status_code for url in urls(stored)[:2]] == [404, 404]
    client.force_login(coline)
    other = learner(body, by=coline)
    assert client.get(f"/personnes/{other.pk}/documents/{stored.pk}/").status_code == 404
    assert client.post(f"/personnes/{other.pk}/documents/{stored.pk}/retirer/").status_code == 404


def test_control_with_the_mask_off_a_partner_would_read_it(client, known, stored, monkeypatch):
    client.force_login(partner(known, "identity"))
    monkeypatch.setattr(access, "sights", lambda user, people: {one.pk: access.Sight(*[True] * 5) for one in people})
    assert client.get(urls(stored)[1]).status_code == 200


def test_a_former_holder_reads_for_thirty_days_and_writes_no_more(client, known, stored, coline, body):
    other = training_body()
    lately = timezone.localdate() - timedelta(days=3)
    Responsibility.objects.filter(learner=known).update(until=lately)
    Responsibility.objects.create(learner=known, organisation=other, since=lately)
    type(known).objects.filter(pk=known.pk).update(holder=other)
    client.force_login(coline)
    assert client.get(urls(stored)[1]).status_code == 200
    assert client.post(urls(stored)[2]).status_code == 403


def test_files_are_kept_for_their_owner_only():
    assert settings.FILE_UPLOAD_PERMISSIONS == 0o600
    assert settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS == 0o700
    assert not getattr(settings, "MEDIA_URL", "").strip("/")


def test_a_reader_of_the_body_sees_no_document(client, known, stored, body):
    client.force_login(person("Rémi", "Fictif", body, "reader"))
    assert client.get(urls(stored)[1]).status_code == 404
