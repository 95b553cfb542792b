"""IN OUT: a folder by dicom-anonymizer with its default rules. Runs in the peer's own environment."""

import sys
from pathlib import Path

from dicomanonymizer import anonymize_dicom_file


source, out = Path(sys.argv[1]), Path(sys.argv[2])
for path in sorted(p for p in source.rglob("*") if p.is_file()):
    target = out / path.relative_to(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        anonymize_dicom_file(str(path), str(target))
    except Exception as error:  # noqa: BLE001  # a peer's failure is counted, not raised
        print(f"failed: {type(error).__name__}", file=sys.stderr)
