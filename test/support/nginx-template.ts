import { readFileSync } from 'node:fs';
import path from 'node:path';

const file = path.resolve(import.meta.dirname, '../../docker/nginx/ods.conf.template');

interface Values {
  readonly NGINX_PORT: number | string;
  readonly ODS_SERVERS: string;
  readonly ODS_CONTENT_DIR: string;
  readonly ODS_RESOLVER?: string;
  readonly ODS_TLS?: string;
  readonly ODS_TRUSTED_PROXIES?: string;
  readonly ODS_ACCESS_LOG?: string;
}

/** The configuration that the product ships, filled in as the nginx image does at its start. */
export const nginxConfig = (values: Values): string => {
  const usual = { ODS_RESOLVER: '', ODS_TRUSTED_PROXIES: '', ODS_TLS: '/nonexistent/*.conf', ODS_ACCESS_LOG: 'off' };
  const given: Record<string, string | number> = { ...usual, ...values };
  return readFileSync(file, 'utf8').replace(/\$\{(\w+)\}/g, (_, name: string) => {
    if (given[name] === undefined) throw new Error(`The template has an unknown variable ${name}.`);
    return String(given[name]);
  });
};
