import { connect, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { createDatabase } from '../../machinery/database.ts';
import { startStowage } from '../../machinery/stowage.ts';

/** A way to PostgreSQL that can be cut. */
interface Cuttable {
  readonly url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

async function cuttable(t: Test, url: string): Promise<Cuttable> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    keep(client);
    keep(upstream);
    client.pipe(upstream).pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const cut = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  t.teardown(() => server.listening && cut());
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(port);
  return { url: through.href, cut, mend: () => listen(port) };
}

t.test('a database that is away', async (t) => {
  const database = await createDatabase();
  t.teardown(() => database.drop());
  const way = await cuttable(t, database.url);
  const stowage = await startStowage(t, { database: { ...database, url: way.url } });
  const anonymous = { authorization: null };
  await stowage.until('/readyz', ({ status }) => status === 'ok');

  await way.cut();
  await t.test('is told by every request, with the same code', async (t) => {
    t.match(await stowage.call('GET', '/v1/volumes'), { status: 503, body: { code: 'database_unavailable' } });
    t.match(await stowage.call('POST', '/v1/tokens', { name: 'x', roles: [{ role: 'viewer' }] }), {
      status: 503,
      body: { code: 'database_unavailable' },
    });
    const withKey = await stowage.call(
      'POST',
      '/v1/tokens',
      { name: 'x', roles: [{ role: 'viewer' }] },
      { 'idempotency-key': 'away' },
    );
    t.match(withKey, { status: 503, body: { code: 'database_unavailable' } });
    const { status, body } = await stowage.call('POST', '/graphql', { query: '{ volumes { nextCursor } }' });
    t.equal(body.errors[0].extensions.code, 'database_unavailable');
    t.equal(status, 503);
  });

  await t.test('is named by /readyz; the process lives', async (t) => {
    const { status, body } = await stowage.call('GET', '/readyz', undefined, anonymous);
    t.equal(status, 503);
    t.match(body.checks, [
      { name: 'database', ok: false },
      { name: 'engine/local', ok: true },
      { name: 'queue', ok: false },
    ]);
    t.equal((await stowage.call('GET', '/livez', undefined, anonymous)).status, 200);
  });

  await way.mend();
  await t.test('is used again as soon as it is back', async (t) => {
    for (let tries = 0; tries < 100 && (await stowage.call('GET', '/v1/volumes')).status !== 200; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    t.equal((await stowage.call('GET', '/v1/volumes')).status, 200);
    t.equal((await stowage.call('GET', '/readyz', undefined, anonymous)).status, 200);
    t.equal(
      (
        await stowage.call(
          'POST',
          '/v1/tokens',
          { name: 'x', roles: [{ role: 'viewer' }] },
          { 'idempotency-key': 'away' },
        )
      ).status,
      201,
    );
  });
});
