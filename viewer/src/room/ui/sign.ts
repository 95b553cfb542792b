import type { LockReply, SignedBy, SignReply } from '../api';
import { summarise, type SectionSummary } from '../form/summary';
import type { FormState } from '../form/state';
import { openDialog } from './dialog';
import { el } from './dom';

export interface SignParts {
  state: FormState;
  measurements: number;
  /** Seconds at work on this case. */
  seconds: number;
  /** The codes of those who sign along. */
  signers: string[];
  /** What is chosen of two reads. */
  chosen: { choice: string; reason: string; label: string } | null;
  sign(password: string, how: SignedBy): Promise<SignReply>;
  goTo(key: string): void;
  done(reply: SignReply & { kind: 'signed' | 'findings' }): void;
}

const MEANING = 'With my password I sign that I read these images myself and that these are my answers. After signing nothing can be changed; a correction is a new version with a reason.';
const MEANING_CHOICE = 'With my password I sign that I looked at these images and at both reads, and that this one stands. After signing nothing can be changed.';

/** Show what is about to be signed, ask for the password, sign. */
export function openSign(parts: SignParts): void {
  const sections = parts.chosen ? [] : summarise(parts.state);
  const blanks = sections.flatMap((s) => s.blanks);
  const message = el('p', { class: 'error', attrs: { role: 'alert' } });
  const password = el('input', { attrs: { type: 'password', id: 'sign-password', autocomplete: 'current-password', required: true } });
  const confirm = el('button', { class: 'btn', text: 'Sign', attrs: { type: 'submit' } });
  const cancel = el('button', { class: 'btn quiet', text: 'Back to the case', attrs: { type: 'button' } });
  const others = parts.signers.map(signerFields);
  const form = el('form', { class: 'sign-form', attrs: { method: 'dialog' } }, [
    el('p', { class: 'meaning', text: parts.chosen ? MEANING_CHOICE : MEANING }),
    el('label', { text: 'Your password', attrs: { for: 'sign-password' } }),
    password,
    ...others.map((o) => o.element),
    message,
    el('div', { class: 'row' }, [confirm, cancel]),
  ]);
  const dialog = openDialog('Sign this case', [
    parts.chosen ? choiceCard(parts.chosen) : el('div', { class: 'signed-list' }, sections.map(sectionCard)),
    el('p', { class: 'soft', text: `${parts.measurements} ${parts.measurements === 1 ? 'measurement' : 'measurements'} · ${Math.max(1, Math.round(parts.seconds / 60))} min of reading` }),
    blanks.length > 0 ? blankList(blanks, (key) => { dialog.close(); parts.goTo(key); }) : null,
    form,
  ].filter((n): n is HTMLElement => n !== null), 'sign-dialog');
  cancel.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const how: SignedBy = parts.chosen ? { choice: parts.chosen.choice, reason: parts.chosen.reason } : others.length > 0 ? { signers: others.map((o) => o.read()) } : {};
    void send(parts, how, password, confirm, message, dialog);
  });
  password.focus();
}

/** The user name and password of one who signs along. */
function signerFields(code: string): { element: HTMLElement; read(): { code: string; username: string; password: string } } {
  const name = el('input', { attrs: { id: `signer-${code}`, autocomplete: 'off', required: true } });
  const word = el('input', { attrs: { type: 'password', id: `signer-word-${code}`, autocomplete: 'off', required: true } });
  const element = el('fieldset', { class: 'signer' }, [
    el('legend', { text: `Reader ${code} signs along` }),
    el('label', { text: 'User name', attrs: { for: `signer-${code}` } }), name,
    el('label', { text: 'Password', attrs: { for: `signer-word-${code}` } }), word,
  ]);
  return { element, read: () => ({ code, username: name.value, password: word.value }) };
}

function choiceCard({ label, reason }: NonNullable<SignParts['chosen']>): HTMLElement {
  const lines: [string, string][] = [['Which read stands', label || 'not chosen'], ['Why', reason || 'no reason given']];
  return el('div', { class: 'signed-list' }, [el('section', {}, [el('dl', {}, lines.flatMap(([k, v]) => [el('dt', { text: k }), el('dd', { text: v })]))])]);
}

async function send(parts: SignParts, how: SignedBy, password: HTMLInputElement, confirm: HTMLButtonElement, message: HTMLElement, dialog: HTMLDialogElement): Promise<void> {
  if (password.value === '') {
    message.textContent = 'Type your password to sign.';
    return password.focus();
  }
  confirm.disabled = true;
  message.textContent = '';
  const reply = await parts.sign(password.value, how);
  confirm.disabled = false;
  if (reply.kind === 'signed' || reply.kind === 'findings') {
    dialog.close();
    return parts.done(reply);
  }
  message.textContent = reply.message;
  password.select();
}

export interface LockParts {
  state: FormState;
  /** The stage, in words: `Step 2 of 4`. */
  stage: string;
  lock(): Promise<LockReply>;
  goTo(key: string): void;
  done(reply: LockReply & { kind: 'locked' | 'findings' }): void;
}

/** Show what is about to be locked; the signature at the end covers it. */
export function openLock(parts: LockParts): void {
  const open = summarise(parts.state).filter((s) => s.open);
  const blanks = open.flatMap((s) => s.blanks);
  const message = el('p', { class: 'error', attrs: { role: 'alert' } });
  const confirm = el('button', { class: 'btn', text: 'Lock and go on', attrs: { type: 'button' } });
  const cancel = el('button', { class: 'btn quiet', text: 'Back to the case', attrs: { type: 'button' } });
  const dialog = openDialog(`Lock ${parts.stage.toLowerCase()}`, [
    el('div', { class: 'signed-list' }, open.map(sectionCard)),
    blanks.length > 0 ? blankList(blanks, (key) => { dialog.close(); parts.goTo(key); }) : null,
    el('p', { class: 'meaning', text: 'Locked answers stay as they are: what the next images show never reopens them. You sign all steps together at the end.' }),
    message,
    el('div', { class: 'row' }, [confirm, cancel]),
  ].filter((n): n is HTMLElement => n !== null), 'sign-dialog');
  cancel.addEventListener('click', () => dialog.close());
  confirm.addEventListener('click', () => void lock());
  const lock = async (): Promise<void> => {
    confirm.disabled = true;
    const reply = await parts.lock();
    confirm.disabled = false;
    if (reply.kind === 'failed') {
      message.textContent = reply.message;
      return;
    }
    dialog.close();
    parts.done(reply);
  };
  confirm.focus();
}

function sectionCard(section: SectionSummary): HTMLElement {
  return el('section', {}, [
    el('h3', { text: section.label ? `Time point ${section.label}` : 'Answers' }),
    el('dl', {}, section.lines.flatMap(([name, value]) => [el('dt', { text: name }), el('dd', { text: value })])),
  ]);
}

function blankList(blanks: SectionSummary['blanks'], goTo: (key: string) => void): HTMLElement {
  const shown = blanks.slice(0, 6);
  return el('div', { class: 'blanks' }, [
    el('b', { text: blanks.length === 1 ? '1 answer is blank' : `${blanks.length} answers are blank` }),
    el('p', { text: 'A case is signed when every answer is given or its absence has a reason.' }),
    el('ul', {}, [
      ...shown.map((b) => el('li', {}, [el('button', { class: 'link', text: b.label, attrs: { type: 'button' }, on: { click: () => goTo(b.key) } })])),
      blanks.length > shown.length ? el('li', { text: `and ${blanks.length - shown.length} more` }) : null,
    ]),
  ]);
}
