import { countOf, oneLine, sentenceOf, type ToldEvent } from './event-words.js';

export interface MailMessage {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Digest {
  /** The first ones, oldest first. */
  readonly events: readonly ToldEvent[];
  /** All of them, by type. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface Sender {
  readonly name: string;
  /** Of the console; null when the server does not know it. */
  readonly url: string | null;
}

const SUBJECT_LENGTH = 150;

const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
const timeOf = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 19);
const total = ({ counts }: Digest): number => [...counts.values()].reduce((sum, count) => sum + count, 0);
const summaryOf = ({ counts }: Digest): string => [...counts].map(([type, count]) => countOf(type, count)).join(', ');

function subjectOf(digest: Digest, { name }: Sender): string {
  const [first] = digest.events;
  const about = total(digest) === 1 && first ? sentenceOf(first) : summaryOf(digest);
  const subject = `[${oneLine(name)}] ${about}`;
  return subject.length <= SUBJECT_LENGTH ? subject : `${subject.slice(0, SUBJECT_LENGTH - 1)}…`;
}

/** What happened, as a message for people: a subject that says it, and the same in text and HTML. */
export function mailOf(digest: Digest, sender: Sender): MailMessage {
  const lines = digest.events.map((event) => ({ time: timeOf(event.createdMs), sentence: `${sentenceOf(event)}.` }));
  const left = total(digest) - lines.length;
  const more = left > 0 ? [`And ${left} more. The console and the audit trail have them all.`] : [];
  const foot = `This message was sent by the Open Distribution Server ${oneLine(sender.name)}. Times are UTC.`;
  const console = sender.url === null ? [] : [`Console: ${sender.url}`];
  const text = [...lines.map(({ time, sentence }) => `${time}  ${sentence}`), ...more, '', foot, ...console, ''].join('\n');
  const rows = lines.map(
    ({ time, sentence }) =>
      `<tr><td style="color:#555;white-space:nowrap;padding:4px 16px 4px 0;vertical-align:top">${time}</td><td style="padding:4px 0">${escape(sentence)}</td></tr>`,
  );
  const link = sender.url === null ? '' : `<p><a href="${escape(sender.url)}">Open the console</a></p>`;
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body style="font-family:sans-serif;font-size:15px;line-height:1.4">',
    `<h1 style="font-size:18px">${escape(summaryOf(digest))}</h1>`,
    `<table role="presentation" style="border-collapse:collapse">${rows.join('')}</table>`,
    ...more.map((each) => `<p>${escape(each)}</p>`),
    link,
    `<p style="color:#555;font-size:13px">${escape(foot)}</p></body></html>`,
  ].join('\n');
  return { subject: subjectOf(digest, sender), text, html };
}

/** The test message. */
export function testMail({ name, url }: Sender): MailMessage {
  const text = `This is a test. The Open Distribution Server ${oneLine(name)} can send you e-mail.`;
  const console = url === null ? '' : `\nConsole: ${url}`;
  return {
    subject: `[${oneLine(name)}] Test of e-mail notifications`,
    text: `${text}\n${console}\n`,
    html: `<!doctype html><html lang="en"><body><p>${escape(text)}</p></body></html>`,
  };
}
