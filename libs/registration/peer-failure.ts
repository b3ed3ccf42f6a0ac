/** Why a call to another server failed, in a sentence that says what to look at. */
export function describeFailure(error: unknown, url: string, timeoutMs: number): string {
  const { code, message, cause } = error as { code?: string; message?: string; cause?: { code?: string } };
  const known = code ?? cause?.code ?? '';
  const host = URL.canParse(url) ? new URL(url).host : url;
  switch (known) {
    case 'ECONNREFUSED':
      return `Nothing answers at ${host}. Is the server running, and is the port right?`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name ${host} cannot be looked up. Check the URL and the name servers.`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `${host} closed the connection. Is a proxy or firewall in between?`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `There is no route to ${host}.`;
    case 'ETIMEDOUT':
    case 'ECONNABORTED':
    case 'ERR_CANCELED':
      return `${host} did not answer within ${Math.round(timeoutMs / 1_000)} seconds.`;
    case 'ERR_BAD_RESPONSE':
      return `The answer of ${host} is too large to be one of an ODS.`;
    default:
      break;
  }
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(known)) {
    return `The certificate of ${host} is not accepted (${known}). Use one that this machine trusts, or name your authority with NODE_EXTRA_CA_CERTS.`;
  }
  return `${host} cannot be reached: ${message ?? known}`;
}
