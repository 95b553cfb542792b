"""The people of the acceptance corpus: none exists; their names are made up so that they occur nowhere by chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """One person with all that identifies them, in a character set of DICOM's (0008,0005).

    `words` are the parts of the name that must not be found; `interval` is the days from the
    first exam to the second; `folder` is how an export names the person's folder.
    """

    id: str
    name: str
    words: tuple[str, ...]
    charset: str
    number: str
    accession: str
    born: date
    sex: str
    age: str
    first: date
    interval: int
    street: str
    phone: str
    hospital: str
    referrer: str
    operator: str
    staff: tuple[str, ...]
    folder: str
    maker: str
    model: str

    @property
    def issuer(self) -> str:
        """Who gave the hospital number (0010,0021)."""
        return self.hospital[:16].strip()

    @property
    def family(self) -> str:
        """The family name as it stands in texts."""
        return self.name.split("=")[0].split("^")[0]

    @property
    def given(self) -> str:
        """The given name as it stands in texts."""
        return self.name.split("=")[0].split("^")[1]

    def day(self, visit: int) -> date:
        """When the first (0) or second (1) exam was."""
        return self.first + timedelta(days=self.interval * visit)


PEOPLE = (
    Invented(
        id="arabella", name="QUIBBLEWICK^ARABELLA", words=("quibblewick", "arabella"), charset="ISO_IR 192", number="QX7741903",
        accession="ACCQ55120", born=date(1947, 3, 16), sex="F", age="073Y", first=date(2021, 3, 9), interval=84,
        street="14 Foxglove Passage", phone="0113 4960778", hospital="Nettlecombe General", referrer="Thistledown^Basil",
        operator="Oddsbodkin^Una", staff=("thistledown", "oddsbodkin"), folder="Quibblewick_Arabella_QX7741903",
        maker="SIEMENS", model="Prisma",
    ),
    Invented(
        id="oezlem", name="Grünschnäbel^Özlem", words=("grünschnäbel", "özlem"), charset="ISO_IR 100", number="B9047772",
        accession="LWX88123", born=date(1961, 11, 5), sex="F", age="060Y", first=date(2022, 2, 14), interval=91,
        street="Holunderstieg 77b", phone="0471 9926518", hospital="Klinikum Wolkenruh", referrer="Fürchtegott^Balthasar",
        operator="Zipfelbart^Änne", staff=("fürchtegott", "zipfelbart"), folder="Grünschnäbel_Özlem", maker="GE MEDICAL SYSTEMS",
        model="SIGNA Premier",
    ),
    Invented(
        id="swietoslawa", name="Żółwikowska^Świętosława", words=("żółwikowska", "świętosława"), charset="ISO_IR 101",
        number="PL-330187", accession="ZW440192", born=date(1988, 7, 30), sex="F", age="034Y", first=date(2022, 9, 1),
        interval=56, street="Jaśminowa 19", phone="58 6142907", hospital="Szpital Wielbłądkowo", referrer="Gżegżółka^Ignacy",
        operator="Brzdęk^Olga", staff=("gżegżółka", "brzdęk"), folder="Zolwikowska_PL-330187", maker="Philips",
        model="Ingenia Elition",
    ),
    Invented(
        id="sazanami", name="Yamabukino^Sazanami=山吹野^漣=やまぶきの^さざなみ", words=("yamabukino", "sazanami", "山吹野", "やまぶきの"),
        charset="\\ISO 2022 IR 87", number="J5507713", accession="KX700315", born=date(1975, 1, 22), sex="M", age="047Y",
        first=date(2022, 5, 20), interval=182, street="Kazaguruma 3-8-22", phone="075 3341990", hospital="Tsukimisou Byouin",
        referrer="Hototogisu^Ren", operator="Kawasemi^Jun", staff=("hototogisu", "kawasemi"), folder="EXPORT04", maker="Philips",
        model="Ingenia Elition",
    ),
    Invented(
        id="ulyana", name="Крапивницкая^Ульяна", words=("крапивницкая", "ульяна"), charset="ISO_IR 144", number="RU20041177",
        accession="UL663301", born=date(1926, 4, 2), sex="F", age="095Y", first=date(2021, 10, 11), interval=28,
        street="Сиреневая 41", phone="812 5550142", hospital="Больница Лукоморье", referrer="Одуванчиков^Глеб",
        operator="Снегирёва^Зоя", staff=("одуванчиков", "снегирёва"), folder="EXPORT05", maker="SIEMENS", model="MAGNETOM Vida",
    ),
)  # fmt: skip
