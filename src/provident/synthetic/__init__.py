"""Scans, people and readers that do not exist: for tests, demo and rehearsal.

A hand modelled in three dimensions (bones, soft tissue, disease) is shown as MRI, radiograph and
ultrasound with the identifiable headers that hospitals write. Everything comes from a truth
(`HandTruth`) and a numpy Generator: the same input gives the same bytes.

    everyone = study(seed=7, participants=24, effects={"active": 0.6, "control": 0.1},
                     sites={"leeds": 28, "york": 12}, visits={"baseline": 0, "week24": 168})
    first = next(everyone)
    exam = hand_mri(first.patient, scanner, acquired=datetime(2026, 3, 4, 9, 30),
                    truth=first.truth["baseline"], rng=np.random.default_rng(1), faults={"motion"})
    exam.write(Path("inbox"))

`truth` is the right hand, on the left of the image; the left hand is `other`, by default milder.
The first scan of a process builds the hand (some seconds, some 100 MB kept); the next take a
fraction of a second. An `Exam` is a sequence of datasets, and `Exam.files()` gives the bytes that a
site sends. `POSSIBLE` lists which faults each kind of exam can have. `acquired` is the scanner's own
local time; `Reader` answers forms, `Reader.read_at_scan` those of a sonographer.
"""

from provident.synthetic.course import Participant as Participant
from provident.synthetic.course import study as study
from provident.synthetic.enhanced import enhanced as enhanced
from provident.synthetic.exam import Exam as Exam
from provident.synthetic.exam import encode as encode
from provident.synthetic.faults import POSSIBLE as POSSIBLE
from provident.synthetic.faults import Fault as Fault
from provident.synthetic.mri import hand_mri as hand_mri
from provident.synthetic.people import Patient as Patient
from provident.synthetic.people import patients as patients
from provident.synthetic.phantom import PHANTOM as PHANTOM
from provident.synthetic.phantom import phantom as phantom
from provident.synthetic.reader import Reader as Reader
from provident.synthetic.scanner import Scanner as Scanner
from provident.synthetic.truth import BONES as BONES
from provident.synthetic.truth import JOINTS as JOINTS
from provident.synthetic.truth import HandTruth as HandTruth
from provident.synthetic.ultrasound import joint_ultrasound as joint_ultrasound
from provident.synthetic.xray import hand_xray as hand_xray
