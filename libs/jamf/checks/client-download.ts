import { Injectable } from '@nestjs/common';
import axios, { type AxiosResponse } from 'axios';
import { createHash } from 'node:crypto';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import { OutboundProxy } from '#libs/platform/http/outbound-proxy.js';
import { AddressForbidden, OutboundRules } from '#libs/platform/http/outbound-rules.js';
import { shownText } from '#libs/replication/plain-text.js';
import type { ClientAnswer } from './judge-check.js';

const ANSWER_MS = 15_000;
const SILENCE_MS = 60_000;
const REASON_CHARACTERS = 300;

/** A download to its end, or to where it broke. */
export interface WholeDownload {
  readonly answer: ClientAnswer;
  /** Null when the answer was no content. Hex. */
  readonly hash: string | null;
  readonly bytes: number;
  readonly ms: number;
}

/** Downloads as a managed computer does: over HTTPS with the certificates that this machine trusts, without following redirects. */
@Injectable()
export class ClientDownload {
  private readonly agent: HttpsAgent;

  constructor(
    private readonly rules: OutboundRules,
    private readonly proxy: OutboundProxy,
  ) {
    this.agent = new HttpsAgent({ lookup: rules.lookups.refused, keepAlive: false });
  }

  /** The headers of a download of the first byte. */
  async head(url: string, signal: AbortSignal): Promise<ClientAnswer> {
    try {
      const response = await this.open(url, { range: 'bytes=0-0' }, signal);
      const answer = answerOf(response);
      response.data.destroy();
      return answer;
    } catch (error) {
      return faultOf(error, signal);
    }
  }

  /** Everything, hashed with an algorithm of node:crypto. Nothing of it is kept. */
  async whole(url: string, algorithm: string, signal: AbortSignal): Promise<WholeDownload> {
    const begunMs = performance.now();
    const done = (answer: ClientAnswer, hash: string | null, bytes: number): WholeDownload => ({
      ...{ answer, hash, bytes, ms: Math.max(1, performance.now() - begunMs) },
    });
    let bytes = 0;
    try {
      const response = await this.open(url, {}, signal);
      const answer = answerOf(response);
      if (response.status !== 200) {
        response.data.destroy();
        return done(answer, null, 0);
      }
      const hash = createHash(algorithm);
      for await (const chunk of unlessSilent(response.data)) {
        hash.update(chunk);
        bytes += chunk.length;
      }
      return done(answer, hash.digest('hex'), bytes);
    } catch (error) {
      return done(faultOf(error, signal), null, bytes);
    }
  }

  private async open(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<AxiosResponse<Readable>> {
    this.rules.check(url, 'refused');
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error(`no answer within ${ANSWER_MS / 1_000} s`)), ANSWER_MS);
    try {
      return await axios.get<Readable>(url, {
        ...(this.proxy.agentsFor('peer', new URL(url)) ?? { httpsAgent: this.agent }),
        headers: { 'user-agent': 'ODS/1.0 (check)', 'accept-encoding': 'identity', ...headers },
        ...{ responseType: 'stream', decompress: false, proxy: false, maxRedirects: 0, validateStatus: () => true },
        signal: AbortSignal.any([signal, late.signal]),
      });
    } catch (error) {
      throw late.signal.aborted && !signal.aborted ? late.signal.reason : error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The chunks; a stream that falls silent ends with an error. */
async function* unlessSilent(stream: Readable): AsyncGenerator<Buffer> {
  const alarm = (): NodeJS.Timeout => setTimeout(() => stream.destroy(new Error(`silent for ${SILENCE_MS / 1_000} s`)), SILENCE_MS);
  let timer = alarm();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      clearTimeout(timer);
      yield chunk;
      timer = alarm();
    }
  } finally {
    clearTimeout(timer);
  }
}

function answerOf({ status, headers, request }: AxiosResponse<Readable>): ClientAnswer {
  const { socket } = (request ?? {}) as { socket?: unknown };
  // A connection that the server has closed already has no certificate any more.
  const certificate = socket instanceof TLSSocket ? (socket.getPeerCertificate() as PeerCertificate | null) : null;
  const ends = Date.parse(certificate?.valid_to ?? '');
  return { kind: 'answer', status, headers, certificateEndsMs: Number.isNaN(ends) ? null : ends };
}

/** Throws when the job was interrupted, and what is no fault of the line. */
function faultOf(error: unknown, signal: AbortSignal): ClientAnswer {
  if (signal.aborted || error instanceof TypeError || error instanceof RangeError) throw error;
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  const { code: innerCode } = (cause ?? {}) as { code?: unknown };
  const first = cause instanceof AddressForbidden ? cause.code : (code ?? innerCode);
  return {
    kind: 'fault',
    code: typeof first === 'string' ? first : '',
    message: shownText(String(message ?? 'the connection broke')).slice(0, REASON_CHARACTERS),
  };
}
