import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { transferStates, type TransferState } from '#libs/entities/transfer.entity.js';
import type { TransferPosition } from './transfer.repository.js';

const groups = ['unfinished', 'ended'] as const;
const filters = [...groups, ...transferStates] as const;
export type TransferStateFilter = (typeof filters)[number];

const endedStates: readonly TransferState[] = ['done', 'cancelled'];

/** The states that a filter means. */
export function statesOf(filter: TransferStateFilter): readonly TransferState[] {
  if (filter === 'ended') return endedStates;
  return filter === 'unfinished' ? transferStates.filter((state) => !endedStates.includes(state)) : [filter];
}

export const transferCursor = ({ updatedMs, id }: TransferPosition): string => `${updatedMs}-${id}`;

/** Of a text that `ListTransfersDto` admits. */
export function transferPosition(cursor: string): TransferPosition {
  const [updatedMs, id] = cursor.split('-').map(Number);
  return { updatedMs: updatedMs!, id: id! };
}

export class ListTransfersDto {
  @ApiPropertyOptional({
    enum: filters,
    description: 'One state, or `ended` (done, cancelled), or `unfinished` (all others).',
  })
  @IsOptional()
  @IsIn(filters)
  state?: TransferStateFilter;
  @ApiPropertyOptional({ example: '28f7adde4f674873807a4c8c69b641d0', description: 'The transfer of this content.' })
  @IsOptional()
  @Matches(/^[0-9a-f]{32}$/, { message: 'uuid must be 32 lower case hexadecimal digits.' })
  uuid?: string;
  @ApiPropertyOptional({ default: 200, minimum: 1, maximum: 500 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;
  @ApiPropertyOptional({ description: '`next` of the page before. A transfer that changes moves to the first page.' })
  @IsOptional()
  @Matches(/^\d{1,15}-\d{1,9}$/, { message: 'cursor must be the `next` of the page before.' })
  cursor?: string;
}
