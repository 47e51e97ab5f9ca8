"""Public lists (*référentiels*): read as their publishers write them, loaded whole, then asked whether a code exists.

- `tables`, `listings`: a file becomes lines; a layout says which column holds what. No query.
- `communes`, `postcodes`, `districts`, `perimeters`, `occupations`, `certifications`: one list each, its publishers'
  columns at the top of the module.
- `finding`: which files below a folder are which list. `loading`: one list replaced, whole or not at all.
- `known`: the sets of codes and the names, for whoever checks or shows a code.

The forms of codes, with or without lists, are in `partners.codes`.
"""
