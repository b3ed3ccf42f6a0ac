import { Body, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { eventTypeNames, eventTypes } from '#libs/events/event-types.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { RowIdPipe } from '#libs/platform/http/row-id.pipe.js';
import {
  CreatedWebhookDto,
  CreateWebhookDto,
  DeliveryDto,
  DeliveryListDto,
  EventTypeListDto,
  ListedWebhookDto,
  PreviewWebhookDto,
  UpdateWebhookDto,
  WebhookDto,
  WebhookListDto,
  WebhookPreviewDto,
  WebhookSecretDto,
} from './dto/webhook.dto.js';
import { WebhooksService } from './webhooks.service.js';

const SHOWN = 200;
const Id = () => ApiParam({ name: 'id', type: Number, example: 1 });

@AdminApi('webhooks')
@Roles('admin')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Get()
  @ApiOperation({ operationId: 'listWebhooks', summary: 'Receivers of events' })
  @ApiOkResponse({ type: WebhookListDto })
  @ApiProblems(401, 403)
  async list(): Promise<WebhookListDto> {
    return { items: (await this.webhooks.list()).map((listed) => ListedWebhookDto.withDelivery(listed)) };
  }

  @Get('event_types')
  @ApiOperation({ operationId: 'listEventTypes', summary: 'All types of events' })
  @ApiOkResponse({ type: EventTypeListDto })
  @ApiProblems(401, 403)
  eventTypes(): EventTypeListDto {
    return {
      items: eventTypeNames.map((type) => ({ type, description: eventTypes[type].description, example: { ...eventTypes[type].example } })),
    };
  }

  @Post()
  @ApiOperation({ operationId: 'createWebhook', summary: 'Create a webhook: events are posted to its address' })
  @ApiCreatedResponse({ type: CreatedWebhookDto })
  @ApiProblems(400, 401, 403, 409)
  async create(
    @Body() { name, url, events, format, enabled }: CreateWebhookDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedWebhookDto> {
    void reply.header('Cache-Control', 'no-store');
    const input = { name, url, events: events ?? null, format: format ?? 'standard', enabled: enabled ?? true } as const;
    return CreatedWebhookDto.withSecret(await this.webhooks.create(input));
  }

  @Post('preview')
  @HttpCode(200)
  @ApiOperation({ operationId: 'previewWebhook', summary: 'What a webhook of a format is sent for an event; nothing is sent' })
  @ApiOkResponse({ type: WebhookPreviewDto })
  @ApiProblems(400, 401, 403)
  async preview(@Body() { format, event_type: type }: PreviewWebhookDto): Promise<WebhookPreviewDto> {
    return WebhookPreviewDto.from(await this.webhooks.preview(format, type ?? 'package.uploaded'));
  }

  @Get(':id')
  @Id()
  @ApiOperation({ operationId: 'getWebhook', summary: 'One webhook' })
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@Param('id', RowIdPipe) id: number): Promise<WebhookDto> {
    return WebhookDto.from(await this.webhooks.get(id));
  }

  @Patch(':id')
  @Id()
  @ApiOperation({ operationId: 'updateWebhook', summary: 'Change a webhook, or switch it on or off' })
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems(400, 401, 403, 404)
  async update(@Param('id', RowIdPipe) id: number, @Body() change: UpdateWebhookDto): Promise<WebhookDto> {
    return WebhookDto.from(await this.webhooks.update(id, { ...change }));
  }

  @Delete(':id')
  @HttpCode(204)
  @Id()
  @ApiOperation({ operationId: 'deleteWebhook', summary: 'Delete a webhook with its deliveries' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404)
  remove(@Param('id', RowIdPipe) id: number): Promise<void> {
    return this.webhooks.remove(id);
  }

  @Get(':id/secret')
  @Id()
  @ApiOperation({ operationId: 'getWebhookSecret', summary: 'What receivers check signatures with' })
  @ApiOkResponse({ type: WebhookSecretDto })
  @ApiProblems(400, 401, 403, 404)
  async secret(@Param('id', RowIdPipe) id: number, @Res({ passthrough: true }) reply: FastifyReply): Promise<WebhookSecretDto> {
    void reply.header('Cache-Control', 'no-store');
    return { secret: await this.webhooks.secretOf(id) };
  }

  @Post(':id/rotate_secret')
  @HttpCode(200)
  @Id()
  @ApiOperation({ operationId: 'rotateWebhookSecret', summary: 'A new secret; messages are signed with the former one, too, for a day' })
  @ApiOkResponse({ type: CreatedWebhookDto })
  @ApiProblems(400, 401, 403, 404)
  async rotate(@Param('id', RowIdPipe) id: number, @Res({ passthrough: true }) reply: FastifyReply): Promise<CreatedWebhookDto> {
    void reply.header('Cache-Control', 'no-store');
    return CreatedWebhookDto.withSecret(await this.webhooks.rotate(id));
  }

  @Post(':id/test')
  @HttpCode(202)
  @Id()
  @ApiOperation({ operationId: 'testWebhook', summary: 'Send a test event; the deliveries show what became of it' })
  @ApiAcceptedResponse({ type: DeliveryDto })
  @ApiProblems(400, 401, 403, 404)
  async test(@Param('id', RowIdPipe) id: number): Promise<DeliveryDto> {
    return DeliveryDto.from(await this.webhooks.test(id));
  }

  @Get(':id/deliveries')
  @Id()
  @ApiOperation({ operationId: 'listWebhookDeliveries', summary: 'Recent deliveries and their responses' })
  @ApiOkResponse({ type: DeliveryListDto })
  @ApiProblems(400, 401, 403, 404)
  async deliveries(@Param('id', RowIdPipe) id: number): Promise<DeliveryListDto> {
    return { items: (await this.webhooks.listDeliveries(id, SHOWN)).map((delivery) => DeliveryDto.from(delivery)) };
  }

  @Post(':id/deliveries/:delivery_id/redeliver')
  @HttpCode(202)
  @Id()
  @ApiParam({ name: 'delivery_id', type: String, example: 'msg_28f7adde4f674873807a4c8c69b641d0' })
  @ApiOperation({ operationId: 'redeliverWebhook', summary: 'Send a message again, as a delivery of its own' })
  @ApiAcceptedResponse({ type: DeliveryDto })
  @ApiProblems(400, 401, 403, 404)
  async redeliver(@Param('id', RowIdPipe) id: number, @Param('delivery_id') deliveryId: string): Promise<DeliveryDto> {
    return DeliveryDto.from(await this.webhooks.redeliver(id, deliveryId));
  }
}
