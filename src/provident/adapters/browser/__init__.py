"""De-identification on a site's own computer, in a browser page: what runs there, and how it gets there.

`station`, `visits` and `profiles` run under Pyodide and need the standard library, pydicom, `deid` and `kernel` alone;
`package` makes the archive that brings them there.
"""
