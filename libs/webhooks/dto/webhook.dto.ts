import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMinSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import { type Webhook, type WebhookFormat, webhookFormats } from '#libs/entities/webhook.entity.js';
import { type DeliveryState, deliveryStates, type WebhookDelivery } from '#libs/entities/webhook-delivery.entity.js';
import type { WebhookBody } from '../message.js';
import { eventTypeNames, type EventType } from '#libs/events/event-types.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';

const plainName = /^(?!\s)[^\p{Cc}\p{Cf}\p{Cs}]+(?<!\s)$/u;
const nameRule = { message: 'name must not be empty, begin or end with a space, nor have invisible characters' };
const eventsDescription = 'Types of events that it receives; null: all.';
const formatDescription =
  'standard: Standard Webhooks 1.0. slack: a `text`, as Slack and Mattermost take it. teams: an adaptive card for a Microsoft Teams workflow. cloudevents: CloudEvents 1.0, structured.';
const isList = (_: unknown, value: unknown): boolean => value !== undefined && value !== null;

export class CreateWebhookDto {
  @ApiProperty({ example: 'Chat of the packaging team', minLength: 1, maxLength: 100 })
  @IsString()
  @MaxLength(100)
  @Matches(plainName, nameRule)
  name!: string;
  @ApiProperty({ example: 'https://hooks.example.com/ods', maxLength: 1_000 }) @IsString() @MaxLength(1_000) url!: string;
  @ApiPropertyOptional({ enum: eventTypeNames, isArray: true, nullable: true, example: ['package.synced'], description: eventsDescription })
  @ValidateIf(isList)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(eventTypeNames, { each: true })
  events?: EventType[] | null;
  @ApiPropertyOptional({ enum: webhookFormats, default: 'standard', description: formatDescription })
  @MayBeLeftOut()
  @IsIn(webhookFormats)
  format?: WebhookFormat;
  @ApiPropertyOptional({ default: true }) @MayBeLeftOut() @IsBoolean() enabled?: boolean;
}

export class UpdateWebhookDto {
  @ApiPropertyOptional({ example: 'Chat of the packaging team', minLength: 1, maxLength: 100 })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(100)
  @Matches(plainName, nameRule)
  name?: string;
  @ApiPropertyOptional({ example: 'https://hooks.example.com/ods', maxLength: 1_000 })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(1_000)
  url?: string;
  @ApiPropertyOptional({ enum: eventTypeNames, isArray: true, nullable: true, example: ['package.synced'], description: eventsDescription })
  @ValidateIf(isList)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(eventTypeNames, { each: true })
  events?: EventType[] | null;
  @ApiPropertyOptional({ enum: webhookFormats, description: formatDescription })
  @MayBeLeftOut()
  @IsIn(webhookFormats)
  format?: WebhookFormat;
  @ApiPropertyOptional({ example: false }) @MayBeLeftOut() @IsBoolean() enabled?: boolean;
}

export class PreviewWebhookDto {
  @ApiProperty({ enum: webhookFormats, example: 'teams', description: formatDescription }) @IsIn(webhookFormats) format!: WebhookFormat;
  @ApiPropertyOptional({ enum: eventTypeNames, default: 'package.uploaded' }) @MayBeLeftOut() @IsIn(eventTypeNames) event_type?: EventType;
}

export class WebhookPreviewDto {
  @ApiProperty({ example: 'application/json' }) content_type!: string;
  @ApiProperty({ example: '{"type":"package.synced"}', description: 'As it would be sent, with the example of the event.' }) body!: string;

  static from({ contentType, body }: WebhookBody): WebhookPreviewDto {
    return { content_type: contentType, body };
  }
}

export class WebhookDto {
  @ApiProperty({ example: 1 }) id!: number;
  @ApiProperty({ example: 'Chat of the packaging team' }) name!: string;
  @ApiProperty({ example: 'https://hooks.example.com/ods' }) url!: string;
  @ApiProperty({ type: [String], nullable: true, example: ['package.synced'], description: eventsDescription }) events!: string[] | null;
  @ApiProperty({ enum: webhookFormats, example: 'standard' }) format!: WebhookFormat;
  @ApiProperty({ example: true }) enabled!: boolean;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why it was switched off automatically.' }) disabled_reason!:
    string | null;
  @ApiProperty({ example: 'whpk_9EX47HJHs4aJYJWBGsoK3DXl9XRLKTzaqz2bbFYZ0ow=', description: 'Checks the signature `v1a` (Ed25519).' })
  public_key!: string;
  @ApiProperty({ type: Number, nullable: true, example: null, description: 'Until then messages are signed with the former secret, too.' })
  previous_secret_until_ts!: number | null;
  @ApiProperty({ example: 1510370154 }) created_ts!: number;

  static from({ id, name, url, events, format, enabled, disabledReason, publicKey, previousUntilMs, createdMs }: Webhook): WebhookDto {
    return {
      ...{ id, name, url, format, enabled, events: events?.split(',') ?? null, disabled_reason: disabledReason, public_key: publicKey },
      previous_secret_until_ts: previousUntilMs === null ? null : unixSeconds(previousUntilMs),
      created_ts: unixSeconds(createdMs),
    };
  }
}

export class WebhookSecretDto {
  @ApiProperty({ example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw8kbQTx1kGxM=', description: 'Checks the signature `v1`.' })
  secret!: string;
}

export class CreatedWebhookDto extends WebhookDto {
  @ApiProperty({ example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw8kbQTx1kGxM=', description: 'Checks the signature `v1`.' })
  secret!: string;

  static withSecret({ webhook, secret }: { webhook: Webhook; secret: string }): CreatedWebhookDto {
    return { ...WebhookDto.from(webhook), secret };
  }
}

export class DeliveryDto {
  @ApiProperty({ example: 'msg_28f7adde4f674873807a4c8c69b641d0', description: 'The header webhook-id.' }) id!: string;
  @ApiProperty({ example: 'package.synced' }) event_type!: string;
  @ApiProperty({ enum: deliveryStates, example: 'delivered' }) state!: DeliveryState;
  @ApiProperty({ example: 1 }) attempts!: number;
  @ApiProperty({ type: Number, nullable: true, example: null }) next_attempt_ts!: number | null;
  @ApiProperty({ example: '{"type":"package.synced"}', description: 'The body that is sent.' }) request_body!: string;
  @ApiProperty({ type: Number, nullable: true, example: 204, description: 'Of the last attempt; null: no answer.' }) response_status!:
    number | null;
  @ApiProperty({ type: String, nullable: true, example: '', description: 'How the last answer begins.' }) response_body!: string | null;
  @ApiProperty({ type: Number, nullable: true, example: 120, description: 'Of the last attempt.' }) duration_ms!: number | null;
  @ApiProperty({ type: String, nullable: true, example: null }) last_error!: string | null;
  @ApiProperty({ example: 1510370154 }) created_ts!: number;
  @ApiProperty({ example: 1510370154 }) updated_ts!: number;

  static from(delivery: WebhookDelivery): DeliveryDto {
    const { id, eventType, state, attempts, nextAttemptMs, body, responseStatus, responseBody, durationMs, lastError } = delivery;
    return {
      ...{ id, event_type: eventType, state, attempts, request_body: body, response_status: responseStatus, response_body: responseBody },
      ...{ duration_ms: durationMs, last_error: lastError, next_attempt_ts: nextAttemptMs === null ? null : unixSeconds(nextAttemptMs) },
      ...{ created_ts: unixSeconds(delivery.createdMs), updated_ts: unixSeconds(delivery.updatedMs) },
    };
  }
}

export class ListedWebhookDto extends WebhookDto {
  @ApiProperty({ type: DeliveryDto, nullable: true, example: null, description: 'The newest delivery that is kept.' })
  last_delivery!: DeliveryDto | null;

  static withDelivery({ webhook, last }: { webhook: Webhook; last: WebhookDelivery | null }): ListedWebhookDto {
    return { ...WebhookDto.from(webhook), last_delivery: last && DeliveryDto.from(last) };
  }
}

export class WebhookListDto {
  @ApiProperty({ type: [ListedWebhookDto] }) items!: ListedWebhookDto[];
}

export class DeliveryListDto {
  @ApiProperty({ type: [DeliveryDto], description: 'Newest first, at most 200.' }) items!: DeliveryDto[];
}

export class EventTypeDto {
  @ApiProperty({ example: 'package.synced' }) type!: string;
  @ApiProperty({ example: 'A package arrived here from another server, whole and verified.' }) description!: string;
  @ApiProperty({ type: 'object', additionalProperties: true, example: { filename: 'NoMAD.pkg' } }) example!: Record<string, unknown>;
}

export class EventTypeListDto {
  @ApiProperty({ type: [EventTypeDto] }) items!: EventTypeDto[];
}
