"""The gateway's own screen: the review and the links of hospital numbers, on the site's machine and nowhere else.

A small site without database or accounts of its own. It is reached on this machine alone (127.0.0.1), by a one-time
link that the command prints, and it shows the same pages as the centre shows of a gateway that runs beside it.
"""
