"""What people type into descriptions: identifiers of every kind, and what must go of each.

A plant is a text and the strings of it that must not be found afterwards (compared without case).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.generative.deid.planted.chance import Chance
from tests.generative.deid.planted.people import NAMES, Person


Plant = tuple[str, tuple[str, ...]]
OTHERS = (
    "Mary", "Rose", "Mark", "Grace", "Dora", "Wallace", "Marshall", "Armstrong", "Hanson", "Duncan", "Elliott", "Dixon", "Robertson", "Ferguson",
    "Burns", "Hunter", "Stone", "Barrett", "Whitehead", "Lightfoot", "Longbottom", "Marlene", "Gerhardina", "Thibaud", "Castellanoni",
    "Penhallow", "Tolliver", "O'Riordan", "Kowalczykówna", "Vandersloot", "Mbatha-Rawlins", "Li", "Wu", "Ng", "Kim", "Lee", "Cox", "Carina",
    "Carlson", "Bell", "Baker", "Hill", "April", "June", "Iris", "Jasper", "Thornton", "Contreras", "Corbett", "Sagan", "Patel", "Renata",
)  # fmt: skip
KIN = ("wife", "husband", "son", "daughter", "mother", "Ehefrau", "Sohn", "épouse", "hijo", "moglie", "córka", "dochter", "carer", "next of kin:")  # fmt: skip
BY = (
    "seen by", "reported by", "scanned by", "referred by", "performed by", "Radiographer:", "tech:", "operator", "discussed with", "d/w", "contact",
    "requested by", "GP", "consultant", "befundet von", "par", "por", "przez", "signed", "checked by",
)  # fmt: skip
TITLES = ("Dr", "Dr.", "Prof", "Prof.", "Mr", "Mrs", "Miss", "Herr", "Frau", "Mme", "Sra", "Dott.", "Sister", "Dr. med.", "Señora", "Mevr")  # fmt: skip

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "tr": "Ocak Şubat Mart Nisan May\u0131s Haziran Temmuz Ağustos Eylül Ekim Kas\u0131m Aral\u0131k",
}
_ONES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth")  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")  # fmt: skip
_CARDINALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_DE = ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn")  # fmt: skip
_DE_TENS = ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")  # fmt: skip


def _two(n: int) -> str:
    if n < 20:
        return _CARDINALS[n - 1] if n else "hundred"
    tens = _TENS[n // 10 - 2]
    return f"{tens}-{_CARDINALS[n % 10 - 1]}" if n % 10 else tens


def _zwei(n: int) -> str:
    if n < 20:
        return _DE[n - 1] if n else ""
    tens = _DE_TENS[n // 10 - 2]
    return f"{_DE[n % 10 - 1]}und{tens}" if n % 10 else tens


def _ordinal(n: int) -> str:
    if n <= 20:
        return _ONES[n - 1]
    return f"{_TENS[n // 10 - 2]}-{_ONES[n % 10 - 1]}" if n % 10 else "thirtieth"


def _suffix(n: int) -> str:
    return "th" if 10 < n < 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")


def worded(rng: Chance, day: date) -> Plant:
    """A date whose month is a word, in one of fourteen languages."""
    language = rng.choice(list(MONTHS))
    month = MONTHS[language].split()[day.month - 1]
    d, y = day.day, day.year
    plain = {
        "en": (f"{d} {month} {y}", f"{d}{_suffix(d)} of {month} {y}", f"{month} {d}, {y}", f"{d}{_suffix(d)} {month} '{y % 100:02d}", f"{day:%A} {d} {month} {y}", f"{day:%a} {d}{_suffix(d)} {month[:3]} {y}", f"{d}-{month[:3].upper()}-{y}", f"{month} {d}{_suffix(d)} {y}"),
        "de": (f"{d}. {month} {y}", f"am {d}. {month} {y}", f"{d}. {month[:3]}. {y}", f"{d}. {month}"),
        "fr": (f"{'1er' if d == 1 else d} {month} {y}", f"le {'1er' if d == 1 else d} {month} {y}", f"{d} {month}"),
        "es": (f"{d} de {month} de {y}", f"el {d} de {month}", f"{d} {month} {y}"),
        "it": (f"{d} {month} {y}", f"il {d} {month}", f"{d}° {month} {y}"),
        "pl": (f"{d} {month} {y}", f"dnia {d} {month} {y} r.", f"{d} {month}"),
        "nl": (f"{d} {month} {y}", f"{d} {month}"),
        "pt": (f"{d} de {month} de {y}", f"{d} de {month}"),
        "sv": (f"den {d} {month} {y}", f"{d}:e {month} {y}"),
        "da": (f"d. {d}. {month} {y}", f"den {d}. {month}"),
        "fi": (f"{d}. {month} {y}",),
        "cs": (f"{d}. {month} {y}", f"dne {d}. {month} {y}"),
        "hu": (f"{y}. {month} {d}.",),
        "tr": (f"{d} {month} {y}", f"{d} {month}"),
    }[language]  # fmt: skip
    text = rng.choice(plain)
    gone = [month] if len(month) > 3 else []
    if str(y) in text:
        gone.append(str(y))
    return text, tuple(gone) or (text,)


def in_words(rng: Chance, day: date) -> Plant:
    """A date wholly in words."""
    d, m, y = day.day, day.month - 1, day.year
    english = MONTHS["en"].split()[m]
    year = f"nineteen {_two(y % 100)}" if y < 2000 else f"two thousand and {_two(y % 100)}" if y > 2000 else "two thousand"  # fmt: skip
    german = MONTHS["de"].split()[m]
    jahr = f"neunzehnhundert{_zwei(y % 100)}" if y < 2000 else f"zweitausend{_zwei(y % 100)}"  # fmt: skip
    tag = _zwei(d) + ("ter" if d < 20 else "ster")
    french = MONTHS["fr"].split()[m]
    return rng.choice(
        (
            (f"the {_ordinal(d)} of {english} {year}", (_ordinal(d), english)),
            (f"{english} {_ordinal(d)}, {year}", (_ordinal(d), english)),
            (f"{tag} {german} {jahr}", (tag, german, jahr)),
            (
                f"le quinze {french} deux mille vingt-quatre",
                ("quinze", french, "vingt"),
            ),
        )
    )


def figured(rng: Chance, day: date) -> Plant:
    """A date in figures."""
    week = day.isocalendar()
    text = rng.choice(
        (
            f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}", f"{day:%d.%m.%Y}", f"{day:%d.%m.%y}", f"{day:%m/%d/%Y}", f"{day:%Y%m%d}", f"{day:%d%m%Y}", f"{day:%d %m %Y}",
            f"{day:%Y/%m/%d} 10:31", f"{day:%d%b%Y}".upper(), f"{day.day}.{day.month}.{day.year}", f"{week[0]}-W{week[1]:02d}-{week[2]}", f"KW {week[1]}/{week[0]}",
            f"{day:%Y:%m:%d}", f"{day:%d-%m-%y}", f"{day:%d/%m/}'{day:%y}", f"{day:%Y-%m-%d}T10:31:00", f"{int((day - date(1970, 1, 1)).total_seconds())}",
        )
    )  # fmt: skip
    core = text.split(" 10:31")[0].split("T10:31")[0]
    return text, (core,)


def misspelt(rng: Chance, name: str) -> str:
    """One or two letters of a name wrong, swapped, doubled, left out, read wrongly."""
    letters = list(name)
    for _ in range(1 if len(name) < 8 else rng.choice((1, 1, 2))):
        at = rng.randrange(1, len(letters) - 1)
        kind = rng.randrange(6)
        if kind == 0:
            letters[at] = rng.choice("aeiourstln")
        elif kind == 1:
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif kind == 2:
            letters.insert(at, letters[at])
        elif kind == 3:
            del letters[at]
        elif kind == 4:
            swaps = {
                "o": "0",
                "l": "1",
                "i": "1",
                "s": "5",
                "e": "3",
                "a": "4",
                "b": "8",
            }
            letters[at] = swaps.get(letters[at].lower(), letters[at])
        else:
            swaps = {
                "c": "k",
                "k": "c",
                "z": "s",
                "s": "z",
                "v": "w",
                "y": "i",
                "i": "y",
                "f": "ph",
            }
            letters[at] = swaps.get(letters[at].lower(), letters[at])
    return "".join(letters)


def _case(rng: Chance, text: str) -> str:
    return rng.choice((text, text, text.upper(), text.lower()))


def _long(name: str) -> str:
    """The longest word of a name: particles identify nobody."""
    return max(name.replace("-", " ").split(), key=len)


def own_name(rng: Chance, p: Person) -> Plant:
    """This person's name in any order."""
    text = rng.choice(
        (
            f"{p.given} {p.family}", f"{p.family}, {p.given}", f"{p.family}", f"{p.given}", f"{p.family}_{p.given}", f"{p.family}^{p.given}", f"{p.given[0]}. {p.family}",
            f"{p.family} {p.given[0]}",
        )
    )  # fmt: skip
    found = [n for n in (p.family, p.given) if n in text]
    return _case(rng, text), tuple(_long(n) for n in found)


def own_misspelt(rng: Chance, p: Person) -> Plant:
    """This person's name, misspelt."""
    name = rng.choice([n for n in (_long(p.family), _long(p.given)) if len(n) > 5])
    wrong = misspelt(rng, name)
    return wrong, (wrong,)


def own_number(rng: Chance, p: Person) -> Plant:
    """A number of this person, with other separators or in part."""
    number = rng.choice((p.patient_id, p.accession, p.national))
    kind = rng.randrange(5)
    if kind == 0:
        return number, (number,)
    if kind == 1:
        return (told := number.replace("-", " ").replace(" ", "")), (told,)
    if kind == 2:
        digits = "".join(c for c in number if c.isdigit())
        return f"no {digits[-5:]}", (digits[-5:],)
    if kind == 3:
        return f"MRN {number}", (number,)
    digits = "".join(c for c in number if c.isdigit())
    return (told := f"{digits[:2]}-{digits[2:4]}-{digits[4:7]}"), (told,)


def any_number(rng: Chance, p: Person) -> Plant:
    """A number that stands nowhere else in the file."""
    r = rng.randrange
    number = rng.choice(
        (
            f"{r(100, 999)}-{r(10, 99)}-{r(1000, 9999)}", f"{r(400, 799)} {r(101, 999)} {r(1001, 9999)}", f"{r(10**9, 10**10)}", f"QQ {r(10, 99)} {r(10, 99)} {r(10, 99)} C",
            f"QQ{r(10**5, 10**6)}C", f"RX{r(10**6, 10**7)}",
        )
    )  # fmt: skip
    return number, (number,)


def contact(rng: Chance, p: Person) -> Plant:
    """Telephone, fax, mail, address, postcode."""
    text = rng.choice(
        (
            p.phone, f"tel {p.phone}", p.mail, p.address, p.postcode, "+44 20 7946 0991", "fax (020) 7946-0456", "0049 89 1234567", "+33 1 99 00 12 34", "bleep 4471", "ext. 5532",
            "Ahornstraße 12", "LS99 9ZZ", "www.praxis-oberdings.example", "10115 Oberdingshausen",
        )
    )  # fmt: skip
    core = text.removeprefix("tel ").removeprefix("fax ").removeprefix("bleep ").removeprefix("ext. ")  # fmt: skip
    return text, (core,)


def kin(rng: Chance, p: Person) -> Plant:
    """A relative by name."""
    other = rng.choice(OTHERS)
    return f"{rng.choice(KIN)} {other}", (other,)


def staff(rng: Chance, p: Person) -> Plant:
    """A member of staff by name, a role or a title before it."""
    other = rng.choice(OTHERS)
    if rng.random() < 0.5:
        return f"{rng.choice(TITLES)} {other}", (other,)
    return f"{rng.choice(BY)} {rng.choice((other, other.upper()))}", (other,)


def somebody(rng: Chance, p: Person) -> Plant:
    """A whole name that stands nowhere else in the file."""
    given = rng.choice(("Mary", "Rose", "Mark", "Grace", "Dora", "Iris", "Thibaud"))
    family = rng.choice(NAMES)[0]
    return f"{given} {family}", (given, _long(family))


def initials(rng: Chance, p: Person) -> Plant:
    """Initials of the technologist."""
    letters = rng.choice(("JKW", "KLM", "BJ", "SQ", "WH", "J.B.", "AKJ"))
    return f"{rng.choice(('tech', 'Radiographer:', 'scanned by', 'operator'))} {letters}", (letters,)  # fmt: skip


def birth_year(rng: Chance, p: Person) -> Plant:
    """The year of birth, with or without initials."""
    year = str(p.born.year)
    text = rng.choice((f"born {year}", f"*{year}", f"{p.given[0]}{p.family[0]} {year}", f"YOB {year}"))  # fmt: skip
    return text, (year,)


def old_age(rng: Chance, p: Person) -> Plant:
    """An age above 89."""
    age = rng.randrange(90, 104)
    text = rng.choice((f"{age} year old", f"{age}yo", f"aged {age}", f"{age} y/o", f"{age}-year-old", f"{age} Jahre"))  # fmt: skip
    return text, (str(age),)


def place(rng: Chance, p: Person) -> Plant:
    """The hospital or the machine's name on the network."""
    text = rng.choice((p.hospital, p.station))
    return text, (_long(text),)


def uid(rng: Chance, p: Person) -> Plant:
    """The UID of a series."""
    told = f"1.2.826.0.1.3680043.9.7777.{rng.randrange(10**6)}.{rng.randrange(10**9)}"
    return told, (told,)


KINDS: dict[str, Callable[[Chance, Person], Plant]] = {
    "own name": own_name,
    "own name misspelt": own_misspelt,
    "own number": own_number,
    "number of somebody": any_number,
    "contact": contact,
    "relative": kin,
    "staff": staff,
    "third party": somebody,
    "initials": initials,
    "birth year": birth_year,
    "age above 89": old_age,
    "place": place,
    "uid": uid,
    "date in figures": lambda rng, p: figured(rng, rng.choice((p.born, p.exam))),
    "date, month in words": lambda rng, p: worded(rng, rng.choice((p.born, p.exam))),
    "date in words": lambda rng, p: in_words(rng, rng.choice((p.born, p.exam))),
    "date of something else": lambda rng, p: figured(
        rng, date(2011, rng.randrange(1, 13), rng.randrange(13, 29))
    ),
}
