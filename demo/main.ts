import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { connect } from './client.ts';
import { digestOf, fillVolume, touchVolume } from './container.ts';
import { headline, humanBytes, say, showJob, table } from './show.ts';

/** The main job as a tour: what happens to a volume from its creation to its return from a backup. */
const { values } = parseArgs({
  options: {
    address: { type: 'string', default: 'http://127.0.0.1:8080' },
    key: { type: 'string', default: '.stowage/admin.key' },
    host: { type: 'string', default: 'local' },
  },
});
const client = await connect(values.address, values.key);
const { endpoint } = await client.get(`/v1/hosts/${values.host}`);
const name = `demo-${randomUUID().slice(0, 8)}`;
const volume = `/v1/hosts/${values.host}/volumes/${name}`;

headline(`1. Create the volume ${name}`);
await client.post(`/v1/hosts/${values.host}/volumes`, { name, project: 'demo', class: 'user' });

headline('2. A container fills it: 2,000 small files and some large ones');
await fillVolume(endpoint, name);
const first = await digestOf(endpoint, name);
say(`   digest ${first.slice(0, 16)}…`);

headline('3. Back it up');
const backup = await showJob(client, await client.post(`${volume}/backups`, {}));
say(`   read ${humanBytes(backup.result.bytesRead)}, stored ${humanBytes(backup.result.bytesAdded)}`);

headline('4. Change one file in a hundred, and back it up again');
await touchVolume(endpoint, name);
const second = await digestOf(endpoint, name);
const again = await showJob(client, await client.post(`${volume}/backups`, {}));
say(`   read ${humanBytes(again.result.bytesRead)}, stored only ${humanBytes(again.result.bytesAdded)}`);

headline('5. Destroy it (a last snapshot is not needed: there are two)');
await showJob(client, await client.remove(`${volume}?confirm=${name}&keepSnapshot=false`));

headline('6. Restore the second backup under the old name');
await showJob(client, await client.post(`${volume}/restores`, { snapshot: again.result.snapshot, into: name }));

headline('7. Compare');
const restored = await digestOf(endpoint, name);
say(
  `   before ${second.slice(0, 16)}…   after ${restored.slice(0, 16)}…   ${restored === second ? 'equal' : 'DIFFERENT'}`,
);

headline('8. The history, as the API tells it');
const { items } = await client.get(`/v1/jobs?host=${values.host}&volume=${name}`);
table(items.toReversed());
const { items: snapshots } = await client.get(`${volume}/snapshots`);
say(`   ${snapshots.length} snapshots: ${snapshots.map(({ id }: { id: string }) => id.slice(0, 8)).join(', ')}`);

await showJob(client, await client.remove(`${volume}?confirm=${name}&keepSnapshot=false`));
say(
  restored === second
    ? '\nWhat was destroyed is back, byte for byte.'
    : '\nThe restore differs from what was backed up.',
);
process.exitCode = restored === second ? 0 : 1;
