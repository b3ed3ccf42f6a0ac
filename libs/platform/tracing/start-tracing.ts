import { Logger } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { safeText } from '../logging/log-fields.js';
import { traceWith } from './spans.js';

/** An unavailable collector is logged once in this time, in milliseconds. */
const WARN_EVERY_MS = 600_000;
/** What a stop waits for a collector, in milliseconds. */
const LAST_WORD_MS = 3_000;

/** Traces when the configuration names a collector; nothing of OpenTelemetry is loaded otherwise. Answers how to end it. */
export async function startTracing(config: Config, processKind: 'api' | 'worker'): Promise<() => Promise<void>> {
  const endpoint = config.get('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (endpoint === null) return () => Promise.resolve();
  const { OpenTelemetry } = await import('./open-telemetry.js');
  const target = {
    endpoint,
    headers: config.get('OTEL_EXPORTER_OTLP_HEADERS'),
    serviceName: config.get('OTEL_SERVICE_NAME'),
    processKind,
  };
  const openTelemetry = new OpenTelemetry(target, warnNowAndThen(endpoint));
  traceWith(openTelemetry);
  return async () => {
    traceWith(undefined);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LAST_WORD_MS)));
    await Promise.race([openTelemetry.close().catch(() => undefined), late]);
    clearTimeout(timer);
  };
}

function warnNowAndThen(endpoint: string): (text: string) => void {
  const logger = new Logger('Tracing');
  let warnedMs = -Infinity;
  return (text) => {
    if (performance.now() - warnedMs < WARN_EVERY_MS) return;
    warnedMs = performance.now();
    logger.warn(safeText(`Traces could not be sent to ${endpoint}: ${text}. They are lost; nothing else is affected.`));
  };
}
