"""IN OUT: a folder by Provident, headers and verification; with --pixels its pixels too. One process."""

import json
import sys
from dataclasses import replace
from pathlib import Path

from provident.deid import Profile, SiteKey
from provident.deid.batch import Job, Places, run
from provident.deid.codebook import CrosswalkFile


source, out = Path(sys.argv[1]), Path(sys.argv[2])
profile = Profile(documents="remove", burned_in="redact")
if "--pixels" not in sys.argv:
    profile = replace(profile, options=profile.options - {113101})
job = Job(profile=profile, key=SiteKey(bytes(range(32))), places=Places.beside(out))
outcomes = run(source, job=job, crosswalk=CrosswalkFile(), enrol=True)
names = {o.name: o.out for o in outcomes if o.out is not None}
(out.parent / f"{out.name}.map.json").write_text(json.dumps(names))
