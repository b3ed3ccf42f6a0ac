import type { Role } from '#libs/entities/user.entity.js';

const viewer = `
  GET auth/me
  POST auth/password
  POST auth/logout
  GET retention
  GET munki/files
  GET munki/files/{path}
  GET munki/files/{path}/versions
  GET munki/catalogs
  GET munki/items
  GET munki/promotion
  GET munki/catalogs/{name}
  GET retention/plan
  POST auth/oidc/link
  GET jamf/connection
  GET jamf/settings
  GET jamf/rules
  GET jamf/records
  GET jamf/records/{id}
  GET jamf/distribution_points
  GET jamf/networks
  GET jamf/checks
  GET system
  GET network
  GET network/packages
  GET packages
  GET packages/{id_or_name}
  GET packages/{id_or_name}/servers
  GET packages/{id_or_name}/versions
  GET deleted_packages
  GET downloads
  GET packages/{id_or_name}/inspection
  GET authors
  GET refused_writes
  OPTIONS upload/resumable
  GET registered_ods
  GET registered_ods/{id}
  GET blocked_servers
  GET held_changes
  GET held_deletes
  GET replication
  GET transfers
  GET transfers/{id}
  GET events`;

const publisher = `
  POST packages
  POST retention/apply
  PUT munki/files/{path}
  POST munki/files/{path}/restore
  POST munki/pkginfo
  POST munki/promote
  DELETE munki/files/{path}
  PUT packages/{name}/content
  PATCH packages/{id_or_name}
  DELETE packages/{id_or_name}
  POST packages/{id_or_name}/verify
  POST packages/{id_or_name}/inspection
  POST packages/{id_or_name}/restore
  POST packages/{id_or_name}/links
  POST upload
  POST upload/resumable
  HEAD upload/resumable/{id}
  PATCH upload/resumable/{id}
  DELETE upload/resumable/{id}
  POST registered_ods/{id}/sync
  POST transfers/{id}/retry
  POST transfers/{id}/cancel`;

const admin = `
  GET users
  POST users
  GET users/{id}
  PATCH users/{id}
  DELETE users/{id}
  GET tokens
  POST tokens
  DELETE tokens/{id}
  GET audit
  GET audit/export
  GET about
  POST about/update
  POST about/rotate_key
  DELETE network/{iss}
  POST register
  PATCH registered_ods/{id}
  POST registered_ods/{id}/identity
  DELETE registered_ods/{id}
  PUT authors/{iss}/rights
  POST authors/{iss}/keys/{id}/accept
  POST refused_writes/{id}/accept
  DELETE blocked_servers/{iss}
  GET invitations
  POST invitations
  DELETE invitations/{id}
  POST held_changes/apply
  POST held_changes/reject
  POST held_deletes/apply
  POST held_deletes/reject
  PATCH replication
  PATCH downloads
  GET webhooks
  POST webhooks
  GET webhooks/event_types
  POST webhooks/preview
  GET webhooks/{id}
  PATCH webhooks/{id}
  DELETE webhooks/{id}
  GET webhooks/{id}/secret
  POST webhooks/{id}/rotate_secret
  POST webhooks/{id}/test
  GET webhooks/{id}/deliveries
  POST webhooks/{id}/deliveries/{delivery_id}/redeliver
  GET notifications/email
  PUT notifications/email
  POST notifications/email/test
  GET downloads/credentials
  POST downloads/credentials
  DELETE downloads/credentials/{id}
  PUT munki/promotion
  PUT retention
  POST retention/preview
  GET oidc
  PUT oidc
  POST oidc/test
  PUT jamf/connection
  DELETE jamf/connection
  POST jamf/connection/test
  PUT jamf/settings
  POST jamf/compare
  PUT jamf/rules
  POST jamf/rules/preview
  GET jamf/categories
  PUT jamf/distribution_points/{iss}
  POST jamf/checks
  POST jamf/distribution_points/{iss}/overwrite
  POST jamf/records/{id}/resolve
  POST jamf/records/{id}/release`;

const linesOf = (text: string): string[] => text.trim().split(/\s*\n\s*/);
const each = (operations: string, role: Role): [string, Role][] => linesOf(operations).map((operation) => [operation, role]);

/** Who may do what, written by hand: an operation that is new, or open to others than before, is red until a role is chosen for it here. */
export const leastRoles: ReadonlyMap<string, Role> = new Map([
  ...each(viewer, 'viewer'),
  ...each(publisher, 'publisher'),
  ...each(admin, 'admin'),
]);

/** For whoever has no token yet. */
export const openOperations: ReadonlySet<string> = new Set([
  'POST auth/login',
  'POST auth/refresh',
  'GET auth/oidc',
  'POST auth/oidc/begin',
  'GET auth/oidc/callback',
  'POST auth/oidc/end_session',
]);
