// The box of the site's key: open it, make it, import it, change its passphrase, replace it.
import { checkOf, newSecret, NoKey, readKeyFile, unwrap, wrap, WrongPassphrase, type OpenKey } from './keys';
import { get, input, noProblem, problem, show } from './page';
import { strength, suggestion } from './passphrase';
import type { Settings, WrappedKey } from './protocol';
import { Says, type Server } from './server';

export class KeyBox {
  private wrapped: WrappedKey | null;
  private open: OpenKey | null = null;

  constructor(
    private readonly server: Server,
    private readonly settings: Settings,
    private readonly opened: (key: OpenKey) => void,
  ) {
    this.wrapped = settings.key;
    this.form('key-open', () => this.unlock());
    this.form('key-make-form', () => this.make());
    this.form('key-import-form', () => this.takeOver());
    this.form('key-change-form', () => this.change());
    this.form('key-replace-form', () => this.replace());
    for (const [field, note] of [['new', 'strength'], ['change', 'change-strength'], ['replace', 'replace-strength']] as const) {
      input(`${field}-passphrase`).addEventListener('input', () => this.judge(`${field}-passphrase`, note));
    }
    get('suggest').addEventListener('click', () => this.suggest());
    this.draw();
  }

  private form(id: string, act: () => Promise<void>): void {
    const form = get<HTMLFormElement>(id);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      noProblem();
      const button = form.querySelector<HTMLButtonElement>('button:not([type])');
      if (!button || button.disabled) return;
      button.disabled = true;
      try {
        await act();
      } catch (error) {
        if (!(error instanceof NoKey || error instanceof Says)) {
          problem('The key could not be kept', 'The platform does not answer. Try again in a moment.');
        } else problem('The key does not fit', error.message);
      } finally {
        button.disabled = false;
      }
    });
  }

  private async unlock(): Promise<void> {
    const given = input('passphrase').value;
    if (!given) return problem('The key is closed', 'Type the passphrase of your site.', 'passphrase');
    this.use(await this.tried(this.wrapped!, given, 'passphrase'));
  }

  private async tried(wrapped: WrappedKey, passphrase: string, field: string): Promise<OpenKey | null> {
    get('key-state').textContent = 'Opening the key.';
    try {
      return await unwrap(wrapped, passphrase);
    } catch (error) {
      this.draw();
      if (!(error instanceof WrongPassphrase)) throw error;
      problem('The key stays closed', 'The passphrase is wrong. Type it again; mind capital letters and blanks.', field);
      return null;
    }
  }

  private use(key: OpenKey | null): void {
    if (!key) return;
    this.open = key;
    for (const field of document.querySelectorAll<HTMLInputElement>('#send input[type=password], #send .nhsuk-password-input__input')) {
      field.value = '';
    }
    this.draw();
    this.opened(key);
  }

  private async make(): Promise<void> {
    const passphrase = this.newPassphrase('new-passphrase', 'again-passphrase');
    if (!passphrase) return;
    const reason = input('make-reason').value;
    if (this.settings.gateway_has_sent && !reason.trim()) {
      return problem('The key was not made', 'Say why these images need a key of their own.', 'make-reason');
    }
    await this.keep('make', newSecret(), '1', passphrase, reason);
  }

  private async keep(act: string, secret: Uint8Array, namespace: string, passphrase: string, reason: string): Promise<void> {
    const wrapped = await wrap({ secret, namespace }, passphrase, this.settings.study, this.settings.site);
    await this.server.keepKey(act, wrapped, reason);
    this.wrapped = wrapped;
    this.use({ secret, namespace, check: await checkOf(secret, namespace) });
  }

  private newPassphrase(field: string, again = ''): string {
    const given = input(field).value;
    const judged = strength(given, this.own());
    if (!judged.enough) {
      problem('The passphrase is too weak', judged.words, field);
      return '';
    }
    if (again && input(again).value.normalize('NFKC').trim() !== given.normalize('NFKC').trim()) {
      problem('The passphrases differ', 'Type the same passphrase twice.', again);
      return '';
    }
    return given;
  }

  private own(): string[] {
    return [this.settings.site, this.settings.site_name, ...this.settings.study.split('-')];
  }

  private async takeOver(): Promise<void> {
    const file = input('key-file').files?.[0];
    if (!file) return problem('Nothing to import', 'Choose the file of the wrapped key.', 'key-file');
    const wrapped = readKeyFile(await file.text(), this.settings.study, this.settings.site);
    const key = await this.tried(wrapped, input('import-passphrase').value, 'import-passphrase');
    if (!key) return;
    await this.server.keepKey('import', wrapped);
    this.wrapped = wrapped;
    this.use(key);
  }

  private async change(): Promise<void> {
    if (!this.open) return problem('The key is closed', 'Open the key with its present passphrase first.', 'passphrase');
    const passphrase = this.newPassphrase('change-passphrase');
    if (passphrase) await this.keep('passphrase', this.open.secret, this.open.namespace, passphrase, '');
  }

  private async replace(): Promise<void> {
    const reason = input('replace-reason').value;
    if (!reason.trim()) return problem('The key was not replaced', 'Say why it is replaced.', 'replace-reason');
    const passphrase = this.newPassphrase('replace-passphrase');
    if (!passphrase) return;
    const next = String(Number(this.wrapped!.namespace) + 1);
    await this.keep('replace', newSecret(), next, passphrase, reason);
    input('replace-reason').value = '';
  }

  private judge(field: string, note: string): void {
    const { enough, words } = strength(input(field).value, this.own());
    get(note).textContent = input(field).value ? (enough ? 'Strong enough.' : words) : '';
  }

  private suggest(): void {
    const given = suggestion();
    input('new-passphrase').value = input('again-passphrase').value = given;
    get('strength').textContent = `Suggested: ${given}. Write it down.`;
  }

  private draw(): void {
    show('key-open', Boolean(this.wrapped) && !this.open);
    show('key-none', !this.wrapped);
    show('key-care', Boolean(this.wrapped));
    show('key-gateway', !this.wrapped && this.settings.gateway_has_sent);
    show('make-reason-group', this.settings.gateway_has_sent);
    const check = this.open?.check ?? this.wrapped?.check ?? '';
    const words = this.open ? 'Open' : this.wrapped ? 'Closed' : '';
    const rest = check ? ` · check value ${check}${this.wrapped?.namespace === '1' ? '' : `, key ${this.wrapped?.namespace}`}` : '';
    get('key-state').textContent = words ? `${words}${rest}` : '';
  }
}
