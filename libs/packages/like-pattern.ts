/** For LIKE with ESCAPE '!': `%`, `_` and `!` of a search text mean themselves, and `[`, which begins a set of characters on SQL Server. */
export const likePattern = (text: string): string => `%${text.replace(/[!%_[]/g, '!$&')}%`;
