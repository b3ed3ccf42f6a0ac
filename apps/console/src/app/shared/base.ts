/** The path under which the console is served, from the page itself: `/ods`, or nothing at the root. */
export const basePath = (): string => new URL(document.baseURI).pathname.replace(/\/+$/, '');

/** Where the server is reached: `https://host/ods`. */
export const baseUrl = (): string => location.origin + basePath();
