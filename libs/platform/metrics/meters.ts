import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { version } from '../process/version.js';

/** What this process counts about itself. One for the process, as its log is; every label has few values. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

const registers = [registry];

new Gauge({
  name: 'ods_build_info',
  help: 'Always 1: its labels say what runs.',
  labelNames: ['version', 'node'] as const,
  registers,
}).set({ version, node: process.versions.node }, 1);

export const httpRequests = new Histogram({
  name: 'ods_http_request_duration_seconds',
  help: 'Requests answered, by what they asked for; uploads and downloads take as long as they take.',
  labelNames: ['method', 'area', 'status'] as const,
  buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600],
  registers,
});

export const httpBytes = new Counter({
  name: 'ods_http_sent_bytes_total',
  help: 'Bytes this process sent in answers. What nginx sends itself is counted in its log.',
  labelNames: ['area'] as const,
  registers,
});

export const uploads = new Counter({ name: 'ods_uploads_total', help: 'Uploads that became packages here.', registers });

export const uploadBytes = new Counter({ name: 'ods_upload_bytes_total', help: 'Bytes of uploads that became packages here.', registers });

export const transfers = new Counter({
  name: 'ods_transfers_total',
  help: 'Fetches from other servers, by how they ended; all but "done" are tried again.',
  labelNames: ['outcome'] as const,
  registers,
});

export const transferBytes = new Counter({
  name: 'ods_transfer_bytes_total',
  help: 'Bytes of packages that arrived whole from other servers.',
  registers,
});

export const refusedWrites = new Counter({
  name: 'ods_refused_writes_total',
  help: 'Writes that registered servers sent and that were not merged, by the reason.',
  labelNames: ['code'] as const,
  registers,
});

export const jobRuns = new Counter({
  name: 'ods_job_runs_total',
  help: 'Jobs run, by how they ended; "failed" is tried again, "given_up" is not.',
  labelNames: ['type', 'outcome'] as const,
  registers,
});

export const repairedEntries = new Counter({
  name: 'ods_repaired_entries_total',
  help: 'Entries of the catalog that a comparison with a registered server has repaired, here or there.',
  labelNames: ['direction'] as const,
  registers,
});
