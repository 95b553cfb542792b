"""IN OUT: a folder by pydicom's deid with its default recipe. Runs in the peer's own environment."""

import sys
from pathlib import Path

from deid.config import DeidRecipe
from deid.dicom import get_identifiers, replace_identifiers


source, out = Path(sys.argv[1]), Path(sys.argv[2])
recipe = DeidRecipe()
for path in sorted(p for p in source.rglob("*") if p.is_file()):
    target = out / path.relative_to(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        known = get_identifiers([str(path)], force=True)
        (dataset,) = replace_identifiers(
            dicom_files=[str(path)], deid=recipe, ids=known, save=False, force=True, remove_private=True,
        )  # fmt: skip
        dataset.save_as(target)
    except Exception as error:  # noqa: BLE001  # a peer's failure is counted, not raised
        print(f"failed: {type(error).__name__}", file=sys.stderr)
