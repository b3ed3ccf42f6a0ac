import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { Child, freePort } from '../../test/support/child.mjs';
import { seconds } from '../support/rounds.mjs';

/** nginx that stores what is PUT to it: what an upload costs without any check of the file. */
export class NginxDav {
  /** @param {import('../support/bench.mjs').Bench} bench @param {number} port @param {Child} child @param {string} target */
  constructor(bench, port, child, target) {
    this.bench = bench;
    this.port = port;
    this.child = child;
    this.target = target;
  }

  /** Null when nginx is not installed or cannot do it. @param {import('../support/bench.mjs').Bench} bench */
  static async start(bench) {
    const program = bench.find('nginx');
    if (program === null) return null;
    const own = bench.directory('nginx-dav');
    const target = path.join(own, 'files');
    mkdirSync(target);
    const port = await freePort();
    const config = path.join(own, 'nginx.conf');
    const user = process.getuid?.() === 0 ? 'user root;' : '';
    writeFileSync(
      config,
      `daemon off; master_process off; worker_processes 1; pid ${own}/pid; error_log ${own}/error.log; ${user}
events {}
http {
  access_log off; client_body_temp_path ${own}/body; client_max_body_size 0;
  proxy_temp_path ${own}/p; fastcgi_temp_path ${own}/f; uwsgi_temp_path ${own}/u; scgi_temp_path ${own}/s;
  server { listen 127.0.0.1:${port}; location / { root ${target}; dav_methods PUT; client_body_buffer_size 1m; } }
}
`,
    );
    const child = bench.keep(new Child(program, ['-c', config, '-p', own]));
    const dav = new NginxDav(bench, port, child, target);
    try {
      await child.waitUntil(() => bench.run('curl', ['-sS', '-o', '/dev/null', `http://127.0.0.1:${port}/`]), 10_000);
    } catch {
      return null; // built without the module
    }
    return dav;
  }

  get pid() {
    return this.child.process.pid;
  }

  /** Seconds until curl has its answer and the file is on the disk. @param {string} file */
  async timePut(file) {
    const name = path.join(this.target, 'upload.bin');
    const taken = await seconds(async () => {
      await this.bench.run('curl', [
        '-sS',
        '-f',
        '-o',
        '/dev/null',
        '-H',
        'Expect:',
        '-T',
        file,
        `http://127.0.0.1:${this.port}/upload.bin`,
      ]);
      const handle = await open(name, 'r+');
      await handle.sync();
      await handle.close();
    });
    for (const entry of readdirSync(this.target)) rmSync(path.join(this.target, entry));
    return taken;
  }
}
