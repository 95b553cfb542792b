// The site's key: made here, wrapped here, opened here. The same document as provident.adapters.gateway.sitekey.
import type { WrappedKey } from './protocol';

const FORMAT = 'provident-site-key';
const KDF = 'PBKDF2-SHA256';
const CIPHER = 'AES-256-GCM';
export const ITERATIONS = 1_000_000;
const text = new TextEncoder();

/** The passphrase does not open the key. */
export class WrongPassphrase extends Error {}
/** The document is no wrapped key, or another site's. */
export class NoKey extends Error {}

export interface OpenKey {
  secret: Uint8Array;
  namespace: string;
  check: string;
}

export const newSecret = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));

/** A passphrase as it is used: the same on every keyboard. */
export const normal = (passphrase: string): string => passphrase.normalize('NFKC').trim();

export async function wrap(
  key: { secret: Uint8Array; namespace: string },
  passphrase: string,
  study: string,
  site: string,
  iterations = ITERATIONS,
): Promise<WrappedKey> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const told = { study, site, namespace: key.namespace };
  const cipher = await cipherOf(passphrase, salt, iterations);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: named(told) },
    cipher,
    key.secret as BufferSource,
  );
  return {
    format: FORMAT,
    version: 1,
    ...told,
    kdf: { name: KDF, iterations, salt: base64(salt) },
    cipher: { name: CIPHER, nonce: base64(nonce), sealed: base64(new Uint8Array(sealed)) },
    check: await checkOf(key.secret, key.namespace),
  };
}

export async function unwrap(wrapped: WrappedKey, passphrase: string): Promise<OpenKey> {
  const salt = bytes(wrapped.kdf.salt);
  const cipher = await cipherOf(passphrase, salt, wrapped.kdf.iterations);
  let secret: Uint8Array;
  try {
    const opened = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: bytes(wrapped.cipher.nonce), additionalData: named(wrapped) },
      cipher,
      bytes(wrapped.cipher.sealed),
    );
    secret = new Uint8Array(opened);
  } catch {
    throw new WrongPassphrase();
  }
  const check = await checkOf(secret, wrapped.namespace);
  if (check !== wrapped.check) throw new NoKey('The key has another check value than its file says. Take the backup.');
  return { secret, namespace: wrapped.namespace, check };
}

/** A key file as chosen by a person. */
export function readKeyFile(content: string, study: string, site: string): WrappedKey {
  const words = 'This is no wrapped site key of Provident’s. Choose the file that this page or `provident gateway key export` made.';
  let told: WrappedKey;
  try {
    told = JSON.parse(content) as WrappedKey;
  } catch {
    throw new NoKey(words);
  }
  const fits =
    told?.format === FORMAT && told.kdf?.name === KDF && told.cipher?.name === CIPHER && Number.isInteger(told.kdf.iterations);
  if (!fits || told.kdf.iterations < 600_000 || told.kdf.iterations > 20_000_000) throw new NoKey(words);
  if (told.study !== study || told.site !== site) {
    throw new NoKey(`This key is of site ${told.site} in study ${told.study}, not of this site. Choose this site’s own file.`);
  }
  return told;
}

/** The check value of a key: tells keys apart and nothing else. */
export async function checkOf(secret: Uint8Array, namespace: string): Promise<string> {
  return hex(await mac(secret, namespace, 'check')).slice(0, 16);
}

/** As SiteKey.mac: HMAC-SHA256 over a purpose and its parts, each with its length. */
export async function mac(secret: Uint8Array, namespace: string, purpose: string, ...parts: string[]): Promise<Uint8Array> {
  const pieces = ['provident', namespace, purpose, ...parts].flatMap((part) => {
    const raw = text.encode(part);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, raw.length);
    return [length, raw];
  });
  const message = await new Blob(pieces as BlobPart[]).arrayBuffer();
  const key = await crypto.subtle.importKey('raw', secret as BufferSource, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, message));
}

function named(told: { study: string; site: string; namespace: string }): BufferSource {
  return text.encode([FORMAT, told.study, told.site, told.namespace].join('\0'));
}

async function cipherOf(passphrase: string, salt: BufferSource, iterations: number): Promise<CryptoKey> {
  const from = await crypto.subtle.importKey('raw', text.encode(normal(passphrase)), 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations },
    from,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

const hex = (raw: Uint8Array): string => Array.from(raw, (b) => b.toString(16).padStart(2, '0')).join('');
const base64 = (raw: Uint8Array): string => btoa(String.fromCharCode(...raw));
const bytes = (value: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(value), (c) => c.charCodeAt(0));
