import { el } from './dom';

/** Open a modal dialog; it removes itself when closed, and the browser gives the focus back. */
export function openDialog(title: string, content: Node[], className = ''): HTMLDialogElement {
  const heading = el('h2', { text: title, attrs: { id: 'dialog-title' } });
  const dialog = el('dialog', { class: `dialog ${className}`, attrs: { 'aria-labelledby': 'dialog-title' } }, [heading, ...content]);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export const dialogOpen = (): boolean => document.querySelector('dialog[open]') !== null;
