"""A study that never happened, played through the real entry points under a simulated clock.

`timeline` says what happens when (a pure function of plan, day and seed); `play` makes it happen: images by DICOM,
people by the pages, each logged in as themselves. Nothing is written into a database from here.
"""
