export const usage = `ods-admin: looks after one server, on its own machine, with its settings (environment, ODS_CONF).

  ods-admin backup DIRECTORY [--without-content]   database, keys and packages; the server may run
  ods-admin restore DIRECTORY                      into an empty server, which must not run
  ods-admin verify [--sizes-only] [--json]         compares every content on disk with its SHA-256
  ods-admin doctor [--json]                        looks for what is wrong, and says what to do
  ods-admin reset-clock                            after a wrong clock was set right: what it dated later is dated now
  ods-admin reset-password [--user NAME] [--stdin] a new password, printed unless it is read from standard input
  ods-admin rotate-database-key --generate         1. a new key, before the old one; restart the server
  ods-admin rotate-database-key                    2. encrypts everything under the new key; the server may run
  ods-admin rotate-database-key --forget           3. removes the old keys from DATA_DIR; restart the server
  ods-admin migrate-database --to URL              copies the database, for example to postgres://...; the server must not run

Run it as the user of the server, so that files stay readable for it. Status 0: done and all is well; 1: not.
`;
