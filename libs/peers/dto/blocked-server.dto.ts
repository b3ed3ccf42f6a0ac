import { ApiProperty } from '@nestjs/swagger';
import type { BlockedServer } from '#libs/entities/blocked-server.entity.js';
import { unixSeconds } from '#libs/platform/format/dates.js';

export class BlockedServerDto {
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835' }) iss!: string;
  @ApiProperty({ example: 'Example ODS 2' }) name!: string;
  @ApiProperty({ example: 1510289147, description: 'Unix time since when.' }) blocked_ts!: number;

  static from({ iss, name, blockedMs }: BlockedServer): BlockedServerDto {
    return { iss, name, blocked_ts: unixSeconds(blockedMs) };
  }
}

export class BlockedServerListDto {
  @ApiProperty({ type: [BlockedServerDto] }) items!: BlockedServerDto[];
}
