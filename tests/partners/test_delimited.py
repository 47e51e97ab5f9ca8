"""A CSV is decoded one way or refused, never with characters replaced in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from partners.spreadsheet import USUAL, Limits, Rejected, Spreadsheet

TEXT = "Nom;Prénom\r\nDélage;Zoé\r\nN’Diaye;Noël\r\n"
REAL = Path("/work/shared/data/imports/encodages")


def rows(path: Path, limits: Limits = USUAL) -> list[list[str]]:
    (table,) = Spreadsheet(path, limits).tables
    return list(table.rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_usual_encodings_give_the_same_rows(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert rows(path) == [["Nom", "Prénom"], ["Délage", "Zoé"], ["N’Diaye", "Noël"]]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'Nom{separator}Prénom\n"Le{separator}goff"{separator}Inès\n', encoding="utf-8")
    assert rows(path) == [["Nom", "Prénom"], [f"Le{separator}goff", "Inès"]]


def test_a_line_that_names_the_separator_keeps_the_numbering(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=,\nNom,Prénom\n", encoding="utf-8")
    assert rows(path) == [[], ["Nom", "Prénom"]]


def test_doubly_encoded_accents_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode("utf-8").decode("latin-1").encode("utf-8"))
    with pytest.raises(Rejected, match="accents"):
        rows(path)


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b\n" * 11, encoding="utf-8")
    assert len(rows(path, Limits(rows=11))) == 11
    with pytest.raises(Rejected, match="lignes"):
        rows(path, Limits(rows=10))


def test_an_open_quote_and_a_binary_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a;b\n"c;d\n', encoding="utf-8")
    with pytest.raises(Rejected, match="guillemets"):
        rows(path)
    path.write_bytes(bytes(range(256)))
    with pytest.raises(Rejected):
        rows(path)


@pytest.mark.skipif(not REAL.is_dir(), reason="The shared samples of real files are not here.")
def test_real_files_in_every_encoding_hold_the_same_people() -> None:
    def people(path: Path) -> list[list[str]]:
        return [row for row in rows(path) if len(row) > 1]

    truth = people(REAL / "usagers60_utf8_bom_crlf.csv")
    assert len(truth) == 61
    others = [path for path in REAL.glob("*.csv") if "mojibake" not in path.name]
    assert [path.name for path in others if people(path) != truth] == []
    with pytest.raises(Rejected, match="accents"):
        people(next(REAL.glob("*mojibake*")))
