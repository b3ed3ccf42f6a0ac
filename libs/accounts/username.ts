/** User names are compared without case and in one Unicode form; the name is shown as it was typed. */
export const usernameKey = (username: string): string => username.normalize('NFKC').trim().toLowerCase();
