"""The acceptance corpus of de-identification: synthetic scans of people who do not exist, their identifiers planted everywhere.

Written by `provident deid --acceptance FOLDER`, the same bytes at any time; the answers lie beside it. Any
program may de-identify the folder; `provident verify OUT --acceptance FOLDER.key.json` then says what leaked,
what was lost and what no longer fits together. The transfer test of a gateway sends its first person's files.

    files = corpus().files
    result = score(Path("out"), read_answers(Path("corpus.key.json")))
"""

from provident.synthetic.acceptance.answers import Answers as Answers
from provident.synthetic.acceptance.answers import read_answers as read_answers
from provident.synthetic.acceptance.corpus import Corpus as Corpus
from provident.synthetic.acceptance.corpus import corpus as corpus
from provident.synthetic.acceptance.corpus import key_beside as key_beside
from provident.synthetic.acceptance.corpus import write as write
from provident.synthetic.acceptance.making import uid as uid
from provident.synthetic.acceptance.people import PEOPLE as PEOPLE
from provident.synthetic.acceptance.score import Score as Score
from provident.synthetic.acceptance.score import score as score
