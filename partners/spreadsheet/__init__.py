"""Spreadsheets from outside: guarded, then read as tables; and given back annotated."""

from partners.spreadsheet.limits import LARGE, USUAL, Limits, Rejected
from partners.spreadsheet.reading import Spreadsheet, Table

__all__ = ["LARGE", "USUAL", "Limits", "Rejected", "Spreadsheet", "Table"]
