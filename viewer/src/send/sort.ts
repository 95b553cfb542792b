// From headers to exams: whose they are, which belong to the chosen slot, and in words why others do not.
import type { Glance, ParticipantTold, SlotTold, VisitMatch } from './protocol';
import type { Found, LeftOut } from './sources';

export interface Looked {
  found: Found;
  blob: Blob;
  glance: Glance;
}

export interface Person {
  patient: string;
  issuer: string;
  name: string;
  born: string;
}

export interface Sorted {
  refusal: string; // why nothing of this selection may go on, blank when something may
  person: Person | null;
  studies: Study[];
  left: LeftOut[];
}

export interface Study {
  uid: string;
  files: Looked[];
  acquired: string; // YYYY-MM-DD, blank where no file says
  modalities: string[];
}

const NOT_IMAGES = new Set(['SR', 'PR', 'KO', 'SEG', 'REG', 'DOC', 'OT', 'RTSTRUCT']);
const SAME_AGAIN = 'The same image again; one copy is enough.';
const WHOSE = 'It carries no patient number, so nobody can tell whose it is.';

export function sorted(looked: readonly Looked[], participant: ParticipantTold, codes: readonly string[]): Sorted {
  const left: LeftOut[] = [];
  const readable = looked.filter(({ found, glance }) => {
    if (glance.reason) left.push({ path: found.path, words: glance.explanation });
    return !glance.reason;
  });
  const named = readable.filter(({ found, glance }) => {
    if (!glance.patient) left.push({ path: found.path, words: WHOSE });
    return Boolean(glance.patient);
  });
  const { refusal, person } = personOf(readable, named, participant, codes);
  const once = new Set<string>();
  const files = named.filter(({ found, glance }) => {
    if (once.has(glance.instance)) left.push({ path: found.path, words: SAME_AGAIN });
    return !once.has(glance.instance) && once.add(glance.instance);
  });
  return { refusal, person, studies: refusal ? [] : studiesOf(files), left };
}

function personOf(
  readable: readonly Looked[],
  named: readonly Looked[],
  participant: ParticipantTold,
  codes: readonly string[],
): { refusal: string; person: Person | null } {
  if (!readable.length) return refused('There is no DICOM image among the files. Choose the folder or the CD of the exam.');
  if (!named.length) return refused('No file carries a patient number, so nobody can tell whose they are. Ask radiology to export the exam again.');
  const distinct = (values: string[]): string[] => [...new Set(values.map((v) => v.trim().toUpperCase()).filter(Boolean))];
  const numbers = distinct(named.map((l) => l.glance.patient));
  const issuers = distinct(named.map((l) => l.glance.issuer));
  const born = distinct(named.map((l) => l.glance.born));
  const several = Math.max(numbers.length, issuers.length, born.length);
  if (several > 1) {
    const by = numbers.length > 1 ? 'patient numbers' : born.length > 1 ? 'dates of birth' : 'issuers of patient numbers';
    return refused(`These files are of several patients (${several} ${by}). Choose the files of one patient; nothing was sent.`);
  }
  const other = codes.find((c) => c.toUpperCase() === numbers[0] && c !== participant.code);
  if (other) return refused(`These files carry the trial number ${other}, not ${participant.code}. Choose that participant, or the right files.`);
  const one = named.find((l) => l.glance.issuer) ?? named[0]!;
  const { patient, issuer, name, born: day } = one.glance;
  return { refusal: '', person: { patient, issuer, name, born: day } };
}

const refused = (refusal: string) => ({ refusal, person: null });

function studiesOf(files: readonly Looked[]): Study[] {
  const found = new Map<string, Looked[]>();
  for (const file of files) found.set(file.glance.study, [...(found.get(file.glance.study) ?? []), file]);
  return [...found].map(([uid, those]) => ({
    uid,
    files: those,
    acquired: those.map((f) => f.glance.acquired).filter(Boolean).sort()[0] ?? '',
    modalities: [...new Set(those.map((f) => f.glance.modality))].sort(),
  }));
}

/** The images that are looked at for their series: the first, the middle and the last by instance number, then UID. */
export function standing(files: readonly Looked[]): Set<Looked> {
  const series = new Map<string, Looked[]>();
  for (const file of files) {
    const those = series.get(file.glance.series);
    if (those) those.push(file);
    else series.set(file.glance.series, [file]);
  }
  const found = new Set<Looked>();
  for (const those of series.values()) {
    those.sort((a, b) => place(a) - place(b) || (a.glance.instance < b.glance.instance ? -1 : 1));
    for (const at of [0, Math.floor(those.length / 2), those.length - 1]) found.add(those[at]!);
  }
  return found;
}

// An image without a number stands before all others.
const place = ({ glance }: Looked): number => (/^[+-]?\d{1,12}$/.test(glance.order.trim()) ? Number(glance.order) : -1e13);

export interface Verdict {
  state: 'fits' | 'outside' | 'not';
  words: string;
}

/** Whether an exam belongs to the slot, by its date and kind; what is outside its window goes if a person says so. */
export function verdict(study: Study, match: VisitMatch | null, slot: SlotTold, modalities: readonly string[]): Verdict {
  if (!match) return not('It has no date, so its visit cannot be told. Ask radiology to export it again.');
  if (match.visit === null) {
    return not(`It was made ${days(Math.abs(match.day))} ${match.day < 0 ? 'before' : 'after'} day 0, far from any visit, so it is not sent.`);
  }
  if (match.visit !== slot.visit) {
    return not(`It was made on day ${match.day}, which is ${match.label}, not ${slot.visit_label}. Choose that visit to send it.`);
  }
  const images = study.modalities.filter((m) => !NOT_IMAGES.has(m));
  if (modalities.length && images.length && !images.some((m) => modalities.includes(m))) {
    return not(`It is ${images.join(', ')}; ${slot.kind_label} is ${modalities.join(' or ')}. Choose its own exam to send it.`);
  }
  if (match.in_window) return { state: 'fits', words: `Day ${match.day}, inside the window of ${match.label}.` };
  const late = match.days_outside > 0 ? `${days(match.days_outside)} after the window of ${match.label} closed` : `${days(-match.days_outside)} before the window of ${match.label} opens`;
  return { state: 'outside', words: `It was made ${late}. It can be sent and is then labelled so.` };
}

const not = (words: string): Verdict => ({ state: 'not', words });
const days = (n: number): string => `${n} ${n === 1 ? 'day' : 'days'}`;
