import { ApiProperty } from '@nestjs/swagger';
import { humanBytes } from '#libs/platform/format/human-bytes.js';
import { humanDuration } from '#libs/platform/format/human-duration.js';
import type { SystemSnapshot } from '../system.service.js';

const size = (example: number) => ({
  type: Number,
  nullable: true,
  example,
  description: 'Bytes; null when it cannot be read.',
});
const sizeInWords = (example: string) => ({ type: String, nullable: true, example });
const inWords = (bytes: number | undefined): string | null => (bytes === undefined ? null : humanBytes(bytes));

/** The machine's resources, field by field as in the reference documents. Sizes are null when they cannot be read. */
export class SystemDto {
  @ApiProperty({ example: 2 }) cpu_count!: number;

  @ApiProperty(size(60352081920)) disk_free!: number | null;
  @ApiProperty(sizeInWords('56.2 GB')) disk_free_hr!: string | null;
  @ApiProperty(size(67371577344)) disk_total!: number | null;
  @ApiProperty(sizeInWords('62.7 GB')) disk_total_hr!: string | null;
  @ApiProperty(size(3566796800)) disk_used!: number | null;
  @ApiProperty(sizeInWords('3.3 GB')) disk_used_hr!: string | null;

  @ApiProperty(size(936255488)) mem_available!: number | null;
  @ApiProperty(sizeInWords('892.9 MB')) mem_available_hr!: string | null;
  @ApiProperty(size(1567678464)) mem_total!: number | null;
  @ApiProperty(sizeInWords('1.5 GB')) mem_total_hr!: string | null;
  @ApiProperty(size(444342272)) mem_used!: number | null;
  @ApiProperty(sizeInWords('423.8 MB')) mem_used_hr!: string | null;

  @ApiProperty(size(54346)) network_bytes_received!: number | null;
  @ApiProperty(sizeInWords('53.1 KB')) network_bytes_received_hr!: string | null;
  @ApiProperty(size(45694)) network_bytes_sent!: number | null;
  @ApiProperty(sizeInWords('44.6 KB')) network_bytes_sent_hr!: string | null;

  @ApiProperty({ example: 30806, description: 'Seconds.' }) uptime!: number;
  @ApiProperty({ example: '8:33:26' }) uptime_hr!: string;

  static from({ cpuCount, uptimeSeconds, disk, memory, network }: SystemSnapshot): SystemDto {
    return {
      cpu_count: cpuCount,
      disk_free: disk?.free ?? null,
      disk_free_hr: inWords(disk?.free),
      disk_total: disk?.total ?? null,
      disk_total_hr: inWords(disk?.total),
      disk_used: disk?.used ?? null,
      disk_used_hr: inWords(disk?.used),
      mem_available: memory?.available ?? null,
      mem_available_hr: inWords(memory?.available),
      mem_total: memory?.total ?? null,
      mem_total_hr: inWords(memory?.total),
      mem_used: memory?.used ?? null,
      mem_used_hr: inWords(memory?.used),
      network_bytes_received: network?.received ?? null,
      network_bytes_received_hr: inWords(network?.received),
      network_bytes_sent: network?.sent ?? null,
      network_bytes_sent_hr: inWords(network?.sent),
      uptime: uptimeSeconds,
      uptime_hr: humanDuration(uptimeSeconds),
    };
  }
}
