import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span as OtelSpan,
} from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, parseKeyPairsIntoRecord, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { safeText } from '../logging/log-fields.js';
import type { TraceContext, Attributes, Span, SpanStart, Tracer } from './spans.js';

export interface TraceTarget {
  /** As OTEL_EXPORTER_OTLP_ENDPOINT has it: `/v1/traces` is put behind it. */
  readonly endpoint: string;
  /** As OTEL_EXPORTER_OTLP_HEADERS has it. */
  readonly headers: string | null;
  readonly serviceName: string;
  readonly processKind: 'api' | 'worker';
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, job: SpanKind.CONSUMER, inside: SpanKind.INTERNAL } as const;

/** Spans as OpenTelemetry has them, sent in batches over OTLP/HTTP. Nothing of it is global, and nothing waits for the collector. */
export class OpenTelemetry implements Tracer {
  private readonly provider: BasicTracerProvider;
  private readonly propagator = new W3CTraceContextPropagator();

  constructor(target: TraceTarget, sayFault: (text: string) => void) {
    const exporter = new OTLPTraceExporter({
      url: `${target.endpoint.replace(/\/+$/, '')}/v1/traces`,
      ...(target.headers === null ? {} : { headers: parseKeyPairsIntoRecord(target.headers) }),
    });
    this.provider = new BasicTracerProvider({
      resource: resourceFromAttributes({
        'service.name': target.serviceName,
        'service.instance.id': randomUUID(),
        'host.name': hostname(),
        'process.pid': process.pid,
        'ods.process': target.processKind,
      }),
      spanProcessors: [new BatchSpanProcessor(new LoggingExporter(exporter, sayFault))],
    });
  }

  open({ name, kind, attributes, traceContext }: SpanStart, around: Span | undefined): Span {
    const parent =
      traceContext === undefined ? contextOf(around) : this.propagator.extract(ROOT_CONTEXT, traceContext ?? {}, defaultTextMapGetter);
    const span = this.provider.getTracer('ods').startSpan(name, { kind: kinds[kind], ...(attributes ? { attributes } : {}) }, parent);
    return new OpenSpan(span, this.propagator);
  }

  /** Sends what is left. */
  close(): Promise<void> {
    return this.provider.shutdown();
  }
}

class OpenSpan implements Span {
  readonly context: Context;
  readonly traceContext: TraceContext;

  constructor(
    private readonly span: OtelSpan,
    propagator: W3CTraceContextPropagator,
  ) {
    this.context = trace.setSpan(ROOT_CONTEXT, span);
    const headers: Record<string, string> = {};
    propagator.inject(this.context, headers, defaultTextMapSetter);
    this.traceContext = headers;
  }

  setAttributes(attributes: Attributes): void {
    this.span.setAttributes(attributes);
  }

  end(fault?: unknown): void {
    if (fault !== undefined) {
      const message = safeText(fault instanceof Error ? fault.message : String(fault));
      this.span.setAttribute('error.type', fault instanceof Error ? fault.constructor.name : typeof fault);
      this.span.setStatus({ code: SpanStatusCode.ERROR, message });
    }
    this.span.end();
  }
}

const contextOf = (around: Span | undefined): Context => (around instanceof OpenSpan ? around.context : ROOT_CONTEXT);

/** An exporter whose failures are logged. */
class LoggingExporter implements SpanExporter {
  constructor(
    private readonly exporter: OTLPTraceExporter,
    private readonly sayFault: (text: string) => void,
  ) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.exporter.export(spans, (result) => {
      if (result.code !== ExportResultCode.SUCCESS) this.sayFault(result.error?.message ?? 'no reason given');
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush();
  }
}
