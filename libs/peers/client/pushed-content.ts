/** Bytes of packages in the body of a call between servers: a type of its own, which nothing else reads into memory. */
export const PUSHED_CONTENT_TYPE = 'application/vnd.ods.content';
