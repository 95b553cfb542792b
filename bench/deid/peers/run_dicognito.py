"""IN OUT: a folder by dicognito, names of files kept. Runs in the peer's own environment."""

import sys
from pathlib import Path

import pydicom
from dicognito.anonymizer import Anonymizer


source, out = Path(sys.argv[1]), Path(sys.argv[2])
anonymizer = Anonymizer(seed="provident-bench")
for path in sorted(p for p in source.rglob("*") if p.is_file()):
    target = out / path.relative_to(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with pydicom.dcmread(path, force=True) as dataset:
            anonymizer.anonymize(dataset)
            dataset.save_as(target)
    except Exception as error:  # noqa: BLE001  # a peer's failure is counted, not raised
        print(f"failed: {type(error).__name__}", file=sys.stderr)
