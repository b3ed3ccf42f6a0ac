/** Whether a value is the id of a server, a content or a database: 32 lower case hexadecimal digits. What else is sent is not looked for. */
export const isHexId = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
