import { Injectable } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { Config } from '../config/config.js';
import { cleanPath } from './base-path.js';

/**
 * The path under which clients see this server, when a reverse proxy serves it under one: from X-Forwarded-Prefix (with TRUST_PROXY), from
 * BASE_PATH, or else from the server's own URL. Proxies may take the path off or leave it on: both work.
 */
@Injectable()
export class PublicPath {
  private readonly configured: string | null;
  private ownUrl = '';

  constructor(private readonly config: Config) {
    const basePath = config.get('BASE_PATH');
    this.configured = basePath === null ? null : cleanPath(basePath);
  }

  /** Called whenever the server's own URL is read. */
  learn(url: string | null): void {
    this.ownUrl = url === null || !URL.canParse(url) ? '' : (cleanPath(new URL(url).pathname) ?? '');
  }

  /** What stands before every path in an answer: `/ods`, or nothing. */
  of(headers: IncomingHttpHeaders): string {
    return this.forwarded(headers) ?? this.configured ?? this.ownUrl;
  }

  /** The URL of a request without the path, where a proxy has left it on. */
  strip(url: string, headers: IncomingHttpHeaders): string {
    for (const prefix of [this.forwarded(headers), this.configured, this.ownUrl]) {
      if (!prefix || !url.startsWith(prefix)) continue;
      const rest = url.slice(prefix.length);
      if (rest === '' || rest.startsWith('?')) return `/${rest}`;
      if (rest.startsWith('/')) return rest;
    }
    return url;
  }

  private forwarded(headers: IncomingHttpHeaders): string | null {
    if (!this.config.get('TRUST_PROXY')) return null;
    const value = headers['x-forwarded-prefix'];
    const first = (Array.isArray(value) ? value[0] : value)?.split(',')[0];
    return first === undefined ? null : cleanPath(first);
  }
}
