import type { CaseDocument } from '../types';
import { openDialog } from './dialog';
import { el } from './dom';

const KINDS: Record<string, string> = { unexpected_finding: 'An unexpected finding', early_release: 'These images should go to the clinical team now', interim_analysis: 'For the interim analysis' };

/** Tell of something that concerns the participant's care, without leaving the blind. */
export function openReport(doc: CaseDocument, send: (kind: string, label: string, text: string) => Promise<string | null>, announce: (text: string) => void): void {
  const kinds = doc.may_report ?? [];
  if (kinds.length === 0) return announce('In this study nothing is told from the reading room');
  const option = (value: string, text: string): HTMLElement => el('option', { text, attrs: { value } });
  const kind = el('select', { attrs: { id: 'report-kind' } }, kinds.map((k) => option(k, KINDS[k] ?? k.replaceAll('_', ' '))));
  const label = el('select', { attrs: { id: 'report-label' } }, doc.timepoints.map((t) => option(t.label, `Time point ${t.label}`)));
  const text = el('textarea', { class: 'text', attrs: { id: 'report-text', rows: 4, required: true, maxlength: 2000 } });
  const message = el('p', { class: 'error', attrs: { role: 'alert' } });
  const confirm = el('button', { class: 'btn', text: 'Tell', attrs: { type: 'submit' } });
  const cancel = el('button', { class: 'btn quiet', text: 'Back to the case', attrs: { type: 'button' } });
  const form = el('form', { class: 'sign-form', attrs: { method: 'dialog', novalidate: true } }, [
    el('p', { class: 'meaning', text: 'This goes to the person whom the study names for it, who sees the participant’s record; you stay blind and hear nothing more of it. Go on with your read as it is.' }),
    el('label', { text: 'What it is', attrs: { for: 'report-kind' } }), kind,
    el('label', { text: 'Where', attrs: { for: 'report-label' } }), label,
    el('label', { text: 'What you see', attrs: { for: 'report-text' } }), text,
    message,
    el('div', { class: 'row' }, [confirm, cancel]),
  ]);
  const dialog = openDialog('Tell of a finding', [form], 'sign-dialog');
  cancel.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void tell();
  });
  const tell = async (): Promise<void> => {
    if (text.value.trim() === '') {
      message.textContent = 'Say what you see, so that somebody can act on it.';
      return text.focus();
    }
    confirm.disabled = true;
    const problem = await send(kind.value, label.value, text.value.trim());
    confirm.disabled = false;
    if (problem) message.textContent = problem;
    else {
      dialog.close();
      announce('It was told. Go on with your read.');
    }
  };
  text.focus();
}
