import { Get, Headers, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { CurrentUser, type Principal } from '#libs/platform/admin-api/principal.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { EventStream } from './event-stream.js';

export class StreamEventsDto {
  @ApiPropertyOptional({ type: Number, example: 1234, description: 'Like the header Last-Event-ID, for clients that cannot set it.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  last_event_id?: number;
}

const positionOf = (header: string | undefined): number | null =>
  header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : null;

@AdminApi('events')
export class LiveController {
  constructor(private readonly streams: EventStream) {}

  @Get()
  @ApiOperation({
    operationId: 'streamEvents',
    summary: 'What happens, as it happens (server-sent events)',
    description:
      'Each event has an id; a client that comes back with it as Last-Event-ID misses nothing. `reset` says that it was away too long and should load anew. `transfers` gives the state of transfers, at most once a second, and has no id. The stream ends with the sign-in.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that was received.',
    schema: { type: 'string' },
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ description: 'A stream without an end.', schema: { type: 'string' } })
  @ApiProblems(400, 401, 403, 429)
  async stream(
    @CurrentUser() principal: Principal,
    @Headers('authorization') authorization: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Query() { last_event_id: lastId }: StreamEventsDto,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const caller = { principal, bearer: authorization.replace(/^Bearer +/i, '') };
    const frames = await this.streams.frames(caller, positionOf(lastEventId) ?? lastId ?? null);
    void reply
      .headers({ 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
      .send(Readable.from(frames, { objectMode: false, highWaterMark: 65_536 }));
  }
}
