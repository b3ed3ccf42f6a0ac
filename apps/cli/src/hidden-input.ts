import { CommandFailed } from './failures.js';

/** Lines that are typed at the terminal and not shown. What was typed ahead counts for the next question. */
export class HiddenInput {
  private readonly chunks = process.stdin.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string>;
  private readonly typed: string[] = [];

  async ask(prompt: string): Promise<string> {
    process.stdin.setRawMode(true);
    process.stderr.write(prompt);
    let line = '';
    try {
      for (let key = await this.key(); key !== null && key !== '\r' && key !== '\n'; key = await this.key()) {
        if (key === '\u0003') throw new CommandFailed('Interrupted.');
        line = key === '\u007f' ? line.slice(0, -1) : line + key;
      }
      return line;
    } finally {
      process.stdin.setRawMode(false);
      process.stderr.write('\n');
    }
  }

  /** The process can end then. */
  close(): void {
    process.stdin.destroy();
  }

  /** Null when the terminal is gone. */
  private async key(): Promise<string | null> {
    while (this.typed.length === 0) {
      const { value, done } = await this.chunks.next();
      if (done) return null;
      this.typed.push(...(value as string));
    }
    return this.typed.shift()!;
  }
}
