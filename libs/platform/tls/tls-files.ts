import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Config } from '../config/config.js';

/** A certificate with its chain and key, PEM, that belong together. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  /** When the certificate ends. */
  readonly endsMs: number;
}

function textOf(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${setting} ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

function parsed<T>(setting: string, file: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${setting} ${file} is no ${what} in PEM form.`, { cause: error });
  }
}

/** The certificate that a server answers with. Throws an Error that names the setting and the file. */
export function readCertificate(file: string): { readonly text: string; readonly leaf: X509Certificate } {
  const text = textOf('TLS_CERT_FILE', file);
  return { text, leaf: parsed('TLS_CERT_FILE', file, 'certificate', () => new X509Certificate(text)) };
}

/** Reads both files. Throws an Error that names the setting and the file, when they cannot be used together. */
export function readTlsFiles(certFile: string, keyFile: string): TlsMaterial {
  const { text: cert, leaf } = readCertificate(certFile);
  const key = textOf('TLS_KEY_FILE', keyFile);
  const privateKey: KeyObject = parsed('TLS_KEY_FILE', keyFile, 'private key without a passphrase', () => createPrivateKey(key));
  if (!leaf.checkPrivateKey(privateKey)) throw new Error(`TLS_KEY_FILE ${keyFile} is not the key of the certificate in ${certFile}.`);
  parsed('TLS_CERT_FILE', certFile, 'certificate with its chain', () => createSecureContext({ cert, key }));
  return { cert, key, endsMs: Date.parse(leaf.validTo) };
}

/** What the settings name; null: this server does not end TLS. Throws as `readTlsFiles`. */
export function tlsOf(config: Config): TlsMaterial | null {
  const [certFile, keyFile] = [config.get('TLS_CERT_FILE'), config.get('TLS_KEY_FILE')];
  return certFile === null || keyFile === null ? null : readTlsFiles(certFile, keyFile);
}

/** Of every server here that ends TLS. A client that does not finish its handshake is not waited for. */
export const tlsOptions = ({ cert, key }: TlsMaterial) => ({ cert, key, handshakeTimeout: 10_000, ALPNProtocols: ['http/1.1'] });
