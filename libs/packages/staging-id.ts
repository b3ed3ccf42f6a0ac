export const TRANSFER_PREFIX = 'transfer-';

/** The staging file of a content on its way here. */
export const stagingIdOf = (uuid: string): string => `${TRANSFER_PREFIX}${uuid}`;
