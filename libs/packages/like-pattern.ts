/** For LIKE with ESCAPE '!': `%`, `_` and `!` of a search text mean themselves. */
export const likePattern = (text: string): string => `%${text.replace(/[!%_]/g, '!$&')}%`;
