/** A line to standard output: what a script reads. */
export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A line to standard error: what only a person reads. */
export const printNote = (line: string): void => void process.stderr.write(`${line}\n`);

/** Columns as wide as what is in them; without decoration, so that awk reads them too. */
export function sayTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  for (const row of [head, ...rows])
    say(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
}

const MB = 2 ** 20;
const EVERY_MS = 100;

/** A progress bar on a terminal; nothing when the output is redirected. */
export function progressBar(label: string): { show(sent: number, size: number): void; end(): void } {
  if (!process.stderr.isTTY) return { show: () => undefined, end: () => undefined };
  const began = performance.now();
  let last = 0;
  return {
    show: (sent, size) => {
      const now = performance.now();
      if (now - last < EVERY_MS && sent < size) return;
      last = now;
      const share = size === 0 ? 1 : sent / size;
      const bar = '█'.repeat(Math.round(share * 24)).padEnd(24, '░');
      const rate = sent / MB / Math.max(0.001, (now - began) / 1_000);
      process.stderr.write(`\r${label}  ${bar}  ${(share * 100).toFixed(0).padStart(3)} %  ${rate.toFixed(1)} MB/s `);
    },
    end: () => void process.stderr.write('\r\u001b[K'),
  };
}
