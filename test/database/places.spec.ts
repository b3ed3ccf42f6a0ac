import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { openPrepared, settingsOf } from '../support/prepared-database.js';
import { createDataSource, openDataSource } from '#libs/platform/database/data-source.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { selfSigned } from '../support/self-signed.js';
import { freePort, isLeftOut, scratchDir, type Service, startMariadb, startPostgres } from '../support/services.js';

/** Connects, and has nothing made. */
const open = (url: string): Promise<DataSource> => openDataSource(createDataSource(settingsOf(url), { entities: [], migrations: [] }));
const answer = async (url: string, sql: string): Promise<unknown> => {
  const dataSource = await open(url);
  return dataSource.query(sql).finally(() => dataSource.destroy());
};

const describeWith = (program: string) => (isLeftOut(program) ? describe.skip : describe);
const pem = (name: string, text: string): string => {
  const file = path.join(scratchDir('pem'), name);
  writeFileSync(file, text);
  return file;
};

describeWith('postgres')('several servers of PostgreSQL', () => {
  let standby: Service;
  let primary: Service;
  const urlOf = (ports: readonly number[], parameters = ''): string =>
    `postgres://ods:ods@${ports.map((port) => `127.0.0.1:${port}`).join(',')}/postgres${parameters}`;
  const portOf = 'SELECT inet_server_port() AS port';
  beforeAll(async () => {
    [standby, primary] = await Promise.all([startPostgres({ files: { 'data/standby.signal': '' } }), startPostgres()]);
  }, 120_000);
  afterAll(() => Promise.all([standby, primary].map((each) => each.dispose())));

  it('are tried in their order', async () => {
    const away = await freePort();
    expect(await answer(urlOf([away, standby.port, primary.port]), portOf)).toEqual([{ port: standby.port }]);
    expect(await answer(urlOf([primary.port, standby.port]), portOf)).toEqual([{ port: primary.port }]);
  });

  it('are passed over when they only read, where writes are needed', async () => {
    const url = urlOf([standby.port, primary.port], '?target_session_attrs=read-write');
    expect(await answer(url, portOf)).toEqual([{ port: primary.port }]);
    await (await openPrepared(url)).close();
  });

  it('say so when none takes writes, or none answers', async () => {
    await expect(open(urlOf([standby.port], '?target_session_attrs=read-write'))).rejects.toThrow(`127.0.0.1:${standby.port} only reads`);
    const [one, two] = [await freePort(), await freePort()];
    await expect(openPrepared(urlOf([one, two]))).rejects.toThrow(
      new RegExp(`^The postgres database postgres at 127.0.0.1:${one}, 127.0.0.1:${two} cannot be opened: .*ECONNREFUSED`),
    );
  });

  it('take over from one another', async () => {
    const dataSource = await open(urlOf([standby.port, primary.port], '?target_session_attrs=read-write'));
    expect(await dataSource.query(portOf)).toEqual([{ port: primary.port }]);
    await primary.stop('SIGQUIT');
    await answer(urlOf([standby.port]), 'SELECT pg_promote()');
    await dataSource.query(portOf).catch(() => undefined); // the connection that broke
    expect(await dataSource.query(portOf)).toEqual([{ port: standby.port }]);
    await dataSource.destroy();
  });
});

describeWith('postgres')('PostgreSQL on this machine', () => {
  it('is reached by its socket', async () => {
    const service = await startPostgres();
    const url = `postgres://ods:ods@:${service.port}/postgres?host=${service.directory}`;
    expect(await answer(url, 'SELECT inet_server_port() AS port')).toEqual([{ port: null }]); // no port: a socket
    await service.dispose();
  });

  it('is believed with the certificate of its authority', async () => {
    const files = { 'server.pem': selfSigned.cert, 'server.key': selfSigned.key };
    const service = await startPostgres({ files, settings: { ssl: 'on', ssl_cert_file: '../server.pem', ssl_key_file: '../server.key' } });
    const url = `${service.url}?sslrootcert=${pem('ca.pem', selfSigned.cert)}`;
    expect(await answer(url, 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).toEqual([{ ssl: true }]);
    await expect(open(`${service.url}?sslmode=require`)).rejects.toThrow(/self-signed/i);
    await service.dispose();
  });
});

describeWith('mariadb')('MariaDB on this machine', () => {
  let service: Service;
  beforeAll(async () => {
    const [cert, key] = [pem('server.pem', selfSigned.cert), pem('server.key', selfSigned.key)];
    service = await startMariadb([`--ssl-cert=${cert}`, `--ssl-key=${key}`, `--ssl-ca=${cert}`]);
  }, 120_000);
  afterAll(() => service.dispose());
  const isEncrypted = "SHOW STATUS LIKE 'Ssl_cipher'";
  const cipher = [{ Variable_name: 'Ssl_cipher', Value: expect.stringMatching(/./) }];

  it('is reached by its socket', async () => {
    const url = `mariadb://ods:ods@/ods?socketPath=${service.directory}/socket`;
    expect(
      await answer(url, "SELECT HOST LIKE 'localhost%' AS isLocal FROM information_schema.processlist WHERE id = CONNECTION_ID()"),
    ).toEqual([{ isLocal: 1 }]);
  });

  it('is believed with the certificate of its authority, and not without', async () => {
    const ca = pem('ca.pem', selfSigned.cert);
    expect(await answer(`${service.url}?ssl-ca=${ca}`, isEncrypted)).toEqual(cipher);
    await expect(open(`${service.url}?ssl-mode=required`)).rejects.toThrow(/self-signed/i);
  });

  it('takes the same by settings of their own', async () => {
    const { port, directory } = service;
    const env = { DATA_DIR: scratchDir('settings'), MYSQL_USER: 'ods', MYSQL_PASSWORD: 'ods' };
    const ask = async (more: Record<string, string>): Promise<unknown> => {
      const settings = loadConfig({ ...env, ...more }).get('database');
      const dataSource = await openDataSource(createDataSource(settings, { entities: [], migrations: [] }));
      return dataSource.query(isEncrypted).finally(() => dataSource.destroy());
    };
    expect(await ask({ MYSQL_SERVER: `127.0.0.1:${port}`, MYSQL_TLS_CA: pem('ca.pem', selfSigned.cert) })).toEqual(cipher);
    expect(await ask({ MYSQL_SOCKET: `${directory}/socket` })).toEqual([{ Variable_name: 'Ssl_cipher', Value: '' }]);
    await expect(ask({ MYSQL_SERVER: `127.0.0.1:${port}`, MYSQL_TLS: 'true' })).rejects.toThrow(/self-signed/i);
  });
});
