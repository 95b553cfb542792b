// Filters apply as they change; a half-written answer is not lost by a slip.

/** Forms marked `data-auto` are sent when a field changes; without script their button does it. */
export function submitOnChange(root: Document): void {
  for (const form of root.querySelectorAll<HTMLFormElement>('form[data-auto]')) {
    form.addEventListener('change', () => {
      for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select')) {
        if (field.value === '') field.disabled = true; // keeps the address short
      }
      form.submit();
    });
    form.querySelector<HTMLElement>('[data-auto-button]')?.setAttribute('hidden', '');
  }
}

/** Leaving a page with a written and unsent form asks first. */
export function confirmLeaving(root: Document): void {
  let written = false;
  for (const form of root.querySelectorAll<HTMLFormElement>('form[method="post"]')) {
    form.addEventListener('input', () => (written = true));
    form.addEventListener('submit', () => (written = false));
  }
  window.addEventListener('beforeunload', (event) => {
    if (written) event.preventDefault();
  });
}

/** A link to a closed `<details>` opens it. */
export function openTargets(root: Document): void {
  const open = (): void => {
    const target = root.getElementById(window.location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
  };
  window.addEventListener('hashchange', open);
  open();
}
