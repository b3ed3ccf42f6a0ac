/** What broke before a server could answer, by the code that Node.js gives: its name, its certificate, or the line. */
export type LineFault = 'dns' | 'tls' | 'line';

const dns = /^(?:ENOTFOUND|EAI_\w+|ENODATA)$/;
const tls = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME/;

export function lineFaultOf(code: string): LineFault {
  if (dns.test(code)) return 'dns';
  return tls.test(code) ? 'tls' : 'line';
}
