"""People of many countries, made up, with all that a hospital knows of them. Deterministic by seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tests.generative.deid.planted.chance import Chance


# Family and given names, an ideographic or native form where the country has one, the character set.
NAMES = (
    ("Featherstonehaugh", "Philippa", "", "ISO_IR 6"),
    ("O'Neill-Brannigan", "Siobhan", "", "ISO_IR 6"),
    ("McGillicuddy", "Fergal", "", "ISO_IR 6"),
    ("van der Berghmans", "Wilhelmina", "", "ISO_IR 100"),
    ("de la Cruzado", "Inmaculada", "", "ISO_IR 100"),
    ("al-Hashimiri", "Zubaydah", "الهاشميري^زبيدة", "ISO_IR 127"),
    ("Müllerschön", "Jürgenhard", "", "ISO_IR 100"),
    ("Großschädl", "Änneliese", "", "ISO_IR 100"),
    ("D'Alessandrini", "Giuseppina", "", "ISO_IR 100"),
    ("Brzęczyszczykiewicz", "Grzegorzka", "", "ISO_IR 101"),
    ("Dvořáčková", "Květoslava", "", "ISO_IR 101"),
    ("Szentgyörgyvári", "Erzsébetke", "", "ISO_IR 101"),
    ("Y\u0131ld\u0131r\u0131moğlu", "Gülşenay", "", "ISO_IR 148"),
    ("Papadimitriadou", "Evangelitsa", "Παπαδημητριάδου^Ευαγγελίτσα", "ISO_IR 126"),
    ("Rabinovitz", "Shmuelik", "רבינוביץ^שמואליק", "ISO_IR 138"),
    ("Srisawatdi", "Nopparatna", "ศรีสวัสดิ์^นพรัตน์", "ISO_IR 166"),
    ("Kuznetsovskaya", "Lyudmilka", "Кузнецовская^Людмилка", "ISO_IR 144"),
    ("Yamadanaka", "Tarouta", "山田中^太郎太", "\\ISO 2022 IR 87"),
    ("Honggildo", "Sunshinja", "홍길도^순신자", "\\ISO 2022 IR 149"),
    ("Zhangxiaodo", "Weiminghua", "张小东^伟明华", "GB18030"),
    ("Wangxiaodo", "Meilinghua", "王小東^美玲華", "ISO_IR 192"),
    ("Ölmeztürkü", "Şükrüye", "", "ISO_IR 192"),
    ("Castellanovato", "Mariangeluzza", "", "ISO_IR 100"),
    ("Okonkwohadi", "Ezinwannema", "", "ISO_IR 6"),
    ("Åkerströmberg", "Görelinda", "", "ISO_IR 100"),
    ("Ng", "Kwokhungfai", "", "ISO_IR 6"),
    ("Wu", "Jiaxinyue", "吴^佳欣月", "GB18030"),
    ("Vanhalaneno", "Päivikkiina", "", "ISO_IR 100"),
    ("Pinheiroso", "Conceiçãozinha", "", "ISO_IR 100"),
    ("Radulescuano", "Crăciunella", "", "ISO_IR 101"),
)
STREETS = ("Sallow Lane", "Quernmore Road", "Larkspurton Close", "Wivelscombe Street", "Thornbiggin Drive")  # fmt: skip
HOSPITALS = (
    ("St Wulfstanley's Infirmary", "WULFCT01"),
    ("Glenbrannockie Royal Hospital", "GBRKMR02"),
    ("Universitätsklinikum Oberdingshausen", "UKODCT3"),
    ("Hôpital Sainte-Clothildine", "HSCLMR1"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up patient with the staff around them."""

    family: str
    given: str
    native: str
    charset: str
    patient_id: str
    national: str
    accession: str
    born: date
    exam: date
    phone: str
    mail: str
    address: str
    postcode: str
    hospital: str
    station: str

    @property
    def name(self) -> str:
        """As PN writes it."""
        told = f"{self.family}^{self.given}"
        return f"{told}={self.native}" if self.native else told


def person(rng: Chance, number: int) -> Person:
    """The person of a number; all else by chance."""
    family, given, native, charset = NAMES[number % len(NAMES)]
    hospital, station = rng.choice(HOSPITALS)
    plain = "".join(c for c in given.lower() if c.isascii() and c.isalpha())
    return Person(
        family,
        given,
        native,
        charset,
        rng.choice(
            (
                f"H{rng.randrange(10**6, 10**7)}",
                f"{rng.randrange(10, 99)}-{rng.randrange(10, 99)}-{rng.randrange(100, 999)}",
                f"RR{rng.randrange(10**5, 10**6)}X",
            )
        ),
        f"{rng.randrange(400, 799)} {rng.randrange(101, 999)} {rng.randrange(1001, 9999)}",
        f"ACC{rng.randrange(10**7, 10**8)}",
        date(1935, 1, 1) + timedelta(days=rng.randrange(25_000)),
        date(2016, 1, 1) + timedelta(days=rng.randrange(3_000)),
        f"020 7946 0{rng.randrange(100, 999)}",
        f"{plain}.{number}@mailbox.example",
        f"{rng.randrange(1, 99)} {rng.choice(STREETS)}",
        f"ZX{rng.randrange(1, 9)} {rng.randrange(1, 9)}QQ",
        hospital,
        station,
    )
