import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import { ProblemDto } from './problem.dto.js';

/** An error of each status, as a client sees it. */
const details: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['invalid-request', 'stage must be one of Dev, Test, Prod.'],
  401: ['sign-in-required', 'Sign in first: send the access token of a sign-in as "Authorization: Bearer …".'],
  403: ['role-too-low', 'This needs the role publisher.'],
  404: ['package-not-found', 'There is no package "Firefox.pkg".'],
  408: ['upload-stalled', 'Nothing arrived for 60 seconds. Nothing was kept; send it again.'],
  409: ['filename-taken', 'A different file named NoMAD.pkg already exists. Send replace=true to replace it on every server.'],
  410: ['resumable-upload-gone', 'This upload has expired, or its bytes were lost. Begin a new one.'],
  412: ['tus-version-unknown', 'Send "Tus-Resumable: 1.0.0": this server speaks version 1.0.0 of the tus protocol.'],
  413: ['upload-too-large', 'Packages may have at most 64 GB on this server (MAX_UPLOAD_BYTES).'],
  414: ['about:blank', 'The URI is too long.'],
  415: ['json-only', 'Send the body as application/json.'],
  422: [
    'idempotency-key-reused',
    'This Idempotency-Key came with another request before. Take a new key for each thing that is to be done.',
  ],
  423: ['resumable-upload-locked', 'Another request is writing to this upload. Ask with HEAD where to go on; that ends the other one.'],
  429: ['too-many-requests', 'Too many requests. Wait a moment; API_RATE_PER_MINUTE says how many are allowed.'],
  460: ['checksum-mismatch', 'The bytes do not have the checksum that came with them. They were not kept; send them again.'],
  502: ['peer-unreachable', 'The other server does not answer.'],
  503: ['sign-in-overloaded', 'The server is busy checking passwords. Try again in a moment.'],
  504: ['peer-unreachable', 'The other server did not answer in time.'],
  507: ['disk-full', 'There is not enough free disk space on this server. Free some space or lower what is kept, then try again.'],
};

const titleOf = (status: number): string => STATUS_CODES[status] ?? 'Error';

function exampleOf(status: number): ProblemDto {
  const [code, detail] = details[status] ?? ['about:blank', titleOf(status)];
  const type = code === 'about:blank' ? code : `urn:ods:problem:${code}`;
  const problem = { type, title: titleOf(status), status, detail, error: detail };
  const example = { ...problem, request_id: '0b2f7f0e-8f5f-4d0e-9a9a-6d7f1a1c2b3d' };
  return status === 400 ? { ...example, errors: [{ pointer: '/stage', detail }] } : example;
}

/** An error response in the description of the API: a problem document. */
export const problemResponse = (status: number) => ({
  description: titleOf(status),
  content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) }, example: exampleOf(status) } },
});

/** Documents the error responses of an operation, all of them problem documents. */
export function ApiProblems(...statuses: number[]): MethodDecorator & ClassDecorator {
  return applyDecorators(ApiExtraModels(ProblemDto), ...statuses.map((status) => ApiResponse({ status, ...problemResponse(status) })));
}
