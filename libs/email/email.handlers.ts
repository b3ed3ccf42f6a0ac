import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { MailSettings } from '#libs/entities/mail-settings.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { JobHandler } from '#libs/platform/jobs/job-handler.js';
import { JobPostponed } from '#libs/platform/jobs/job-type.js';
import { mailOf } from './mail-message.js';
import { MailSettingsRepository } from './mail-settings.repository.js';
import { Mailer } from './mailer.js';
import { dueAfter, type News, NewsReader } from './news.js';
import { MailRefused } from './email.errors.js';
import { SendMail } from './email.jobs.js';

const ERROR_LENGTH = 500;

/**
 * Sends one message about everything that happened since the last one, once the oldest of it is as old as the digest
 * says. The position is saved after the mail server accepted the message: a crash in between sends it twice, never not at all.
 */
@Injectable()
export class SendMailHandler extends JobHandler<Record<string, never>> {
  readonly type = SendMail;

  constructor(
    private readonly settings: MailSettingsRepository,
    private readonly news: NewsReader,
    private readonly mailer: Mailer,
    private readonly identity: ServerIdentity,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(): Promise<void> {
    const settings = await this.settings.find();
    if (!settings.enabled) return;
    const news = await this.news.read(settings);
    const [oldest] = news.events;
    if (!oldest) return this.settings.update({ notifiedUpTo: news.upTo });
    const waitMs = dueAfter(oldest, settings) - this.clock.now();
    if (waitMs > 0) throw new JobPostponed(waitMs, 'More may happen before the message is sent.');
    await this.send(settings, news);
  }

  private async send(settings: MailSettings, news: News): Promise<void> {
    const { iss, name, url } = await this.identity.get();
    const id = `ods-${iss}-${settings.notifiedUpTo + 1}-${news.upTo}`;
    try {
      const { refused } = await this.mailer.send(settings, { id, from: name, ...mailOf(news, { name, url }) });
      const lastError = refused.length === 0 ? null : `The mail server refused ${refused.join(', ')}.`.slice(0, ERROR_LENGTH);
      await this.settings.update({ notifiedUpTo: news.upTo, lastSentMs: this.clock.now(), lastError });
    } catch (error) {
      if (error instanceof MailRefused) await this.settings.update({ lastError: error.message.slice(0, ERROR_LENGTH) });
      throw error;
    }
  }
}
