import type { SignReply } from '../api';
import { summarise, type SectionSummary } from '../form/summary';
import type { FormState } from '../form/state';
import { openDialog } from './dialog';
import { el } from './dom';

export interface SignParts {
  state: FormState;
  measurements: number;
  /** Seconds at work on this case. */
  seconds: number;
  sign(password: string): Promise<SignReply>;
  goTo(key: string): void;
  done(reply: SignReply & { kind: 'signed' | 'findings' }): void;
}

/** Show what is about to be signed, ask for the password, sign. */
export function openSign(parts: SignParts): void {
  const sections = summarise(parts.state);
  const blanks = sections.flatMap((s) => s.blanks);
  const message = el('p', { class: 'error', attrs: { role: 'alert' } });
  const password = el('input', { attrs: { type: 'password', id: 'sign-password', autocomplete: 'current-password', required: true } });
  const confirm = el('button', { class: 'btn', text: 'Sign', attrs: { type: 'submit' } });
  const cancel = el('button', { class: 'btn quiet', text: 'Back to the case', attrs: { type: 'button' } });
  const form = el('form', { class: 'sign-form', attrs: { method: 'dialog' } }, [
    el('p', { class: 'meaning', text: 'With my password I sign that I read these images myself and that these are my answers. After signing nothing can be changed; a correction is a new version with a reason.' }),
    el('label', { text: 'Your password', attrs: { for: 'sign-password' } }),
    password,
    message,
    el('div', { class: 'row' }, [confirm, cancel]),
  ]);
  const dialog = openDialog('Sign this case', [
    el('div', { class: 'signed-list' }, sections.map(sectionCard)),
    el('p', { class: 'soft', text: `${parts.measurements} ${parts.measurements === 1 ? 'measurement' : 'measurements'} · ${Math.max(1, Math.round(parts.seconds / 60))} min of reading` }),
    blanks.length > 0 ? blankList(blanks, (key) => { dialog.close(); parts.goTo(key); }) : null,
    form,
  ].filter((n): n is HTMLElement => n !== null), 'sign-dialog');
  cancel.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(parts, password, confirm, message, dialog);
  });
  password.focus();
}

async function send(parts: SignParts, password: HTMLInputElement, confirm: HTMLButtonElement, message: HTMLElement, dialog: HTMLDialogElement): Promise<void> {
  if (password.value === '') {
    message.textContent = 'Type your password to sign.';
    return password.focus();
  }
  confirm.disabled = true;
  message.textContent = '';
  const reply = await parts.sign(password.value);
  confirm.disabled = false;
  if (reply.kind === 'signed' || reply.kind === 'findings') {
    dialog.close();
    return parts.done(reply);
  }
  message.textContent = reply.message;
  password.select();
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
