import { ApiProperty } from '@nestjs/swagger';
import { receivedBytesOf, type Transfer, transferStates, type TransferState } from '#libs/entities/transfer.entity.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { blockCount, BlockMap } from '#libs/replication/blocks.js';

/** Only these have a present reason; a transfer that resumed keeps its last one in the database for the log. */
const stoppedStates: readonly TransferState[] = ['waiting', 'failed', 'cancelled'];

export class TransferDto {
  @ApiProperty({ example: 1 }) id!: number;
  @ApiProperty({ example: 'NoMAD.pkg' }) filename!: string;
  @ApiProperty({ example: '28f7adde4f674873807a4c8c69b641d0' }) uuid!: string;
  @ApiProperty({ example: 3438044, description: 'Bytes.' }) file_size!: number;
  @ApiProperty({ example: 1048576, description: 'Bytes that are here and verified.' }) verified_bytes!: number;
  @ApiProperty({ example: 1310720, description: 'Bytes that are here, those of unfinished blocks included.' }) received_bytes!: number;
  @ApiProperty({ enum: transferStates, example: 'active' }) state!: TransferState;
  @ApiProperty({ example: 1 }) attempts!: number;
  @ApiProperty({ type: String, nullable: true, example: 'no-source', description: 'Why it stands still; null while it does not.' })
  error_code!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'No server that can be reached has this package now.' }) last_error!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Example ODS 2', description: 'The server that gave the last block.' }) source!:
    string | null;
  @ApiProperty({ example: 1510370154 }) created_ts!: number;
  @ApiProperty({ type: Number, nullable: true, example: 1510370154 }) started_ts!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: null }) finished_ts!: number | null;
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 104857600,
    description: 'Bytes per second since it began; null when that says nothing.',
  })
  rate!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: 12, description: 'Seconds to go at that rate.' }) eta!: number | null;

  static from(transfer: Transfer, sourceNames: ReadonlyMap<string, string>, now: number): TransferDto {
    const seconds = (ms: number | null) => (ms === null ? null : unixSeconds(ms));
    const rate = rateOf(transfer, now);
    const isStopped = stoppedStates.includes(transfer.state);
    const left = transfer.size - receivedBytesOf(transfer);
    return {
      id: transfer.id,
      filename: transfer.filename,
      uuid: transfer.uuid,
      file_size: transfer.size,
      verified_bytes: transfer.verifiedBytes,
      received_bytes: receivedBytesOf(transfer),
      state: transfer.state,
      attempts: transfer.attempts,
      error_code: isStopped ? transfer.errorCode : null,
      last_error: isStopped ? transfer.lastError : null,
      source: transfer.sourceIss === null ? null : (sourceNames.get(transfer.sourceIss) ?? transfer.sourceIss),
      created_ts: unixSeconds(transfer.createdMs),
      started_ts: seconds(transfer.startedMs),
      finished_ts: seconds(transfer.finishedMs),
      rate,
      eta: isUnderWay(transfer.state) && rate ? Math.ceil(left / rate) : null,
    };
  }
}

const isUnderWay = (state: TransferState): boolean => state === 'active' || state === 'receiving';

function rateOf(transfer: Transfer, now: number): number | null {
  const { state, startedMs, finishedMs } = transfer;
  if (startedMs === null || !(isUnderWay(state) || state === 'done')) return null;
  const elapsed = (finishedMs ?? now) - startedMs;
  return elapsed > 0 ? Math.round((receivedBytesOf(transfer) * 1_000) / elapsed) : null;
}

export class BlockRangeDto {
  @ApiProperty({ example: 0 }) first!: number;
  @ApiProperty({ example: 311 }) last!: number;
}

export class TransferDetailDto extends TransferDto {
  @ApiProperty({ example: 1024, description: 'Blocks of 1 MiB.' }) block_count!: number;
  @ApiProperty({ type: [BlockRangeDto], description: 'Blocks that are here and verified, as of some seconds ago.' })
  blocks_here!: BlockRangeDto[];

  static withBlocks(transfer: Transfer, sourceNames: ReadonlyMap<string, string>, now: number): TransferDetailDto {
    const count = blockCount(transfer.size);
    const here = transfer.state === 'done' ? BlockMap.full(count) : BlockMap.from(count, transfer.verified);
    return { ...TransferDto.from(transfer, sourceNames, now), block_count: count, blocks_here: here.ranges() };
  }
}

export class TransferListDto {
  @ApiProperty({ type: [TransferDto] }) items!: TransferDto[];
  @ApiProperty({ example: 1, description: 'Transfers that fit the filter, on all pages.' }) total!: number;
  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Send it as `cursor` to get the next page; null on the last one.',
  })
  next!: string | null;
}
