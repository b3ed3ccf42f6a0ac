import type { Listed } from './packages.js';

export interface UploadRequest {
  readonly file: string;
  readonly filename: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Most bytes of one request; null: as many as proxies on the way let through. */
  readonly chunkSize: number | null;
}

export type Uploaded = Listed & { readonly already_existed: boolean };
/** Hears how many bytes went out. */
export type Progress = (sent: number, size: number) => void;
