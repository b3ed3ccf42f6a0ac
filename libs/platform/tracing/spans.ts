import { AsyncLocalStorage } from 'node:async_hooks';

/** What a span records. Never a secret: paths without their query, no headers, no bodies. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Trace context as it travels: the W3C headers `traceparent` and `tracestate`. */
export type TraceContext = Readonly<Record<string, string>>;

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'job' | 'inside';
  readonly attributes?: Attributes;
  /** What came over a line or a queue; null when nothing did. Left out: whatever is being done here and now. */
  readonly traceContext?: TraceContext | null;
  /** Whether an error says that something is wrong. All do when left out. */
  readonly isFault?: (error: unknown) => boolean;
}

/** An operation under way. */
export interface Span {
  /** What makes others part of the same trace. */
  readonly traceContext: TraceContext;
  setAttributes(attributes: Attributes): void;
  end(fault?: unknown): void;
}

/** Where spans go. */
export interface Tracer {
  open(start: SpanStart, around: Span | undefined): Span;
}

const around = new AsyncLocalStorage<Span>();
let tracer: Tracer | undefined;

/** One for the process, as its log is; without one all of this does nothing. */
export function traceWith(wanted: Tracer | undefined): void {
  tracer = wanted;
}

export const isTracing = (): boolean => tracer !== undefined;

/** Null when tracing is off. The caller ends it. */
export const openSpan = (start: SpanStart): Span | null => tracer?.open(start, around.getStore()) ?? null;

export const withinSpan = <T>(span: Span, work: () => T): T => around.run(span, work);

/** For whoever is called, or does later, what is being done now. */
export const currentTraceContext = (): TraceContext | undefined => around.getStore()?.traceContext;

/** The second part of `traceparent`. */
export const currentTraceId = (): string | undefined => currentTraceContext()?.['traceparent']?.split('-')[1];

/** Does the work within a span of its own. */
export async function traced<T>(start: SpanStart, work: () => Promise<T>): Promise<T> {
  const span = openSpan(start);
  if (!span) return work();
  try {
    const result = await withinSpan(span, work);
    span.end();
    return result;
  } catch (error) {
    span.end(start.isFault?.(error) === false ? undefined : error);
    throw error;
  }
}

/** The same for what is only of interest as a part of something else. */
export const tracedPart = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  around.getStore() ? traced({ name, kind: 'inside' }, work) : work();
