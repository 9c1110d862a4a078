import { buffer } from 'node:stream/consumers';
import t from 'tap';
import { pack } from 'tar-stream';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';

const data = `cd /data && mkdir -p base/1 global && echo 17 > PG_VERSION && echo x > base/1/1249 && echo x > global/pg_control
  chown -R 999:999 . && chmod -R go-rwx .`;

async function passwd(content: string): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'passwd' }, content);
  tar.finalize();
  return await buffer(tar);
}

t.test(
  'N14: a recursive change of owner or mode that breaks a database is refused; N13: the root is repaired too',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t);
    const volume = docker.name('pg');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
    await docker.run(volume, data);
    const address = `/v1/hosts/local/volumes/${volume}/permission-repairs`;
    const confirm = { confirm: volume };
    const look = () => docker.run(volume, "cd /data && find . -printf '%p %m %U:%G\\n' | sort");
    const before = await look();
    const refused = async (wish: object, ...reasons: RegExp[]) => {
      const job = await stowage.finished('POST', address, wish);
      const plan = await stowage.get(`/v1/permission-repairs/${job.id}`);
      t.match(plan.refusals, reasons, JSON.stringify(wish));
      t.match(await stowage.call('POST', `/v1/permission-repairs/${job.id}/apply`, confirm), {
        status: 409,
        body: { code: 'permission_repair_refused' },
      });
      return plan;
    };
    const plan = await refused(
      { owner: 1000, group: 1000 },
      /PostgreSQL, the root of the volume, must belong to the user that its server runs as \(999\)/,
      /give 6 of them to 1000|files of PostgreSQL/,
    );
    t.match(plan.databases, [{ kind: 'postgresql', path: '.' }]);
    await refused(
      { folderMode: '777', fileMode: '666' },
      /0700 or 0750; the repair would make it 0777/,
      /Everybody/,
      /Everybody/,
    );
    await refused({ writers: [{ user: 1000 }] }, /would make it 0770/);
    t.equal(await look(), before, 'nothing was changed');

    // What the shell does without a question, and the server does not start any more.
    await docker.run(volume, 'chown -R 1000:1000 /data && chmod -R 777 /data');
    const tag = docker.name('image');
    const image = docker.engine.getImage(groundOfTests().helperImage);
    await image.tag({ repo: `${tag}/postgres`, tag: '17' });
    t.teardown(() => docker.engine.getImage(`${tag}/postgres:17`).remove());
    const server = await docker.engine.createContainer({
      name: docker.name('server'),
      Image: `${tag}/postgres:17`,
      Cmd: ['true'],
      HostConfig: {
        NetworkMode: 'none',
        Mounts: [{ Type: 'volume', Source: volume, Target: '/var/lib/postgresql/data' }],
      },
    });
    await server.putArchive(await passwd('root:x:0:0::/:\npostgres:x:999:999::/:\n'), { path: '/etc' });
    await refused({ owner: 1001 }, /\(999\); the repair would give it to 1001/, /./);

    const repair = await stowage.finished('POST', address, {
      owner: 999,
      group: 999,
      folderMode: 'u=rwx,go=',
      fileMode: 'u=rw,go=',
    });
    const { refusals } = await stowage.get(`/v1/permission-repairs/${repair.id}`);
    t.same(refusals, [], 'what does it good is not refused');
    t.match(await stowage.finished('POST', `/v1/permission-repairs/${repair.id}/apply`, confirm), {
      state: 'succeeded',
    });
    t.equal(await look(), before, 'the root of the volume and all in it are as the server wants them');
    await server.remove();
  },
);

t.test(
  'N14: a database in a folder is refused, unless it is left out; one that appears after the plan is left alone',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t);
    const volume = docker.name('shared');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
    await docker.run(
      volume,
      'mkdir -p /data/my/mysql /data/up && touch /data/my/ibdata1 /data/up/a && chown -R 27:27 /data/my',
    );
    const address = `/v1/hosts/local/volumes/${volume}/permission-repairs`;
    const wish = { owner: 1000 };
    const all = await stowage.finished('POST', address, wish);
    t.match((await stowage.get(`/v1/permission-repairs/${all.id}`)).refusals, [
      /MySQL or MariaDB, "my", must belong .* \(27\)/,
      /./,
    ]);
    const others = await stowage.finished('POST', address, { ...wish, exclude: ['my'] });
    await docker.run(volume, 'mkdir /data/cache && touch /data/cache/dump.rdb && chown -R 6379:6379 /data/cache');
    const job = await stowage.finished('POST', `/v1/permission-repairs/${others.id}/apply`, { confirm: volume });
    t.match(job, { state: 'succeeded', result: { skipped: ['database/cache: the plan did not know it'] } });
    t.equal(
      await docker.run(volume, "cd /data && stat -c '%n %u' . up up/a my my/ibdata1 cache cache/dump.rdb"),
      '. 1000\nup 1000\nup/a 1000\nmy 27\nmy/ibdata1 27\ncache 6379\ncache/dump.rdb 6379\n',
    );
  },
);
