"""Patients who do not exist, as a hospital's system would name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from provident.kernel import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A made-up person with all that identifies one. `charset` is DICOM's (0008,0005).

    `seed` fixes the person's anatomy: the same bones and places of disease at every visit.
    """

    name: str  # DICOM person name: family^given^middle^prefix^suffix
    patient_id: str
    birth_date: date
    sex: str
    seed: int
    latin: str = ""  # the name in plain letters, where `name` has none
    issuer: str = "HOSPITAL"
    charset: str = "ISO_IR 100"
    address: str = ""
    phone: str = ""
    weight_kg: float = 72.0
    height_m: float = 1.70

    def __post_init__(self) -> None:
        if self.sex not in {"F", "M", "O"}:
            raise InvalidInput(f"sex must be F, M or O, got {self.sex!r}")
        codec = CHARSETS.get(self.charset)
        if codec is None:
            known = ", ".join(CHARSETS)
            raise InvalidInput(
                f"character set must be one of {known}, got {self.charset!r}"
            )
        try:
            (self.name + self.address).encode(codec)
        except UnicodeEncodeError:
            raise InvalidInput(
                f"this name or address cannot be written in {self.charset}"
            ) from None

    @property
    def size(self) -> float:
        """Size of the hands relative to the model's, from height and sex."""
        return float(
            (self.height_m / 1.74) ** 0.6 * (0.965 if self.sex == "F" else 1.0)
        )


CHARSETS: Final = {"ISO_IR 6": "ascii", "ISO_IR 100": "latin-1", "ISO_IR 192": "utf-8"}

# Family^given, sex, character set. Every one is invented; accents and scripts are on purpose.
_NAMES: Final = (
    ("Ackroyd^Margaret^Anne^Mrs", "F", "ISO_IR 100"),
    ("Müller-Lüdenscheidt^Jörg", "M", "ISO_IR 100"),
    ("Wiśniewska^Agnieszka", "F", "ISO_IR 192"),
    ("O'Sullivan^Niamh", "F", "ISO_IR 100"),
    ("Lefèvre^Aurélie^Zoë", "F", "ISO_IR 100"),
    ("Παπαδοπούλου^Ελένη", "F", "ISO_IR 192"),
    ("Yamada^Tarou=山田^太郎=やまだ^たろう", "M", "ISO_IR 192"),
    ("Sørensen^Bjørn", "M", "ISO_IR 100"),
    ("BAXTER^THOMAS^W", "M", "ISO_IR 6"),
    ("Núñez de la Peña^María José", "F", "ISO_IR 100"),
    ("Hussain^Shabana", "F", "ISO_IR 100"),
    ("Ковальчук^Олена", "F", "ISO_IR 192"),
    ("Nguyễn^Thị Hương", "F", "ISO_IR 192"),
    ("Hardcastle^Winifred^^Dr", "F", "ISO_IR 100"),
    ("van den Berg^Saskia", "F", "ISO_IR 100"),
    ("Çelik^Mehmet", "M", "ISO_IR 192"),
    ("PATEL^NISHA", "F", "ISO_IR 6"),
    ("Thwaite^Geoffrey^^Mr^MBE", "M", "ISO_IR 100"),
    ("Öztürk^Gül", "F", "ISO_IR 192"),
    ("De Luca^Niccolò", "M", "ISO_IR 100"),
    ("Wang^XiaoDong=王^小東", "M", "ISO_IR 192"),
    ("Llewellyn^Rhiannon", "F", "ISO_IR 100"),
    ("Adeyemi^Oluwaseun", "M", "ISO_IR 100"),
    ("Fairweather^Edith^May", "F", "ISO_IR 100"),
)  # fmt: skip
_LATIN: Final = {
    "Παπαδοπούλου^Ελένη": "Papadopoulou^Eleni",
    "Ковальчук^Олена": "Kovalchuk^Olena",
}
_FAMILIES: Final = ("Ogden", "Brearley", "Castell", "Dinsdale", "Eastwood", "Fenwick", "Garside", "Holroyd")  # fmt: skip
_GIVENS: Final = {"F": ("Joan", "Priya", "Ruth", "Amina", "Clara"), "M": ("Alan", "Imran", "Peter", "Kofi", "Luke")}  # fmt: skip
_STREETS: Final = (
    "Mill Lane",
    "Chapel Street",
    "Beech Grove",
    "Otley Road",
    "Harbour View",
)


def _named(index: int, rng: np.random.Generator) -> tuple[str, str, str]:
    if index < len(_NAMES):
        return _NAMES[index]
    sex = "F" if rng.random() < 0.7 else "M"  # early arthritis is commoner in women
    return f"{rng.choice(_FAMILIES)}^{rng.choice(_GIVENS[sex])}", sex, "ISO_IR 100"


def patients(seed: int, count: int, *, issuer: str = "HOSPITAL") -> list[Patient]:
    """Made-up people, the same for the same seed; the first 24 bring many languages."""
    rng = np.random.default_rng([seed, 1])
    numbers = rng.choice(9_000_000, size=count, replace=False) + 1_000_000
    found = []
    for index in range(count):
        name, sex, charset = _named(index, rng)
        height = rng.normal(1.63 if sex == "F" else 1.76, 0.06)
        found.append(
            Patient(
                name=name,
                latin=_LATIN.get(name, ""),
                patient_id=str(numbers[index]),
                issuer=issuer,
                birth_date=date(1940, 1, 1)
                + timedelta(days=int(rng.integers(0, 21_900))),
                sex=sex,
                charset=charset,
                address=f"{rng.integers(1, 240)} {rng.choice(_STREETS)}, Anytown LS{rng.integers(1, 29)} {rng.integers(1, 9)}ZZ",
                phone=f"01632 {rng.integers(960000, 961000)}",  # numbers kept for fiction
                weight_kg=round(float(rng.normal(24.5, 3.0) * height**2), 1),
                height_m=round(float(height), 2),
                seed=int(rng.integers(2**31)),
            )
        )
    return found
