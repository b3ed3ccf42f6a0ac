import type { DomainEvent } from '#libs/entities/domain-event.entity.js';

/** Server-sent events as text (WHATWG HTML, section 9.2). JSON has no line breaks, so one data line is enough. */
export const eventFrame = ({ id, type, data, createdMs }: DomainEvent): string =>
  `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ id, type, created: new Date(createdMs).toISOString(), data })}\n\n`;

/** Advances the client's position without an event. */
export const positionFrame = (id: number): string => `id: ${id}\n\n`;

/** Not kept and not repeated: the state of something that moves. */
export const stateFrame = (type: string, data: unknown): string => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

export const commentFrame = (text: string): string => `: ${text}\n\n`;
