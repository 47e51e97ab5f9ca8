"""The engine of the takeover workbook: knows sheets, cells, references and problems, and no noun in particular."""

from partners.workbook.batch import Batch
from partners.workbook.problems import Problem, Problems
from partners.workbook.sheets import Column, Sheet
from partners.workbook.takeover import Outcome, Takeover

__all__ = ["Batch", "Column", "Outcome", "Problem", "Problems", "Sheet", "Takeover"]
