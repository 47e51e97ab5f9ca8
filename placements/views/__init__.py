"""Pages of placements: home, reports."""
