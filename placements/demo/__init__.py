"""The demonstration: a believable territory, built from a seed through the product's own verbs and import.

- `names`, `territory`: what is made up once (people's names, places, organisations, cohorts, agreements).
- `people`, `paths`, `lives`: who each person is and what happens to them. Pure: a seed and a day in, rows out.
- `workbook`: these rows as takeover workbooks, byte for byte the same for the same seed and day.
- `build`: the verbs, one visible step after the other. `base`: whether a database may be used for it.
"""
