// One selection of files on its way: looked at, held against the participant and the visit, made, shown, sent.
import { el } from '../room/ui/dom';
import { Cancelled, Refused, type Crew } from './crew';
import { goes, leavingOf, seriesOf, type Exam } from './exams';
import { get, input, noProblem, plural, problem, progress, show, size } from './page';
import type { Glance, MadeFile, ParticipantTold, Settings, SlotTold, VisitMatch } from './protocol';
import { examBlock, leftBox, personBox, receiptBox, summary } from './result';
import { sendExam, Stopped } from './sender';
import { Says, type Receipt, type Server } from './server';
import { sorted, standing, verdict, type Looked, type Person, type Study } from './sort';
import { opened, type Chosen, type LeftOut } from './sources';

interface Choice {
  participant: ParticipantTold;
  slot: SlotTold;
}

export class Desk {
  busy = false;
  private crew: Crew | null = null;
  private namespace = '';
  private choice: Choice | null = null;
  private exams: Exam[] = [];
  private left: LeftOut[] = [];
  private person = '';
  private anotherNumber = false;
  private stop = new AbortController();

  constructor(
    private readonly settings: Settings,
    private readonly server: Server,
    private readonly transfers: string,
  ) {}

  get isOpen(): boolean {
    return this.crew !== null;
  }

  opened(crew: Crew, namespace: string): void {
    this.crew = crew;
    this.namespace = namespace;
  }

  /** Another participant or visit: what was looked at is looked at no more. */
  choose(choice: Choice | null): void {
    const same = choice?.participant === this.choice?.participant && choice?.slot === this.choice?.slot;
    this.choice = choice;
    if (!same && !this.busy) this.clear();
  }

  cancel(): void {
    this.crew?.cancel();
    this.stop.abort();
  }

  private clear(): void {
    this.exams = [];
    this.left = [];
    show('result', false);
    show('person', false);
    progress('', null);
  }

  async look(chosen: Chosen): Promise<void> {
    if (!this.crew || !this.choice) return;
    this.clear();
    this.anotherNumber = false;
    this.left = chosen.left;
    await this.working('Nothing was sent', async () => {
      const looked = await this.glances(chosen);
      const codes = this.settings.participants.map((p) => p.code);
      const found = sorted(looked, this.choice!.participant, codes);
      this.left.push(...found.left);
      if (found.refusal || !found.person) return this.refuse(found.refusal);
      get('person').replaceChildren(personBox(found.person));
      show('person');
      if (await this.isRightPerson(found.person)) await this.make(found.studies);
    });
  }

  private refuse(words: string): void {
    problem('These files cannot be sent', words);
    this.drawLeft();
  }

  private drawLeft(): void {
    const box = leftBox(this.left);
    get('result-content').replaceChildren(...(box ? [box] : []));
    show('result', Boolean(box));
  }

  private async working(title: string, act: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.stop = new AbortController();
    show('drop', false);
    try {
      await act();
    } catch (error) {
      this.failed(title, error);
    } finally {
      this.busy = false;
      progress('', null);
      show('drop', Boolean(this.choice));
    }
  }

  private failed(title: string, error: unknown): void {
    if (error instanceof Cancelled || error instanceof Stopped) {
      get('progress-words').textContent = '';
      return problem('Stopped', 'You stopped it. Choose the files again to begin anew; what was sent stays sent and is not sent twice.');
    }
    if (error instanceof Says || error instanceof Refused) return problem(title, error.message);
    problem(title, 'The platform does not answer, or this computer ran out of memory. Nothing is lost: try again.');
  }

  private async glances(chosen: Chosen): Promise<Looked[]> {
    const files: { found: (typeof chosen.files)[number]; blob: Blob }[] = [];
    for (const [i, found] of chosen.files.entries()) {
      if (this.stop.signal.aborted) throw new Stopped();
      if (i % 50 === 0) progress(`Opening ${plural(chosen.files.length, 'file')}.`, (0.1 * i) / chosen.files.length);
      const blob = await opened(found);
      if (typeof blob === 'string') this.left.push({ path: found.path, words: blob });
      else files.push({ found, blob });
    }
    const looked: Looked[] = [];
    await this.crew!.glances(files.map((f) => f.blob), (i, glance: Glance | null) => {
      if (glance) looked.push({ ...files[i]!, glance });
      else this.left.push({ path: files[i]!.found.path, words: 'The engine could not read it.' });
      progress(`Reading ${plural(files.length, 'header')}.`, 0.1 + (0.2 * looked.length) / files.length);
    });
    // Workers answer in any order; what is sent must not depend on it.
    return looked.sort((a, b) => (a.found.path < b.found.path ? -1 : 1));
  }

  private async isRightPerson(person: Person): Promise<boolean> {
    const { participant } = this.choice!;
    this.person = await this.crew!.person(person.issuer, person.patient);
    const { known, owner } = await this.server.whose(participant.code, this.person, this.namespace);
    if (known === 'other') {
      this.refuse(`These images are of the patient whose images were sent for ${owner}. Choose that participant, or the right files.`);
      return false;
    }
    this.anotherNumber = known === 'another';
    return true;
  }

  private async make(studies: readonly Study[]): Promise<void> {
    for (const study of studies) {
      const match = study.acquired ? await this.visitOf(study) : null;
      const { slot } = this.choice!;
      const told = verdict(study, match, slot, this.settings.kinds[slot.kind]?.modalities ?? []);
      const series = told.state === 'not' ? [] : await this.made(study);
      this.exams.push({ study, verdict: told, agreed: false, series });
    }
    this.draw();
    get('result').focus();
  }

  private visitOf(study: Study): Promise<VisitMatch> {
    return this.crew!.visit(this.choice!.participant.anchor, study.acquired);
  }

  private async made(study: Study) {
    const { participant } = this.choice!;
    const results: (MadeFile | null)[] = new Array<MadeFile | null>(study.files.length).fill(null);
    let done = 0;
    const exam = { participant: participant.code, anchor: participant.anchor, acquired: study.acquired };
    const begun = performance.now();
    const stand = standing(study.files);
    const asked = study.files.map((f) => ({ blob: f.blob, stands: stand.has(f) }));
    await this.crew!.makes(exam, asked, (i, result: MadeFile | null) => {
      results[i] = result;
      done++;
      progress(`De-identifying and checking image ${done} of ${study.files.length}.`, 0.3 + (0.7 * done) / study.files.length);
    });
    const seconds = (performance.now() - begun) / 1000;
    get('send').dataset.pace = (study.files.length / seconds).toFixed(1);
    return seriesOf(study.files, results);
  }

  private draw(): void {
    const anything = this.exams.some((e) => goes(e) || (e.verdict.state === 'outside' && leavingOf(e).length));
    get('result-content').replaceChildren(
      ...[
        this.anotherNumber && anything ? null : summary(this.exams),
        this.anotherNumber && anything ? this.samePerson() : null,
        anything ? this.actions() : null,
        ...this.exams.map((exam) => examBlock(exam, () => this.draw())),
        leftBox(this.left),
      ].filter((node): node is HTMLElement => node !== null),
    );
    show('result');
  }

  /** Images of this participant were sent under another hospital number: the person says that it is the same one. */
  private samePerson(): HTMLElement {
    const code = this.choice!.participant.code;
    return el('div', { class: 'loss' }, [
      el('p', { class: 'strong', text: `These images carry another patient number than those sent for ${code} before.` }),
      el('p', { text: 'If they are of another person, do not send them. If it is the same person under a second number, say how you know; it is recorded.' }),
      el('label', { class: 'nhsuk-label', text: 'How you know', attrs: { for: 'same-person' } }),
      el('input', { class: 'nhsuk-input', attrs: { id: 'same-person', type: 'text', maxlength: 300, autocomplete: 'off' } }),
    ]);
  }

  private actions(): HTMLElement {
    const those = this.exams.filter(goes).flatMap(leavingOf);
    const words = those.length ? `Send ${plural(those.length, 'image')}` : 'Send';
    const send = el('button', { class: 'btn', text: words, attrs: { type: 'button', id: 'send-now', disabled: !those.length } });
    send.addEventListener('click', () => void this.send());
    return el('p', { class: 'send__actions' }, [send]);
  }

  private async send(): Promise<void> {
    noProblem();
    const reason = this.anotherNumber ? input('same-person').value.trim() : '';
    if (this.anotherNumber && !reason) {
      return problem('Nothing was sent', 'Say how you know that it is the same person.', 'same-person');
    }
    const those = this.exams.filter(goes);
    const total = those.flatMap(leavingOf).reduce((n, l) => n + l.made.size, 0);
    let sent = 0;
    await this.working('Not everything was sent', async () => {
      const receipts: Receipt[] = [];
      for (const exam of those) {
        receipts.push(await this.sendOne(exam, reason, (bytes) => {
          sent += bytes;
          progress(`Sending: ${size(sent)} of ${size(total)}.`, total ? sent / total : 1);
        }));
      }
      this.exams = [];
      get('result-content').replaceChildren(receiptBox(receipts, this.transfers));
      show('person', false);
      get('result').focus();
    });
  }

  private async sendOne(exam: Exam, reason: string, sent: (bytes: number) => void): Promise<Receipt> {
    const { participant } = this.choice!;
    const leaving = leavingOf(exam);
    progress('Announcing the transfer.', 0);
    const manifest = await this.crew!.manifest({
      participant: participant.code,
      anchor: participant.anchor,
      acquired: exam.study.acquired,
      deidentified_before: exam.study.files.some((f) => f.glance.deidentified_before),
      instances: leaving.map((l) => l.made),
    });
    const announcement = { manifest, person: this.person, namespace: this.namespace, same_person: reason };
    return sendExam(this.server, announcement, leaving, sent, this.stop.signal);
  }
}
