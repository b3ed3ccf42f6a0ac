import type { IncomingHttpHeaders } from 'node:http';
import { eventually } from '../support/eventually.js';
import { Receiver } from '../webhooks/receiver.js';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string; readonly boolValue?: boolean };
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<SpanSeen, 'facts' | 'resource'> & { attributes: readonly Attribute[] })[];
    }[];
  }[];
}

type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanSeen {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly facts: Facts;
  /** The resource attributes of the process. */
  readonly resource: Facts;
}

/** An OpenTelemetry collector: takes OTLP/HTTP as JSON. */
export class Collector {
  private readonly receiver = new Receiver();

  static async start(): Promise<Collector> {
    const collector = new Collector();
    collector.receiver.answer = () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{}' });
    await collector.receiver.start();
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${this.receiver.port}`;
  }

  /** All that came, as it came. */
  get text(): string {
    return this.receiver.received.map(({ body }) => body).join('\n');
  }

  get headers(): IncomingHttpHeaders[] {
    return this.receiver.received.map((each) => each.headers);
  }

  get spans(): SpanSeen[] {
    const requests = this.receiver.at('v1/traces').map(({ body }) => JSON.parse(body) as ExportRequest);
    return requests.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ resource, scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) =>
          spans.map((span) => ({ ...span, facts: factsOf(span.attributes), resource: factsOf(resource.attributes) })),
        ),
      ),
    );
  }

  /** Waits for it. */
  span(wanted: (span: SpanSeen) => boolean, timeoutMs = 60_000): Promise<SpanSeen> {
    return eventually(
      () => {
        const found = this.spans.find(wanted);
        if (!found) throw new Error(`No such span among:\n${this.spans.map(lineOf).sort().join('\n')}`);
        return found;
      },
      { timeoutMs, everyMs: 200 },
    );
  }

  stop(): void {
    this.receiver.stop();
  }
}

const factsOf = (attributes: readonly Attribute[]): Facts =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.boolValue ?? Number(value.intValue)]));

const lineOf = ({ name, traceId, spanId, parentSpanId = '-', resource }: SpanSeen): string =>
  `${traceId.slice(0, 8)} ${resource['service.name']}/${resource['ods.process']} ${spanId} < ${parentSpanId} ${name}`;
