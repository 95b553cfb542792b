"""Other people in a text: whom a role or a kinship introduces, and names that are ordinary words as well.

What is no imaging vocabulary is taken out anyway. Here are those that would pass as vocabulary: `wife
Rose`, `reported by Stone`, `tech JS`; and the diseases and scores that bear a name and stay.
"""

from __future__ import annotations

import re

from provident.deid.identifiers import fold
from provident.deid.names import common_names
from provident.deid.table import words, words_of


_KIN = (
    "wife|husband|spouse|partner|fianc[eé]e?|son|daughter|mother|father|mum|mom|dad|parents?|brother|sister|twin|aunt|uncle|niece|nephew|cousin|"
    "grand(?:mother|father|son|daughter)|carer|friend|next of kin|nok|"
    "ehefrau|ehemann|gattin|gatte|mutter|vater|sohn|tochter|bruder|schwester|epouse|[eé]pouse|mari|fils|fille|m[eè]re|p[eè]re|fr[eè]re|soeur|"
    "esposa|esposo|hij[oa]|madre|padre|herman[oa]|moglie|marito|figli[oa]|fratello|sorella|[zż]ona|m[aą][zż]|syn|c[oó]rka|matka|ojciec|brat|siostra|"
    "echtgenote|echtgenoot|zoon|dochter|moeder|vader|broer|zus"
)
_STAFF = (
    "radiographers?|technologists?|technicians?|tech|operator|physicist|sonographers?|reporter|consultant|registrar|surgeon|gp|physician|clinician|radiologists?|"
    "oncologist|rheumatologist|neurologist|cardiologist|anaesthetist|referrer|requester|performer|reader|"
    "mtra|mtr|mta|[aä]rztin|arzt|hausarzt|radiologe|radiologin|zuweiser|m[eé]decin|manip(?:ulateur|ulatrice)?|radiologue|m[eé]dic[oa]|t[eé]cnic[oa]|"
    "tecnico|radi[oó]logo|operatore|technik|lekarz|radiolog|radioloog|laborant(?:e)?|arts|initials"
)
_DONE = (
    "(?:seen|reported|checked|scanned|performed|referred|requested|reviewed|read|acquired|done|dictated|verified|approved|signed|entered|typed|injected|cannulated|"
    "consented|contoured|planned|drawn|edited|measured|annotated|marked|examined|witnessed|ordered|booked|cc'?d)(?:\\s+off)?\\s+(?:by|from|with)|"
    "d/w|discussed\\s+with|spoke\\s+(?:to|with)|phoned|rang|called|contact|attn|attention|c/o|care\\s+of|named?|signed|sig|marks?\\s+by|tracing\\s+by|contours?\\s+by|by|"
    "durch|befundet\\s+von|untersucht\\s+von|zugewiesen\\s+von|par|por|przez|door"
)
_CAPITALISED = r"[A-ZÀ-ÖØ-ÞĀ-Ž][^\W\d_]*(?:['\u2019.-][^\W\d_]+)*\.?(?![^\W_])"
_PARTICLE = r"(?:v[ao]n(?:\s+de[rn]?)?|de(?:\s+l[ao]s?)?|del|della|di|da|dos|du|le|la|al|el|bin|ten|ter|zu|zum|Mac|Mc|O['\u2019])"
_PERSON = rf"(?:{_PARTICLE}[\s-]+)?{_CAPITALISED}(?: (?:{_PARTICLE}[\s-]+)?{_CAPITALISED}){{0,2}}"
_INTRODUCED = re.compile(
    rf"(?<![^\W_])(?P<role>(?i:{_KIN}|{_STAFF}|{_DONE}))(?P<gap>\s*[:=,\-]\s*|\s+(?:is\s+|was\s+)?)(?P<who>{_PERSON}(?:(?:/| & ){_PERSON})?)"
)
GONE = "\ue000"  # stands where a name stood, until the text is tidied
_ROLES = 4  # in one text
_KINSHIP = re.compile(_KIN, re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_INITIALS = re.compile(r"[A-Z]{2,3}")
_DOTTED = re.compile(r"^(?:[A-Z]\.\s?){1,3}(?![a-z])")
_NO_INITIALS = words_of("people.txt", "no initials")
_AMBIGUOUS = words_of("people.txt", "ambiguous")
_GIVEN = words_of("people.txt", "given")
_THEMSELVES = words_of("people.txt", "themselves")

_EPONYM_NOUNS = (
    "disease|syndrome|cysts?|lesions?|tumou?rs?|fractures?|score|scale|grade|grading|class(?:ification)?|criteria|lines?|signs?|nodes?|hernia|thyroiditis|arteritis|lymphoma|"
    "sarcoma|palsy|angle|space|ligament|canal|tendon|view|stage|staging|foot|oesophagus|esophagus|contracture|tuberosity|duct|pouch|fascia|method|manoeuvre|maneuver|malformation|"
    "chorea|ataxia|thyroid|deformity|neuroma|gland|index|ulcer|phenomenon|dementia|encephalopathy|paralysis|joint|test|procedure|operation|shunt|fontan"
)
_EPONYMS = "|".join(sorted(words_of("people.txt", "eponyms")))
# Of these a grade alone may follow: Bosniak 2F, Child-Pugh B, Salter-Harris II.
_GRADED = "|".join(sorted(words_of("people.txt", "graded")))
_EPONYM = re.compile(
    rf"(?<![^\W_])(?:{_EPONYMS})(?:['\u2019]s?|s['\u2019]?)?(?:[\s-](?:and\s+)?(?:{_EPONYMS})(?:['\u2019]s?)?){{0,2}}[\s-](?:{_EPONYM_NOUNS})(?![^\W_])"
    rf"|(?<![^\W_])circle\s+of\s+willis(?![^\W_])"
    rf"|(?<![^\W_])(?:{_GRADED})(?:[\s-]+(?:{_GRADED}))?[\s-]+(?:type\s+|grade\s+|stage\s+)?(?:[1-5][a-f]?|i{{1,3}}|iv|v|[a-c])(?![^\W_])",
    re.IGNORECASE,
)


def without_introduced(text: str, known: frozenset[str] = frozenset()) -> str:
    """The text without the people whom a role or a kinship introduces; ordinary words stay.

    `known` are words, folded, that name somebody of this file.
    """
    for _ in range(_ROLES):
        named = eponyms(text)
        parts, at = [], 0
        for match in _INTRODUCED.finditer(text):
            parts += [text[at : match.start()], _introduced(match, named, known)]
            at = match.end()
        left = "".join([*parts, text[at:]])
        if left == text:
            break
        text = left  # a role may have hidden behind a name: by Smith Radiographer: JK
    return text


def _introduced(
    match: re.Match[str], named: list[tuple[int, int]], known: frozenset[str]
) -> str:
    who = match["who"]
    # A disease behind it that bears a name is not the person.
    ends = [
        start for start, end in named if match.start("who") <= start < match.end("who")
    ]
    rest = match["who"][min(ends) - match.start("who") :] if ends else ""
    who = who[: len(who) - len(rest)] if rest else who
    staff = _KINSHIP.fullmatch(match["role"]) is None
    if staff and not _NO_INITIALS.isdisjoint(re.findall(r"[^\W_]+", who.lower())[:1]):
        return match[0]
    left = _without_initials(who) if staff else who
    if left == who:
        left = _WORD.sub(
            lambda m: GONE if _is_person(m.group(), m.start(), known) else m.group(),
            who,
        )
    return match[0] if left == who else f"{match['role']}{match['gap']}{left}{rest}"


def _without_initials(who: str) -> str:
    """Without the initials that it begins with: JK, J.K., JK/LM; what follows is no name then."""
    left = _DOTTED.sub(GONE, who)
    first = re.split(r"[ /&]", left)[0]
    if _INITIALS.fullmatch(first) and fold(first) not in words() | common_names():
        left = re.sub(r"^[A-Z]{2,3}(?:[/&][A-Z]{2,3})?(?![^\W_])", GONE, left)
    return left


def _is_person(word: str, at: int, known: frozenset[str]) -> bool:
    """Whether a capitalised word behind a role is a name: a common one, or a word that is one too."""
    folded = fold(word)
    if at and len(word) == 2 and word.isupper():
        return False  # LI-RADS behind a name
    return may_be_called(word) or folded in known


def may_be_called(word: str) -> bool:
    """Whether people bear this word as a name."""
    return fold(word) in common_names() or fold(word) in _AMBIGUOUS


def is_name_beside(word: str, *, own: bool = False) -> bool:
    """Whether a word of the vocabulary is a name where an unknown name stands beside it.

    Beside this person's `own` name only given names count: a relative's.
    """
    folded = fold(word)
    if own:
        return word[:1].isupper() and folded in _GIVEN
    known = may_be_called(word) and folded not in _THEMSELVES
    return word[:1].isupper() and known


def eponyms(text: str) -> list[tuple[int, int]]:
    """Where diseases, scores and views stand that bear somebody's name: Baker's cyst, Larsen score."""
    return [m.span() for m in _EPONYM.finditer(text)]
