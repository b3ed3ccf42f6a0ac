import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiParam } from '@nestjs/swagger';
import { OFFSET_STREAM } from './resumable-exchange.js';
import { checksumAlgorithms } from './tus-headers.js';

// How the headers of tus stand in the description of the API.

const text = (example: string, description: string) => ({ description, schema: { type: 'string' as const, example } });

export const TusHeader = () =>
  ApiHeader({ name: 'Tus-Resumable', required: true, schema: { type: 'string', enum: ['1.0.0'] }, example: '1.0.0' });

export const ById = () => ApiParam({ name: 'id', type: String, example: '28f7adde4f674873807a4c8c69b641d0' });

export const LengthHeaders = () =>
  applyDecorators(
    ApiHeader({
      name: 'Upload-Length',
      required: true,
      schema: { type: 'integer', minimum: 0 },
      example: 3438044,
      description: 'Bytes of the whole file.',
    }),
    ApiHeader({
      name: 'Upload-Metadata',
      required: true,
      schema: { type: 'string' },
      example: 'filename Tm9NQUQucGtn,stage UHJvZA==',
      description:
        'Keys with values in base64: `filename`, and if you like `stage`, `notes`, `replace` and `confirm` (true or false), and `sha256`, which the whole must have. The keys `name`, `type`, `filetype` and `relativePath` that clients add are ignored, any other is refused.',
    }),
  );

export const OffsetHeaders = () =>
  applyDecorators(
    ApiHeader({
      name: 'Upload-Offset',
      required: true,
      schema: { type: 'integer', minimum: 0 },
      example: 1048576,
      description: 'Where the bytes belong.',
    }),
    ApiConsumes(OFFSET_STREAM),
    ApiBody({ required: true, schema: { type: 'string', format: 'binary' } }),
  );

export const ChecksumHeader = () =>
  ApiHeader({
    name: 'Upload-Checksum',
    required: false,
    schema: { type: 'string' },
    example: 'sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=',
    description: `Of the bytes of this request, in base64: ${checksumAlgorithms.join(', ')}. When they do not fit, nothing of the request is kept.`,
  });

export const progressHeaders = {
  'Upload-Offset': text('1048576', 'Bytes that are safe. Equal to Upload-Length: the package is there.'),
  'Upload-Length': text('3438044', 'Bytes of the whole file.'),
  'Upload-Expires': text('Sat, 11 Nov 2017 03:15:54 GMT', 'Until when one can go on.'),
  'ODS-Package-Id': text('1', 'With the last bytes: the id of the package.'),
  'ODS-Already-Existed': text('false', 'With the last bytes. True: the same name with the same content was there already.'),
};
