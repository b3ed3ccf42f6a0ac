export const TRANSFER_PREFIX = 'transfer-';

export const DAMAGED_PREFIX = 'damaged-';

/** The staging file of a content on its way here. */
export const stagingIdOf = (uuid: string): string => `${TRANSFER_PREFIX}${uuid}`;

/** A content that was found damaged, as it was: it is read for blocks that are still right, and never written to. */
export const damagedIdOf = (uuid: string): string => `${DAMAGED_PREFIX}${uuid}`;
