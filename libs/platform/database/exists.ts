import type { EntityTarget, ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/** The condition that there is a row of an entity with an `id`, called `alias`, for which `condition` holds; it may name what the query selects. */
export function exists(
  query: SelectQueryBuilder<ObjectLiteral>,
  entity: EntityTarget<ObjectLiteral>,
  alias: string,
  condition: string,
): string {
  return `EXISTS ${query.subQuery().select(`${alias}.id`).from(entity, alias).where(condition).getQuery()}`;
}
