import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
} from 'class-validator';
import { type MailSecurity, mailSecurities, type MailSettings } from '#libs/entities/mail-settings.entity.js';
import { eventTypeNames, type EventType } from '#libs/events/event-types.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import type { SentMail } from '../mailer.js';

const MOST_RECIPIENTS = 50;
const MOST_MINUTES = 1_440;

/** A name, or an address of version 4 or 6. */
const host = /^(?:[A-Za-z0-9][A-Za-z0-9.-]*|[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$/;
const hostRule = { message: 'host must be the name or the address of the mail server, without a port' };
const noComma = { message: 'an address must not have a comma' };
const mailbox = { require_tld: false } as const;
const securityDescription = 'none: plain text. starttls: encrypted after the greeting, or not at all. tls: encrypted from the first byte.';
const digestDescription = 'For how many minutes events are gathered for one message; 0: not at all.';
const eventsDescription = 'Types of events that are sent; GET /api/admin/webhooks/event_types lists them.';

class EmailFields {
  @ApiProperty({ example: true }) @IsBoolean() enabled!: boolean;
  @ApiProperty({ example: 'mail.example.com', maxLength: 255 }) @IsString() @MaxLength(255) @Matches(host, hostRule) host!: string;
  @ApiProperty({ example: 587, minimum: 1, maximum: 65_535 }) @IsInt() @Min(1) @Max(65_535) port!: number;
  @ApiProperty({ enum: mailSecurities, example: 'starttls', description: securityDescription })
  @IsIn(mailSecurities)
  security!: MailSecurity;
  @ApiProperty({ example: 'ods@example.com', maxLength: 320 })
  @MaxLength(320)
  @IsEmail(mailbox, { message: 'sender must be one e-mail address' })
  @Matches(/^[^,]*$/, noComma)
  sender!: string;
  @ApiProperty({ type: [String], example: ['it@example.com'], minItems: 1, maxItems: MOST_RECIPIENTS })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_RECIPIENTS)
  @ArrayUnique()
  @MaxLength(320, { each: true })
  @IsEmail(mailbox, { each: true, message: 'recipients must be e-mail addresses' })
  @Matches(/^[^,]*$/, { ...noComma, each: true })
  recipients!: string[];
  @ApiProperty({ enum: eventTypeNames, isArray: true, example: ['deletes.held'], minItems: 1, description: eventsDescription })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(eventTypeNames, { each: true })
  events!: EventType[];
}

export class SetEmailDto extends EmailFields {
  @ApiPropertyOptional({ default: true, description: 'Whether the certificate of the mail server must be trusted.' })
  @MayBeLeftOut()
  @IsBoolean()
  verify_certificate?: boolean;
  @ApiPropertyOptional({ type: String, nullable: true, example: 'ods', maxLength: 255, description: 'null: no sign-in.' })
  @ValidateIf((_, value) => value !== undefined && value !== null)
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  username?: string | null;
  @ApiPropertyOptional({ example: 'vermilion otter', minLength: 1, maxLength: 1_000, description: 'Left out: the one that is saved.' })
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(1_000)
  password?: string;
  @ApiPropertyOptional({ default: 5, minimum: 0, maximum: MOST_MINUTES, description: digestDescription })
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(MOST_MINUTES)
  digest_minutes?: number;
}

export class EmailDto {
  @ApiProperty({ example: true }) enabled!: boolean;
  @ApiProperty({ example: 'mail.example.com', description: 'Empty until it is set up.' }) host!: string;
  @ApiProperty({ example: 587 }) port!: number;
  @ApiProperty({ enum: mailSecurities, example: 'starttls', description: securityDescription }) security!: MailSecurity;
  @ApiProperty({ example: true }) verify_certificate!: boolean;
  @ApiProperty({ type: String, nullable: true, example: 'ods' }) username!: string | null;
  @ApiProperty({ example: true, description: 'Whether a password is saved. It is never shown.' }) password_set!: boolean;
  @ApiProperty({ example: 'ods@example.com' }) sender!: string;
  @ApiProperty({ type: [String], example: ['it@example.com'] }) recipients!: string[];
  @ApiProperty({ type: [String], example: ['deletes.held'], description: eventsDescription }) events!: string[];
  @ApiProperty({ example: 5, description: digestDescription }) digest_minutes!: number;
  @ApiProperty({ type: Number, nullable: true, example: 1510370154, description: 'When the last message was taken by the mail server.' })
  last_sent_ts!: number | null;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why the last message could not be sent. It is tried again.' })
  last_error!: string | null;

  static from(settings: MailSettings): EmailDto {
    const { enabled, host, port, security, verifyCertificate, username, password, sender, digestMinutes, lastSentMs } = settings;
    return {
      ...{ enabled, host, port, security, verify_certificate: verifyCertificate, username, password_set: password !== null, sender },
      ...{ recipients: listOf(settings.recipients), events: listOf(settings.events), digest_minutes: digestMinutes },
      ...{ last_sent_ts: lastSentMs === null ? null : unixSeconds(lastSentMs), last_error: settings.lastError },
    };
  }
}

export class TestedEmailDto {
  @ApiProperty({ type: [String], example: ['it@example.com'], description: 'Who the mail server took it for.' }) accepted!: string[];
  @ApiProperty({ type: [String], example: [], description: 'Recipients that it refused.' }) refused!: string[];

  static from({ accepted, refused }: SentMail): TestedEmailDto {
    return { accepted: [...accepted], refused: [...refused] };
  }
}

const listOf = (column: string): string[] => (column === '' ? [] : column.split(','));
