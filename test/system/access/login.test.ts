import { once } from 'node:events';
import { createServer } from 'node:net';
import { chromium } from 'playwright-core';
import t from 'tap';
import { chromiumProgram } from '../../machinery/chromium.ts';
import { startIssuer } from '../../machinery/oidc-issuer.ts';
import { startStowage } from '../../machinery/stowage.ts';

/** A port that is free now: the issuer must know the address before the server has one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

t.test('a user signs in to the playground with the issuer', async (t) => {
  const issuer = await startIssuer(t);
  const port = await freePort();
  const stowage = await startStowage(t, {
    env: {
      STOWAGE_PORT: String(port),
      STOWAGE_OIDC_ISSUER: issuer.url,
      STOWAGE_OIDC_AUDIENCE: issuer.audience,
      STOWAGE_OIDC_CLIENT_ID: issuer.audience,
      STOWAGE_PUBLIC_URL: `http://127.0.0.1:${port}`,
    },
  });
  await stowage.created('POST', '/v1/role-bindings', { subject: `user:${issuer.url}|alice`, role: 'viewer' });
  const login = `${stowage.address}/graphiql/login`;
  const open = (address: string, cookie = '') => fetch(address, { redirect: 'manual', headers: { cookie } });
  const begin = async () => {
    const response = await open(login);
    return { to: new URL(response.headers.get('location') ?? ''), cookie: response.headers.get('set-cookie') ?? '' };
  };
  const callback = async (to: URL) => (await open(to.href)).headers.get('location') ?? '';
  const landing = async (address: string, cookie: string) =>
    new URL((await open(address, cookie.split(';')[0])).headers.get('location') ?? '', stowage.address).hash;

  await t.test('in a browser, with a token that is kept in the tab alone', async (t) => {
    const browser = await chromium.launch({ executablePath: chromiumProgram, args: ['--no-sandbox'] });
    t.teardown(() => browser.close());
    const page = await browser.newPage();
    const requests: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith('data:'))
        requests.push(`${request.isNavigationRequest() ? 'page' : 'part'} ${new URL(request.url()).host}`);
    });
    await page.goto(`${stowage.address}/graphiql`);
    await page.getByRole('link', { name: 'Sign in with the issuer' }).click();
    await page.getByRole('tab').first().waitFor();
    t.equal(page.url(), `${stowage.address}/graphiql`, 'the token leaves the address');
    t.ok(requests.includes(`page ${new URL(issuer.url).host}`));
    t.notOk(requests.includes(`part ${new URL(issuer.url).host}`), 'the page itself asks nobody else');
    const me = await page.evaluate<{ subject: string }>(
      "fetch('/v1/session', { headers: { authorization: 'Bearer ' + sessionStorage['stowage:key'] } }).then((answer) => answer.json())",
    );
    t.equal(me.subject, `user:${issuer.url}|alice`);
    t.same(await page.context().cookies(), [], 'no cookie is left');
    t.same(await page.evaluate('Object.keys(localStorage).length'), 0);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    t.equal(await page.evaluate("sessionStorage['stowage:key'] ?? null"), null);
  });

  await t.test('only in the browser that began it, once, and with what it began with', async (t) => {
    const { to, cookie } = await begin();
    t.match(cookie, /^stowage_login=[\w-]+; Path=\/graphiql\/login; Max-Age=600; HttpOnly; SameSite=Lax$/);
    t.equal(to.searchParams.get('code_challenge_method'), 'S256');
    t.notMatch(to.href, cookie.split(/[=;]/)[1] ?? '');
    const other = await begin();
    const back = await callback(to);
    t.equal(await landing(back, ''), '#refused', 'without the cookie');
    t.equal(await landing(back, other.cookie), '#refused', 'with that of another login');
    t.equal(await landing(back, `${cookie.slice(0, 40)}AAAA;`), '#refused', 'with one that was changed');
    t.equal(await landing(back.replace(/state=[^&]*/, 'state=x'), cookie), '#refused', 'with another state');
    t.match(await landing(back, cookie), /^#key=eyJ/);
    t.equal(await landing(back, cookie), '#refused', 'a second time');
    t.equal(
      await landing(`${stowage.address}/graphiql/login/callback?error=access_denied&state=x`, cookie),
      '#refused',
    );
  });

  await t.test('not with a token of another login, application, or issuer', async (t) => {
    for (const claims of [
      { nonce: 'x' },
      { nonce: undefined },
      { aud: 'other' },
      { iss: 'https://issuer.example' },
      { exp: 1 },
    ]) {
      issuer.nextLogin = { claims };
      const { to, cookie } = await begin();
      t.equal(await landing(await callback(to), cookie), '#refused', JSON.stringify(claims));
    }
    issuer.nextLogin = {};
    const { to, cookie } = await begin();
    t.match(await landing(await callback(to), cookie), /^#key=/);
    t.notMatch(stowage.log(), /[?&]code=/, 'no code is in the log');
  });
});
