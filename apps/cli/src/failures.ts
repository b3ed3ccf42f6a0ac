/** Exit statuses, for scripts: 0 done and well; 1 refused, or something needs a look; 2 wrong words; 3 no answer; 4 not within the time. */
export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3, late: 4 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** What ends a command; its message is for the person who typed it. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';

  constructor(
    message: string,
    readonly exit: Exit = EXIT.refused,
  ) {
    super(message);
  }
}
