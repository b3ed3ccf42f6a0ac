const fixed: Readonly<Record<string, (host: string) => string>> = {
  ECONNREFUSED: (host) => `Nothing answers at ${host}. Is the server running, and is the port right?`,
  ENOTFOUND: (host) => `The name ${host} cannot be looked up. Check the URL and the name servers.`,
  EAI_AGAIN: (host) => `The name ${host} cannot be looked up now. Check the name servers.`,
  ECONNRESET: (host) => `${host} closed the connection. Is a proxy or firewall in between?`,
  EPIPE: (host) => `${host} closed the connection. Is a proxy or firewall in between?`,
  EHOSTUNREACH: (host) => `There is no route to ${host}.`,
  ENETUNREACH: (host) => `There is no route to ${host}.`,
  ERR_BAD_RESPONSE: (host) => `${host} cut its answer short. Is a proxy or firewall in between?`,
  EPROTO: (host) => `${host} does not speak TLS there. Should the URL begin with http://?`,
  ERR_TLS_CERT_ALTNAME_INVALID: (host) =>
    `The certificate of ${host} is for another name. Enter the URL with the name that stands in the certificate.`,
  CERT_HAS_EXPIRED: (host) => `The certificate of ${host} has expired.`,
};

const late = ['ETIMEDOUT', 'ECONNABORTED', 'ERR_CANCELED'];

/** Why a call to another server failed on the wire, in a sentence that says what to check. */
export function describeFailure(error: unknown, url: string, timeoutMs: number): string {
  const { code, message, cause } = error as { code?: string; message?: string; cause?: { code?: string } };
  const known = code ?? cause?.code ?? '';
  const host = URL.canParse(url) ? new URL(url).host : url;
  const sentence = fixed[known];
  if (sentence) return sentence(host);
  if (late.includes(known)) return `${host} did not answer within ${Math.round(timeoutMs / 1_000)} seconds.`;
  if (/WRONG_VERSION|UNSUPPORTED_PROTOCOL/.test(known)) return fixed['EPROTO']!(host);
  if (known.startsWith('HPE_')) return `${host} does not speak HTTP there. Check the URL; should it begin with https://?`;
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(known)) {
    return `The certificate of ${host} is not accepted (${known}). Use one that this machine trusts, or name your authority with NODE_EXTRA_CA_CERTS.`;
  }
  return `${host} cannot be reached: ${message ?? known}`;
}
