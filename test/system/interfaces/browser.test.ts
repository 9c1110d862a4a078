import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import t from 'tap';
import { exampleQueries } from '../../../src/server/playground-examples.ts';
import { chromiumProgram } from '../../machinery/chromium.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';

/** A page that writes down what it asks for and what it complains about. */
interface Watched {
  readonly page: Page;
  /** Hosts of all requests, sockets included. */
  readonly hosts: Set<string>;
  readonly complaints: string[];
}

async function openPage(browser: Browser): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const hosts = new Set<string>();
  const complaints: string[] = [];
  const note = (address: string) => {
    if (!address.startsWith('data:')) hosts.add(new URL(address).host);
  };
  page.on('request', (request) => note(request.url()));
  page.on('websocket', (socket) => note(socket.url()));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, hosts, complaints };
}

/** Keeps a picture of a page for whoever wants to look at it. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = join(groundOfTests().cache, 'pictures');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

async function run(page: Page): Promise<void> {
  // GraphiQL looks at the text of a tab a moment after it was opened.
  await page.waitForTimeout(1_000);
  await page.getByRole('button', { name: /Execute query/ }).click();
}

t.test('the playground and the reference, in Chromium', async (t) => {
  const stowage = await startStowage(t);
  const browser = await chromium.launch({ executablePath: chromiumProgram, args: ['--no-sandbox'] });
  t.teardown(() => browser.close());
  const { host } = new URL(stowage.address);

  await t.test('the playground asks for a key and says what is wrong with a bad one', async (t) => {
    const { page, hosts } = await openPage(browser);
    await page.goto(`${stowage.address}/graphiql`);
    await page.getByLabel('API key').fill('wrong');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText(/neither an API key/).waitFor();
    t.same([...hosts], [host], 'no other host is asked for anything');
    await picture(page, 'playground-sign-in');
  });

  await t.test('with a key the example queries are there and run', async (t) => {
    const { page, hosts, complaints } = await openPage(browser);
    await page.goto(`${stowage.address}/graphiql`);
    await page.getByLabel('API key').fill(stowage.adminKey);
    await page.getByRole('button', { name: 'Open' }).click();
    const tabs = page.getByRole('tab');
    await tabs.first().waitFor();
    t.equal(await tabs.count(), exampleQueries().length, 'a tab for each example');
    const result = page.locator('.result-window');

    await run(page);
    await result.getByText('"inventory"').waitFor();
    await picture(page, 'playground');

    await tabs.nth(1).click();
    await run(page);
    await result.getByText('"playground"').waitFor();

    await tabs.nth(3).click();
    await run(page);
    await result.getByText('"items"').waitFor();
    const created = await stowage.accepted('POST', '/v1/hosts/local/volumes/playground/backups', {});
    await result.getByText('"succeeded"').waitFor({ timeout: 60_000 });
    await picture(page, 'playground-subscription');
    t.equal((await stowage.waitForJob(created.id)).state, 'succeeded', 'the subscription showed the job to its end');

    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.locator('.graphiql-doc-explorer').getByText('Mutation', { exact: true }).first().waitFor();
    t.same([...hosts], [host], 'no other host is asked for anything');
    t.same(complaints, []);
    t.notMatch(
      JSON.stringify(await page.evaluate('({ ...localStorage })')),
      stowage.adminKey,
      'the key is kept in the tab only',
    );
  });

  await t.test('a key behind # opens at once and leaves the address', async (t) => {
    const { page } = await openPage(browser);
    await page.goto(`${stowage.address}/graphiql#key=${stowage.adminKey}`);
    await page.getByRole('tab').first().waitFor();
    t.equal(page.url(), `${stowage.address}/graphiql`);
  });

  await t.test('the REST reference tries a request with the key', async (t) => {
    const { page, hosts, complaints } = await openPage(browser);
    await page.goto(`${stowage.address}/docs`);
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    await page.getByLabel(/value/i).fill(stowage.adminKey);
    await page.locator('.modal-ux').getByRole('button', { name: 'Apply credentials' }).click();
    await page.locator('.modal-ux').getByRole('button', { name: 'Close' }).click();
    const operation = page.locator('.opblock', { hasText: 'hosts.list' }).first();
    await operation.locator('.opblock-summary-control').click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    await operation.locator('.live-responses-table').getByText('200').first().waitFor();
    await picture(page, 'reference');
    t.same([...hosts], [host], 'no other host is asked for anything');
    t.same(complaints, []);
  });

  await t.test('the page of errors leads to a code', async (t) => {
    const { page, hosts, complaints } = await openPage(browser);
    await page.goto(`${stowage.address}/docs/errors#volume_in_use`);
    t.ok(await page.locator('tr:target').getByText('volume_in_use').isVisible());
    await picture(page, 'errors');
    t.same([...hosts], [host]);
    t.same(complaints, []);
  });
});
